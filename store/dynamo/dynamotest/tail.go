package dynamotest

import (
	"bytes"
	"strings"
	"sync"
)

// tail keeps the end of what a command writes, for error texts.
type tail struct {
	mu   sync.Mutex
	kept bytes.Buffer
}

// tailBytes is how much a tail shows.
const tailBytes = 2048

// Write never fails.
func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept.Write(b)
	if over := t.kept.Len() - tailBytes; over > 0 {
		t.kept.Next(over)
	}
	return len(b), nil
}

// String returns the end of what was written.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.kept.Len() == 0 {
		return "(none)"
	}
	return strings.TrimSpace(t.kept.String())
}
