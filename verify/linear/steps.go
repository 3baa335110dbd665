package main

import (
	"math"
	"strings"

	"github.com/anishathalye/porcupine"
)

// step is what porcupine puts in order: that the call with this number begins, has
// its effect or is answered, or that the history is over.
type step struct {
	what   moment
	number rune
}

type moment int

const (
	begin moment = iota
	effect
	answer
	over
)

// split makes steps of the calls of a history. All calls begin; those that look are
// answered, and those that do not have an effect. What has none when all is over has
// none at all: only a call with an unknown outcome may.
//
// porcupine would try the looks in every order. It has to order 32 of them that go
// on at one time in 2^32 ways before it can say that another call was in the wrong
// place. But no look hinders another, so only their begins and answers matter, which
// have no duration and so one order.
func split(history []porcupine.Operation) (all []called, steps []porcupine.Operation) {
	for i, o := range history {
		c := called{o.Input.(input), o.Output.(output)}
		first, last := o, o
		first.Input, first.Return = step{begin, rune(i)}, o.Call
		if last.Input = (step{effect, rune(i)}); c.looks() {
			last.Input, last.Call = step{answer, rune(i)}, o.Return
		}
		all, steps = append(all, c), append(steps, first, last)
	}
	const late = math.MaxInt64 - 1
	return all, append(steps, porcupine.Operation{Input: step{what: over}, Call: late, Return: late})
}

// watched is a session and the calls that have begun and wait for it to be as they
// need it: their numbers, in the order of their begins.
type watched struct {
	state
	waiting string
	over    bool
}

// stepModel is the model of a history that was split.
func stepModel(all []called) porcupine.Model {
	f := factsOf(all)
	return porcupine.Model{
		Init: func() any { return watched{} },
		Step: func(s, in, _ any) (bool, any) {
			w, at := s.(watched), in.(step)
			switch at.what {
			case begin:
				return w.begin(all, at.number)
			case answer:
				return !w.waits(at.number), w
			case effect:
				return w.take(all, f, at.number)
			}
			w.over = true
			return true, w
		},
	}
}

func (w watched) waits(number rune) bool { return strings.ContainsRune(w.waiting, number) }

func (w watched) begin(all []called, number rune) (possible bool, now watched) {
	c := all[number]
	if right, _ := w.allows(c.in, c.out); right && c.looks() {
		return true, w
	}
	w.waiting += string(number)
	return !c.missed(w.state, w.state), w
}

// take gives a call its effect, or takes note that it has none.
func (w watched) take(all []called, f facts, number rune) (possible bool, now watched) {
	c := all[number]
	right, next := w.allows(c.in, c.out)
	if c.out.outcome == unknown {
		if w.over {
			return true, w
		}
		_, right = w.after(c.in) // without an effect it can wait
	}
	// Before it begins nothing is right: that saves the search of each order twice.
	if !right || !w.waits(number) || f.forbid(number, w.state, next) {
		return false, w
	}
	return w.change(all, number, next)
}

// change lets the waiting calls see the session as it is after the one with this
// number.
func (w watched) change(all []called, by rune, next state) (possible bool, now watched) {
	possible = true
	now = watched{state: next, waiting: strings.Map(func(number rune) rune {
		c := all[number]
		if right, _ := next.allows(c.in, c.out); number == by || right && c.looks() {
			return -1
		}
		possible = possible && !c.missed(w.state, next)
		return number
	}, w.waiting)}
	return possible, now
}
