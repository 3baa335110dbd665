package main

import (
	"math"
	"testing"

	"github.com/anishathalye/porcupine"
)

// at returns a call that lasts from one moment to another.
func at(from, to int64, in input, out output) porcupine.Operation {
	return porcupine.Operation{Input: in, Output: out, Call: from, Return: to}
}

// version returns a session at a version, with data that differs from those beside.
func version(n int64) state { return state{live: true, version: n, data: data{A: int(n)}} }

func shows(n int64) output { return output{outcome: done, shown: version(n)} }

// made is a history in which a session was made and nothing else.
func made(more ...porcupine.Operation) []porcupine.Operation {
	return append([]porcupine.Operation{at(1, 2, input{kind: create, version: 1, data: data{A: 1}}, output{outcome: done})}, more...)
}

const never = math.MaxInt64

func TestWhatIsLinearizable(t *testing.T) {
	t.Parallel()
	var (
		look      = input{kind: read}
		second    = input{kind: write, data: data{A: 2}}
		fromFirst = input{kind: swap, version: 1, data: data{A: 2}}
		endFirst  = input{kind: endAt, version: 1}
		lost      = output{outcome: unknown}
		gone      = output{outcome: notFound}
		stale     = output{outcome: conflict, shown: state{version: 2}}
	)
	for name, c := range map[string]struct {
		history []porcupine.Operation
		want    bool
	}{
		"a read during a write sees either":            {made(at(3, 9, second, shows(2)), at(4, 5, look, shows(2)), at(3, 8, look, shows(1))), true},
		"a read after a write sees it":                 {made(at(3, 4, second, shows(2)), at(5, 6, look, shows(1))), false},
		"no read sees the future":                      {made(at(3, 4, look, shows(2)), at(5, 6, second, shows(2))), false},
		"reads do not go back":                         {made(at(3, 9, second, shows(2)), at(4, 5, look, shows(2)), at(6, 7, look, shows(1))), false},
		"a compare-and-set needs its version":          {made(at(3, 4, second, shows(2)), at(5, 6, fromFirst, shows(3))), false},
		"of two from one version one wins":             {made(at(3, 6, fromFirst, shows(2)), at(4, 5, fromFirst, shows(2))), false},
		"the other one is told":                        {made(at(3, 6, fromFirst, shows(2)), at(4, 5, fromFirst, stale)), true},
		"a conflict needs another version":             {made(at(3, 4, fromFirst, output{outcome: conflict, shown: state{version: 1}})), false},
		"a conflict tells the version there is":        {made(at(3, 4, fromFirst, stale)), false},
		"a write without a version has no conflict":    {made(at(3, 4, second, output{outcome: conflict, shown: state{version: 1}})), false},
		"a patch keeps the other member":               {made(at(3, 4, input{kind: patch, member: "b"}, output{outcome: done, shown: state{true, 2, data{A: 1}}})), true},
		"a patch is of what there is":                  {made(at(3, 4, input{kind: patch, member: "b"}, output{outcome: done, shown: state{true, 2, data{A: 7}}})), false},
		"what was deleted is gone":                     {made(at(3, 4, endFirst, shows(1)), at(5, 6, look, gone)), true},
		"what was deleted stays away":                  {made(at(3, 4, endFirst, output{outcome: done}), at(5, 6, look, shows(1))), false},
		"no write makes a session":                     {made(at(3, 4, endFirst, shows(1)), at(5, 6, second, shows(2))), false},
		"of two deletes one wins":                      {made(at(3, 6, input{kind: end}, shows(1)), at(4, 5, input{kind: end}, shows(1))), false},
		"of two that were sent again both may win":     {made(at(3, 6, input{kind: end}, output{outcome: ended}), at(4, 5, input{kind: end}, output{outcome: ended})), true},
		"a delete at another version does not win":     {made(at(3, 4, second, shows(2)), at(5, 6, endFirst, output{outcome: ended})), false},
		"what is there is not absent":                  {made(at(3, 4, look, gone)), false},
		"what is there is not made":                    {made(at(3, 4, input{kind: create, version: 9}, output{outcome: done})), false},
		"what is there exists":                         {made(at(3, 4, input{kind: create, version: 9}, output{outcome: exists})), true},
		"an unknown write may have happened":           {made(at(3, never, second, lost), at(5, 6, look, shows(2))), true},
		"an unknown write may never happen":            {made(at(3, never, second, lost), at(5, 6, look, shows(1))), true},
		"an unknown write may happen late":             {made(at(3, never, second, lost), at(5, 6, look, shows(1)), at(7, 8, look, shows(2))), true},
		"an unknown write happens once":                {made(at(3, never, second, lost), at(5, 6, look, shows(2)), at(7, 8, look, shows(3))), false},
		"an unknown write is not undone":               {made(at(3, never, second, lost), at(5, 6, look, shows(2)), at(7, 8, look, shows(1))), false},
		"an unknown write does not happen before":      {made(at(3, 4, look, shows(2)), at(5, never, second, lost)), false},
		"an unknown compare-and-set needs its version": {made(at(3, 4, second, shows(2)), at(5, never, fromFirst, lost), at(6, 7, look, shows(3))), false},
		"an unknown delete may happen":                 {made(at(3, never, endFirst, lost), at(4, 5, look, gone)), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := porcupine.CheckOperations(model, c.history); got != c.want {
				t.Errorf("the calls are linearizable: %v", got)
			}
			all, steps := split(c.history)
			if got := porcupine.CheckOperations(stepModel(all), steps); got != c.want {
				t.Errorf("their steps are linearizable: %v", got)
			}
		})
	}
}
