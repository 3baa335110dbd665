package main

import (
	"fmt"
	"os"
	"time"

	"github.com/anishathalye/porcupine"
)

// drawWithin bounds the search for the longest order that can be shown of a history
// that has none. It is made without split, on calls as they were made.
const drawWithin = time.Second

// pictures is how many of them there are at most of one rig.
const pictures = 3

// finding is a history that was not shown to be linearizable.
type finding struct {
	history int
	illegal bool // else nobody knows
	what    string
	page    string // the picture, if there is one
}

// String says what was found, and where to look.
func (f *finding) String() string {
	text := fmt.Sprintf("history %d: %s", f.history, f.what)
	if f.page != "" {
		text += "; see " + f.page
	}
	return text
}

// check returns what is to be said against a history, nil if nothing is. It takes
// some milliseconds as a rule and at most as long as within says: the problem is
// NP-complete (Gibbons and Korach, "Testing Shared Memories", 1997).
func check(history []porcupine.Operation, within time.Duration) *finding {
	var telling []porcupine.Operation
	for _, o := range history {
		switch in, out := o.Input.(input), o.Output.(output); {
		case out.outcome == wrong:
			return &finding{illegal: true, what: fmt.Sprintf("%v was answered: %s", in, out.why)}
		case out.outcome == gaveUp || out.outcome == unknown && in.kind == read:
			// It had no effect and saw nothing.
		default:
			telling = append(telling, o)
		}
	}
	all, steps := split(telling)
	switch porcupine.CheckOperationsTimeout(stepModel(all), steps, within) {
	case porcupine.Ok:
		return nil
	case porcupine.Illegal:
		return &finding{illegal: true, what: "no order of the calls explains the answers"}
	}
	return &finding{what: fmt.Sprintf("no order was found within %v, nor that there is none", within)}
}

// draw writes porcupine's picture of a history to a new file in dir and returns its
// name.
func draw(history []porcupine.Operation, dir string) (string, error) {
	page, err := os.CreateTemp(dir, "linear-*.html")
	if err != nil {
		return "", err
	}
	_, found := porcupine.CheckOperationsVerbose(model, history, drawWithin)
	err = porcupine.Visualize(model, found, page)
	if closing := page.Close(); err == nil {
		err = closing
	}
	return page.Name(), err
}
