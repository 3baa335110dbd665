package main

import (
	"strings"

	"github.com/anishathalye/porcupine"
)

// called is a call with its answer.
type called struct {
	in  input
	out output
}

// looks reports whether the answer shows that the call changed nothing. For that to
// be right the session must have been as the answer says at some moment between
// begin and answer.
func (c called) looks() bool {
	switch c.out.outcome {
	case done:
		return c.in.kind == read
	case ended, unknown:
		return false
	}
	return true
}

// needs returns the version that the session must have for the call to be answered
// as it was; 0 if no one version.
func (c called) needs() int64 {
	switch version := c.out.shown.version; {
	case version == 0 || c.in.kind == create:
		return 0
	case c.looks() || c.in.deletes():
		return version
	default:
		return version - 1
	}
}

// missed reports whether a session that was as before and is as now can never again
// be as the call needs it. It saves the search of what cannot be.
func (c called) missed(before, now state) bool {
	needs := c.needs()
	return needs > 0 && before.live && endOf(needs) == endOf(before.version) && (!now.live || now.version > needs)
}

// step is what porcupine puts in order: that the call with this number begins, that
// it has its effect, or that it is answered.
type step struct {
	number rune
	what   moment
}

type moment int

const (
	begin moment = iota
	effect
	answer
)

// split makes steps of the calls of a history. All calls begin; those that look are
// answered, and those that do not have an effect.
//
// porcupine would try the looks in every order. It has to order 32 of them that go
// on at one time in 2^32 ways before it can say that another call was in the wrong
// place. But no look hinders another, so only their begins and answers matter, which
// have no duration and so one order.
func split(history []porcupine.Operation) (all []called, steps []porcupine.Operation) {
	for i, o := range history {
		c := called{o.Input.(input), o.Output.(output)}
		first, last := o, o
		first.Input, first.Return = step{rune(i), begin}, o.Call
		if last.Input = (step{rune(i), effect}); c.looks() {
			last.Input, last.Call = step{rune(i), answer}, o.Return
		}
		all, steps = append(all, c), append(steps, first, last)
	}
	return all, steps
}

// watched is a session and the calls that have begun and wait for it to be as they
// need it: their numbers, in the order of their begins.
type watched struct {
	state
	waiting string
}

// stepModel is the model of a history that was split.
func stepModel(all []called) porcupine.Model {
	return porcupine.Model{
		Init: func() any { return watched{} },
		Step: func(s, in, _ any) (bool, any) {
			w, at := s.(watched), in.(step)
			switch waits := strings.ContainsRune(w.waiting, at.number); {
			case at.what == begin:
				return w.begin(all, at.number)
			case at.what == answer:
				return !waits, w
			case !waits:
				return false, w // before it begins: that saves the search of each order twice
			}
			ok, next := w.allows(all[at.number].in, all[at.number].out)
			if !ok {
				return false, w
			}
			return w.change(all, at.number, next)
		},
	}
}

func (w watched) begin(all []called, number rune) (possible bool, now watched) {
	c := all[number]
	if right, _ := w.allows(c.in, c.out); right && c.looks() {
		return true, w
	}
	w.waiting += string(number)
	return !c.missed(w.state, w.state), w
}

// change lets the waiting calls see the session as it is after the one with this
// number.
func (w watched) change(all []called, by rune, next state) (possible bool, now watched) {
	possible = true
	now = watched{next, strings.Map(func(number rune) rune {
		c := all[number]
		if right, _ := next.allows(c.in, c.out); number == by || right && c.looks() {
			return -1
		}
		possible = possible && !c.missed(w.state, next)
		return number
	}, w.waiting)}
	return possible, now
}
