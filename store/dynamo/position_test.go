package dynamo

import (
	"errors"
	"strings"
	"testing"

	"session-api"
)

func TestAPositionGivesItsKeyBack(t *testing.T) {
	t.Parallel()
	for _, k := range []indexKey{
		{"2025-12-24T10:00:00.000000", "session-alice-1"},
		{"2025-12-24T10:00:00", ":"},
		{"1:", "1:1"},
		{strings.Repeat("c", maxSortKeyBytes), strings.Repeat("i", maxPartitionKeyBytes)},
	} {
		got, err := parseUser(k.position())
		if err != nil || *got != k {
			t.Errorf("the position of %.40v gives %.40v, %v", k, got, err)
		}
		if id, err := parseAll(allPosition(k.id)); err != nil || id != k.id {
			t.Errorf("the position of %.40q gives %.40q, %v", k.id, id, err)
		}
	}
	if k, err := parseUser(""); k != nil || err != nil {
		t.Errorf("the beginning is %v, %v", k, err)
	}
}

func TestPositionsThatNoPageHadAreRefused(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", maxPartitionKeyBytes+1)
	for _, position := range []string{
		"user:", "user:1:", "user:1:a", "user:2:a", "user:0:a", "user:-1:ab", "user:x:ab", "user:1ab", "1:ab", "all:ab",
		"user:1:a" + long, "user:1025:" + long, "user:1:\xffa", "user:1:a\xff", "user:99999999999999999999:ab",
	} {
		if _, err := parseUser(position); !errors.Is(err, session.ErrInvalidCursor) {
			t.Errorf("ListByUser after %.40q gives %v", position, err)
		}
	}
	for _, position := range []string{"all:", "user:1:ab", "ab", "all:\xff", "all:" + long} {
		if _, err := parseAll(position); !errors.Is(err, session.ErrInvalidCursor) {
			t.Errorf("List after %.40q gives %v", position, err)
		}
	}
}
