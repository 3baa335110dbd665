package auth

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json/jsontext"
)

// mappingList is the member of a file of callers that holds its entries.
const mappingList = "callers"

// identity is what a token or a certificate says of whoever has it. The same text is
// two identities in two kinds: a name of a host is no subject.
type identity struct{ kind, name string }

// The kinds of identities, as a file of callers calls them.
const (
	kindSubject = "subject" // the claim "sub" of a token
	kindURI     = "uri"     // of a certificate's subject alternative names
	kindDNS     = "dns"
	kindEmail   = "email"
)

// maxIdentityBytes bounds the name of an identity: the claim "sub" may have 255
// characters (OpenID Connect Core 1.0 section 2), a SPIFFE ID 2,048 bytes.
const maxIdentityBytes = 2048

// fits reports whether an identity can be one: the name will stand in logs.
func (id identity) fits() bool {
	return id.name != "" && len(id.name) <= maxIdentityBytes && !strings.ContainsFunc(id.name, unicode.IsControl)
}

// callerName is the Caller's Name.
func (id identity) callerName() string {
	if id.kind == kindSubject {
		return "jwt:" + id.name
	}
	return "cert:" + id.name
}

// Mapping says what identities may. It never changes.
type Mapping struct{ callers map[identity]*Caller }

// Len returns how many identities there are.
func (m *Mapping) Len() int { return len(m.callers) }

// find returns the caller that id is, nil if nothing is said of it.
func (m *Mapping) find(id identity) *Caller { return m.callers[id] }

// mappingEntry is an entry of a file of callers.
type mappingEntry struct {
	Subject string `json:"subject"`
	URI     string `json:"uri"`
	DNS     string `json:"dns"`
	Email   string `json:"email"`
	grant   `json:",inline"`
}

// identity returns the one identity that the entry names.
func (e mappingEntry) identity() (identity, error) {
	var named []identity
	for _, id := range []identity{{kindSubject, e.Subject}, {kindURI, e.URI}, {kindDNS, strings.ToLower(e.DNS)}, {kindEmail, e.Email}} {
		if id.name != "" {
			named = append(named, id)
		}
	}
	if len(named) != 1 {
		return identity{}, errors.New("must name exactly one of subject, uri, dns and email")
	}
	if !named[0].fits() {
		return identity{}, fmt.Errorf("%s must be at most %d bytes without control characters", named[0].kind, maxIdentityBytes)
	}
	return named[0], nil
}

// ParseMapping reads a file of callers. An error names the entry and the field that is
// wrong.
func ParseMapping(text []byte) (*Mapping, error) {
	entries, err := readEntries(text, mappingList)
	if err != nil {
		return nil, err
	}
	m := &Mapping{callers: make(map[identity]*Caller, len(entries))}
	for i, raw := range entries {
		id, caller, err := readMapping(raw)
		if err == nil && m.callers[id] != nil {
			err = fmt.Errorf("%s is that of an entry before", id.kind)
		}
		if err != nil {
			return nil, entryError(mappingList, i, id.name, err)
		}
		m.callers[id] = caller
	}
	return m, nil
}

func readMapping(raw jsontext.Value) (id identity, c *Caller, err error) {
	var entry mappingEntry
	if err := readEntry(raw, &entry); err != nil {
		return id, nil, err
	}
	if id, err = entry.identity(); err != nil {
		return identity{}, nil, err
	}
	c, err = entry.caller(id.callerName())
	return id, c, err
}
