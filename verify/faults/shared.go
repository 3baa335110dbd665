package main

import (
	"sync"
	"time"
)

// shared is a session that all workers read and update, and nobody ends.
type shared struct {
	id, made string

	mu     sync.Mutex
	writes map[string]*write
}

// write is an update of a shared session.
type write struct {
	began, ended time.Time
	acked        bool
}

// newShared returns a session that was created with the stamp made as its value.
func newShared(id, made string) *shared {
	s := &shared{id: id, made: made, writes: map[string]*write{}}
	s.begin(made)
	s.acknowledge(made)
	return s
}

// begin takes down that value is being written.
func (s *shared) begin(value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writes[value] = &write{began: time.Now()}
}

// acknowledge takes down that value was written.
func (s *shared) acknowledge(value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.writes[value]
	w.ended, w.acked = time.Now(), true
}

// judge says what is wrong with a read that began at from and found p, "" if
// nothing is. Of two acknowledged updates of which one began after the other was
// over, a read that began after both must not show the earlier one.
func (s *shared) judge(p payload, from time.Time) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.writes[p.Value]
	if w == nil || p.Made != s.made {
		return "it holds a value that nobody wrote"
	}
	if !w.acked {
		return ""
	}
	for _, later := range s.writes {
		if later.acked && later.began.After(w.ended) && later.ended.Before(from) {
			return "it holds a value that an acknowledged update had replaced"
		}
	}
	return ""
}

// acknowledged returns the values whose writing was acknowledged.
func (s *shared) acknowledged() (values []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for value, w := range s.writes {
		if w.acked {
			values = append(values, value)
		}
	}
	return values
}
