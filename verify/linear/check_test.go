package main

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"session-api/store/memory"
)

// played returns a history of the memory engine.
func played(t *testing.T) (plan, []porcupine.Operation) {
	t.Helper()
	p := short(t)
	history, err := p.play(t.Context(), newEngineRegister(memory.New()), 0, true)
	if err != nil {
		t.Fatal(err)
	}
	return p, history
}

func TestACheckWithoutTimeIsUndecidedAndNoSuccess(t *testing.T) {
	t.Parallel()
	p, history := played(t)
	p.within, p.pages = time.Nanosecond, t.TempDir()
	r := &result{outcomes: map[outcome]int{}}
	if err := r.take(0, history, p); err != nil {
		t.Fatal(err)
	}
	if illegal, undecided := r.count(); illegal != 0 || undecided != 1 {
		t.Errorf("%d illegal and %d undecided", illegal, undecided)
	}
	if err := report(io.Discard, p, []*result{r}); !errors.Is(err, errFound) {
		t.Errorf("the report returned %v", err)
	}
}

func TestAnIllegalHistoryIsDrawn(t *testing.T) {
	t.Parallel()
	p, history := played(t)
	p.pages = t.TempDir()
	history = append(history, at(0, 1, input{kind: read}, shows(77)))
	r := &result{rig: "some rig", outcomes: map[outcome]int{}}
	for range pictures + 1 {
		if err := r.take(3, history, p); err != nil {
			t.Fatal(err)
		}
	}
	var text strings.Builder
	if err := report(&text, p, []*result{r}); !errors.Is(err, errFound) {
		t.Errorf("the report returned %v", err)
	}
	page, err := os.ReadFile(r.findings[0].page)
	if err != nil || !strings.Contains(string(page), "read → v77 {77 0}") {
		t.Errorf("the picture shows no such call: %v", err)
	}
	if want := "some rig, history 3: no order of the calls explains the answers; see " + r.findings[0].page; !strings.Contains(text.String(), want) {
		t.Errorf("the report does not say %q:\n%s", want, &text)
	}
	if drawn, _ := os.ReadDir(p.pages); len(drawn) != pictures {
		t.Errorf("there are %d pictures", len(drawn))
	}
}

func TestAnAnswerThatNoCallMayHaveIsAFinding(t *testing.T) {
	t.Parallel()
	f := check(made(at(3, 4, input{kind: read}, output{outcome: wrong, why: "500 Internal Server Error"})), time.Minute)
	if f == nil || !f.illegal || f.what != "read was answered: 500 Internal Server Error" {
		t.Errorf("check returned %v", f)
	}
}

func TestCallsThatTellNothingAreLeftOut(t *testing.T) {
	t.Parallel()
	f := check(made(at(3, 4, input{kind: patch}, output{outcome: gaveUp}), at(3, never, input{kind: read}, output{outcome: unknown})), time.Minute)
	if f != nil {
		t.Errorf("check returned %v", f)
	}
}
