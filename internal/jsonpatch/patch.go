package jsonpatch

import "github.com/go-json-experiment/json/jsontext"

// Patch is a JSON Patch (RFC 6902). It can be applied any number of times, also at
// once.
type Patch struct {
	steps []step
	// veiled says that the document needs a veil; see veil.go.
	veiled bool
}

// step is a test, or a run of operations without one.
type step interface {
	// apply returns what the step makes of the wrapped document.
	apply(doc []byte) ([]byte, error)
	// work returns about what that costs, in the unit of maxWork.
	work(doc []byte) int
}

// maxWork bounds the work of a patch, in bytes that are looked at: far above that of
// patches of common sessions, and no more than about a second. A body of a few
// kilobytes could else keep a processor busy for minutes.
const maxWork = 64 << 20

// Parse reads a JSON Patch. text must be one compact JSON value of the strict kind.
// Errors: CodeInvalid, whose field is the JSON Pointer of what is wrong.
func Parse(text []byte) (Patch, error) {
	operations, err := readOperations(text)
	if err != nil {
		return Patch{}, err
	}
	var p Patch
	for _, o := range operations {
		p.veiled = p.veiled || o.path.misread() || o.from.misread()
	}
	var run []operation
	for i, o := range operations {
		if o, err = o.wrapped(p.veiled); err != nil {
			return Patch{}, err
		}
		if o.op != "test" {
			run = append(run, o)
			continue
		}
		if err := p.end(run, i); err != nil {
			return Patch{}, err
		}
		run = nil
		p.steps = append(p.steps, test{index: i, path: o.path, value: o.value})
	}
	err = p.end(run, len(operations))
	return p, err
}

// end adds a run that ends before the operation at index.
func (p *Patch) end(run []operation, index int) error {
	if len(run) == 0 {
		return nil
	}
	edits, err := newEdits(run, index-len(run))
	p.steps = append(p.steps, edits)
	return err
}

// Apply returns what the patch makes of data, compact, or data if it is empty. It
// does not change data. Errors: session.CodePatchFailed, session.CodeTooLarge.
func (p Patch) Apply(data []byte) ([]byte, error) {
	doc, err := wrap(data, p.veiled)
	if err != nil || !jsontext.Value(doc).IsValid() {
		return nil, errForeignData
	}
	work := 0
	for _, s := range p.steps {
		if work += s.work(doc); work > maxWork {
			return nil, errTooMuch
		}
		if doc, err = s.apply(doc); err != nil {
			return nil, err
		}
	}
	return unwrap(doc, p.veiled)
}
