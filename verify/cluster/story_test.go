package main

import (
	"context"
	"errors"
	"strings"
	"testing"
)

func TestEvidenceIsAllThatIsWantedAndNothingUnwanted(t *testing.T) {
	t.Parallel()
	const ended = "no such thing\nexit status 1\n"
	for _, c := range []struct {
		name, out string
		want      []string
		holds     bool
	}{
		{"what is wanted is there", "a b", []string{"a", "b"}, true},
		{"one of two is missing", "a", []string{"a", "b"}, false},
		{"what is unwanted is there", "a b", []string{"a", "!b"}, false},
		{"an error that nobody expects", ended, []string{"no such thing"}, false},
		{"an error that is expected", ended, []string{fails, "no such thing"}, true},
		{"success where an error is expected", "no such thing\n", []string{fails, "no such thing"}, false},
	} {
		if err := match(c.out, c.want); (err == nil) != c.holds {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestNothingIsDoneAfterTheFirstClaimThatFails(t *testing.T) {
	t.Parallel()
	s := &story{ctx: context.Background(), cluster: &cluster{}}
	s.holds("the first", func() error { return errors.New("no") })
	s.holds("the second", func() error { t.Error("it is looked at"); return nil })
	if s.claims != 0 || s.err == nil || !strings.Contains(s.err.Error(), "the first: no") {
		t.Errorf("%d claims hold, and the error is %v", s.claims, s.err)
	}
}

func TestTheLogOfAPodHasOneStampForEachLine(t *testing.T) {
	t.Parallel()
	var b kept
	l := &podLog{file: &b}
	for _, part := range []string{"one\ntw", "o\n"} {
		if _, err := l.Write([]byte(part)); err != nil {
			t.Fatal(err)
		}
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	if len(lines) != 2 || !strings.HasSuffix(lines[0], " stderr F one") || !strings.HasSuffix(lines[1], " stderr F two") {
		t.Errorf("it is %q", lines)
	}
}

type kept struct{ strings.Builder }

func (*kept) Close() error { return nil }
