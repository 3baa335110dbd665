package main

import "fmt"

// kind is what a client asks for.
type kind string

// The kinds. A create is for an id that is given: only an engine can be asked for
// a second one of the same session.
const (
	create kind = "create"
	read   kind = "read"
	write  kind = "write"
	swap   kind = "compare-and-set"
	patch  kind = "patch"
	end    kind = "delete"
	endAt  kind = "delete at a version"
)

// data is what the session holds. It has two members so that a patch, which sets
// one of them, shows what it was made from.
type data struct {
	A int `json:"a"`
	B int `json:"b"`
}

// patched returns d with the member that in is for taken from in.
func (d data) patched(in input) data {
	if in.member == "a" {
		d.A = in.data.A
	} else {
		d.B = in.data.B
	}
	return d
}

// input is one call.
type input struct {
	kind kind
	// data is what a create, write and compare-and-set store; a patch takes the
	// member "a" or "b" from it.
	data   data
	member string
	// version is what a compare-and-set and a delete at a version expect. A create
	// makes the session with it.
	version int64
}

// conditional reports whether the call names a version that must be there.
func (in input) conditional() bool { return in.kind == swap || in.kind == endAt }

// deletes reports whether the call is to end the session.
func (in input) deletes() bool { return in.kind == end || in.kind == endAt }

func (in input) String() string {
	switch in.kind {
	case create:
		return fmt.Sprintf("create v%d %v", in.version, in.data)
	case write:
		return fmt.Sprintf("write %v", in.data)
	case swap:
		return fmt.Sprintf("v%d: write %v", in.version, in.data)
	case patch:
		return fmt.Sprintf("patch %s of %v", in.member, in.data)
	case endAt:
		return fmt.Sprintf("v%d: delete", in.version)
	}
	return string(in.kind)
}

// outcome is what came of a call.
type outcome string

// The outcomes.
const (
	done     outcome = "done"
	notFound outcome = "not found"
	exists   outcome = "exists"
	conflict outcome = "conflict"
	// ended is the outcome of a delete that may have been sent to the backend
	// twice: the session is gone, by this call or by another.
	ended outcome = "ended"
	// unknown says that the call may have its whole effect, at any time from now
	// on, or none.
	unknown outcome = "unknown"
	// gaveUp says that nothing was done because others came before in every try.
	gaveUp outcome = "gave up"
	// wrong is an answer that no call may have; output.why holds it.
	wrong outcome = "wrong"
)

// output is the answer to a call.
type output struct {
	outcome outcome
	// shown is the session as the answer tells it; with a conflict only the version.
	// It is the zero state where the answer tells nothing.
	shown state
	why   string
}

func (o output) String() string {
	switch {
	case o.outcome == wrong:
		return o.why
	case o.outcome == conflict:
		return fmt.Sprintf("conflict with v%d", o.shown.version)
	case o.shown != state{}:
		return o.shown.String()
	}
	return string(o.outcome)
}
