package unreadable_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"session-api/store/unreadable"
)

func TestARowIsCountedEachTimeAndLoggedOnce(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	rows := unreadable.NewRows(slog.New(slog.NewTextHandler(&log, nil)))
	for range 3 {
		rows.Note("session-ann-SECRET", errors.New("no ttl"))
	}
	rows.Note("session-bob-SECRET", errors.New("no data"))
	if rows.Count() != 4 || strings.Count(log.String(), "\n") != 2 || !strings.Contains(log.String(), "no ttl") {
		t.Errorf("counted %d, logged:\n%s", rows.Count(), &log)
	}
	if strings.Contains(log.String(), "SECRET") {
		t.Error("the log shows a session id")
	}
}

func TestTheLogOfBadRowsIsBounded(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	rows := unreadable.NewRows(slog.New(slog.NewTextHandler(&log, nil)))
	for i := range 1500 {
		rows.Note(fmt.Sprint("row", i), errors.New("broken"))
	}
	if lines := strings.Count(log.String(), "\n"); rows.Count() != 1500 || lines != 1000 {
		t.Errorf("counted %d, logged %d", rows.Count(), lines)
	}
}
