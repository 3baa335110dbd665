package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"sync"
)

// watch waits for a line of a log.
type watch struct {
	text []byte
	line chan string // takes one
}

// expect returns a channel that gets the next line of the log that has text.
func (p *process) expect(text string) <-chan string {
	w := &watch{text: []byte(text), line: make(chan string, 1)}
	p.watched.Store(w)
	return w.line
}

// readLog sends the address that the log names and keeps the lines until there.
// After that it reads on, or the server would come to a stop.
func (p *process) readLog(out io.ReadCloser, addr chan<- string) {
	defer func() { _ = out.Close() }()
	lines := bufio.NewReaderSize(out, 64<<10)
	for listening := false; ; {
		line, err := lines.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return
		}
		if !listening {
			_, _ = p.last.Write(line)
			if a := listeningAddr(line); a != "" {
				listening = true
				addr <- a
			}
		}
		if w := p.watched.Load(); w != nil && bytes.Contains(line, w.text) {
			p.watched.Store(nil)
			w.line <- string(line)
		}
	}
}

// listeningAddr returns the address that a log line names, if it does.
func listeningAddr(line []byte) string {
	var entry struct{ Msg, Addr string }
	if json.Unmarshal(line, &entry) != nil || !strings.HasPrefix(strings.ToLower(entry.Msg), "listening") {
		return ""
	}
	return entry.Addr
}

// lastWords keeps the end of what a process printed, for errors.
type lastWords struct {
	mu   sync.Mutex
	text []byte
}

// Write never fails.
func (w *lastWords) Write(b []byte) (int, error) {
	const enough = 2048
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text = append(w.text, b...)
	w.text = append(w.text[:0], w.text[max(0, len(w.text)-enough):]...)
	return len(b), nil
}

// String returns what was kept.
func (w *lastWords) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.text) == 0 {
		return "(none)"
	}
	return strings.TrimSpace(string(w.text))
}
