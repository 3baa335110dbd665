package embedded

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/cockroachdb/redact"
)

// logPause is the shortest time between two lines of Pebble's: background work
// that fails is tried again at once.
const logPause = time.Minute

// pebbleLog passes Pebble's errors on, without the values in them: a key holds a
// session id.
type pebbleLog struct {
	log    *slog.Logger
	health *health

	mu   sync.Mutex
	last time.Time
}

// Infof drops what Pebble tells of its daily work.
func (l *pebbleLog) Infof(string, ...any) {}

// Errorf logs an error, unless there was one a moment ago.
func (l *pebbleLog) Errorf(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.last.IsZero() && time.Since(l.last) < logPause {
		return
	}
	l.last = time.Now()
	l.log.Error("The storage engine reports a fault.", "error", redactedText(format, args...))
}

// Fatalf stops writes. Pebble relies on it not to return.
func (l *pebbleLog) Fatalf(format string, args ...any) {
	l.health.fail(fmt.Errorf("the storage engine gave up: %s", redactedText(format, args...)))
	forever()
}

func redactedText(format string, args ...any) string {
	return string(redact.Sprintf(format, args...).Redact())
}

// redacted returns err without the values that Pebble marks as data. Joined errors
// are taken apart, because the library would print those as they are.
func redacted(err error) error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []error
		for _, e := range joined.Unwrap() {
			all = append(all, redacted(e))
		}
		return errors.Join(all...)
	}
	if own := new(sentence); errors.As(err, &own) {
		return own
	}
	return errors.New(redactedText("%v", err))
}

// sentence is an error that holds no value of a row.
type sentence struct{ text string }

func (s *sentence) Error() string { return s.text }

func says(format string, args ...any) error { return &sentence{fmt.Sprintf(format, args...)} }
