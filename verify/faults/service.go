package main

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"sync"
	"time"

	"session-api/verify/program"
)

// patience bounds every wait that is no measurement. It is far above what the
// slowest machine needs.
const patience = time.Minute

// service is the running program with what it logged.
type service struct {
	*program.Process

	mu  sync.Mutex
	log []line
}

// line is a line of the program's log.
type line struct {
	Time  time.Time
	Level string
	Msg   string
	Cause string
	Error string
	text  string
}

// startService starts the program on the table behind endpoint and waits until it
// listens.
func startService(ctx context.Context, binary, endpoint, table string, requestTimeout time.Duration) (*service, error) {
	s := &service{}
	p, err := program.Start(ctx, binary, []string{
		"REQUEST_TIMEOUT=" + requestTimeout.String(),
		"DYNAMODB_TABLE_NAME=" + table, "AWS_REGION=" + region, "AWS_ENDPOINT_URL_DYNAMODB=" + endpoint,
		"AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test", "AWS_EC2_METADATA_DISABLED=true",
	}, s.keep)
	if err != nil {
		return nil, err
	}
	s.Process = p
	return s, nil
}

func (s *service) keep(text []byte) {
	l := line{text: string(text)}
	_ = json.Unmarshal(text, &l) // what is no JSON has no fields
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, l)
}

// said returns what was logged at or above warning from one time to another.
func (s *service) said(from, to time.Time) []line {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []line
	for _, l := range s.log {
		if (l.Level == "WARN" || l.Level == "ERROR") && !l.Time.Before(from) && l.Time.Before(to) {
			found = append(found, l)
		}
	}
	return found
}

// idLike finds whatever could be a session id in a log.
var idLike = regexp.MustCompile(`session-[A-Za-z0-9._~@-]+`)

// shows counts the lines of the log that hold one of the ids.
func (s *service) shows(ids map[string]bool) (lines int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.log {
		if slices.ContainsFunc(idLike.FindAllString(l.text, -1), func(word string) bool { return ids[word] }) {
			lines++
		}
	}
	return lines
}

// poll asks ok until it is true, at most for limit, and returns its last answer.
func poll(limit time.Duration, ok func() bool) bool {
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for end := time.Now().Add(limit); !ok(); <-again.C {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}
