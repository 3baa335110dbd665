package main

import (
	"fmt"

	"github.com/anishathalye/porcupine"
)

// state is a session, or that there is none: the zero state.
type state struct {
	live    bool
	version int64
	data    data
}

func (s state) String() string {
	if !s.live {
		return "absent"
	}
	return fmt.Sprintf("v%d %v", s.version, s.data)
}

// after returns the session as it is when in has been done to it, and whether in
// can be done to it at all.
func (s state) after(in input) (next state, can bool) {
	if in.kind == create {
		return state{live: true, version: in.version, data: in.data}, !s.live
	}
	if !s.live || in.conditional() && in.version != s.version {
		return s, false
	}
	next = state{live: true, version: s.version + 1}
	switch in.kind {
	case read:
		return s, true
	case patch:
		next.data = s.data.patched(in)
	case end, endAt:
		return state{}, true
	default:
		next.data = in.data
	}
	return next, true
}

// allows reports whether a call on s can be answered with out, and returns the
// session as it then is.
func (s state) allows(in input, out output) (bool, state) {
	next, can := s.after(in)
	switch out.outcome {
	case done:
		return can && (out.shown == state{} || out.shown == tells(in, s, next)), next
	case notFound:
		return !s.live && in.kind != create, s
	case exists:
		return s.live && in.kind == create, s
	case conflict:
		return s.live && in.conditional() && !can && out.shown.version == s.version, s
	case ended:
		return can || !s.live, state{}
	case unknown:
		// That it never happens needs no branch of its own: nothing came back, so
		// it may stand behind all other calls, where it harms nobody.
		if can {
			return true, next
		}
		return true, s
	}
	return false, s
}

// tells returns the session that the answer to a call shows. A delete shows it as
// it was.
func tells(in input, before, after state) state {
	if in.deletes() {
		return before
	}
	return after
}

// model is a session as porcupine takes it.
var model = porcupine.Model{
	Init: func() any { return state{} },
	Step: func(s, in, out any) (bool, any) { return s.(state).allows(in.(input), out.(output)) },
	DescribeOperation: func(in, out any) string {
		return fmt.Sprintf("%v → %v", in, out)
	},
	DescribeState: func(s any) string { return s.(state).String() },
}
