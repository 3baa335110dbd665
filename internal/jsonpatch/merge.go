package jsonpatch

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"
)

// Merge returns what the merge patch makes of data, as RFC 7396 section 2 says: a
// member of the patch replaces that of data, null removes it, objects are merged,
// and a patch that is no object replaces data whole. Members keep their order, new
// ones follow. It is compact if data and patch are. Neither is changed. Errors:
// session.CodePatchFailed for data that was not written through this service.
func Merge(data, patch []byte) ([]byte, error) {
	p, err := readMerge(jsontext.NewDecoder(bytes.NewBuffer(patch)))
	if err != nil {
		return nil, err
	}
	if p.members == nil {
		return bytes.Clone(patch), nil
	}
	m := merger{from: jsontext.NewDecoder(bytes.NewBuffer(data)), out: make([]byte, 0, len(data)+len(patch))}
	if err := m.merge(p); err != nil {
		return nil, errForeignData
	}
	return m.out, nil
}

// mergePatch is a merge patch that is read: an object by its members, anything else
// as text.
type mergePatch struct {
	text    jsontext.Value
	members []mergeMember // nil for what is no object
	at      map[string]int
}

type mergeMember struct {
	name jsontext.Value // as it was written, in quotes
	to   mergePatch
}

func (p mergePatch) removes() bool { return p.text.Kind() == jsontext.KindNull }

// readMerge reads one value. Each byte is read once, however deep it is nested.
func readMerge(d *jsontext.Decoder) (p mergePatch, err error) {
	if d.PeekKind() != jsontext.KindBeginObject {
		p.text, err = readText(d)
		return p, err
	}
	if _, err := d.ReadToken(); err != nil {
		return p, err
	}
	p.members, p.at = []mergeMember{}, map[string]int{}
	for d.PeekKind() != jsontext.KindEndObject {
		name, err := readText(d)
		if err != nil {
			return p, err
		}
		to, err := readMerge(d)
		if err != nil {
			return p, err
		}
		p.at[unquote(name)] = len(p.members)
		p.members = append(p.members, mergeMember{name, to})
	}
	_, err = d.ReadToken()
	return p, err
}

// readText reads a value, or the name of a member, as it is written.
func readText(d *jsontext.Decoder) (jsontext.Value, error) {
	v, err := d.ReadValue()
	return v.Clone(), err
}

func unquote(name jsontext.Value) string {
	text, _ := jsontext.AppendUnquote(nil, []byte(name)) // a decoder gave it out, so it is a string
	return string(text)
}

// merger writes data anew, changed on the way. Like readMerge it reads each byte
// once.
type merger struct {
	from *jsontext.Decoder
	out  []byte
}

// merge writes what p, an object, makes of the next value of data.
func (m *merger) merge(p mergePatch) error {
	if m.from.PeekKind() != jsontext.KindBeginObject {
		m.add(p) // data that is no object counts as an empty one
		return m.from.SkipValue()
	}
	if _, err := m.from.ReadToken(); err != nil {
		return err
	}
	m.out = append(m.out, '{')
	met := make([]bool, len(p.members))
	for m.from.PeekKind() != jsontext.KindEndObject {
		if err := m.member(p, met); err != nil {
			return err
		}
	}
	for i, next := range p.members {
		if !met[i] {
			m.addMember(next)
		}
	}
	m.out = append(m.out, '}')
	_, err := m.from.ReadToken()
	return err
}

// member writes what p makes of the next member of data, and notes which of its own
// it met.
func (m *merger) member(p mergePatch, met []bool) error {
	name, err := readText(m.from)
	if err != nil {
		return err
	}
	i, known := p.at[unquote(name)]
	if !known {
		value, err := m.from.ReadValue()
		m.name(name)
		m.out = append(m.out, value...)
		return err
	}
	met[i] = true
	to := p.members[i].to
	if to.members != nil {
		m.name(name)
		return m.merge(to)
	}
	if !to.removes() {
		m.name(name)
		m.out = append(m.out, to.text...)
	}
	return m.from.SkipValue()
}

// add writes what p makes of nothing: p without what it removes.
func (m *merger) add(p mergePatch) {
	if p.members == nil {
		m.out = append(m.out, p.text...)
		return
	}
	m.out = append(m.out, '{')
	for _, next := range p.members {
		m.addMember(next)
	}
	m.out = append(m.out, '}')
}

func (m *merger) addMember(next mergeMember) {
	if !next.to.removes() {
		m.name(next.name)
		m.add(next.to)
	}
}

// name begins a member.
func (m *merger) name(name jsontext.Value) {
	if m.out[len(m.out)-1] != '{' {
		m.out = append(m.out, ',')
	}
	m.out = append(append(m.out, name...), ':')
}
