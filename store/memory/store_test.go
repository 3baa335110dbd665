package memory_test

import (
	"errors"
	"testing"

	"session-api"
	"session-api/store/memory"
	"session-api/storetest"
)

func TestMemoryKeepsTheContractOfAnEngine(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) session.Store {
		store := memory.New()
		t.Cleanup(func() {
			if err := store.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		})
		return store
	})
}

func TestItsTableIsMemory(t *testing.T) {
	t.Parallel()
	status, err := memory.New().Status(t.Context())
	if err != nil || status.Table != "memory" {
		t.Errorf("Status returned %+v, %v; want the table memory", status, err)
	}
}

func TestPositionsThatNoPageHadAreRefused(t *testing.T) {
	t.Parallel()
	store := memory.New()
	for _, position := range []string{"all:", "user:id", "id", "ALL:id"} {
		_, err := store.List(t.Context(), session.PageQuery{Limit: 1, After: position})
		if !errors.Is(err, session.ErrInvalidCursor) {
			t.Errorf("List after %q returned %v; want %v", position, err, session.ErrInvalidCursor)
		}
	}
	for _, position := range []string{"user:", "user:id", "all:id", "user:2025-12-24T25:00:00.000000id", "2025-12-24T10:00:00.000000id"} {
		for _, newest := range []bool{false, true} {
			_, err := store.ListByUser(t.Context(), "user", session.PageQuery{Limit: 1, After: position, Descending: newest})
			if !errors.Is(err, session.ErrInvalidCursor) {
				t.Errorf("ListByUser after %q returned %v; want %v", position, err, session.ErrInvalidCursor)
			}
		}
	}
}
