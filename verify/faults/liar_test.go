package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// liar is a service of the same shapes that breaks one promise now and then.
type liar struct {
	lie string

	mu       sync.Mutex
	last     int
	sessions map[string]record
}

// The lies.
const (
	forgetsCreates = "acknowledges creates that it forgets"
	forgetsUpdates = "acknowledges updates that it forgets"
	forgetsEnds    = "acknowledges ends that it forgets"
	createsTwice   = "makes two sessions"
	answers500     = "answers 500"
	answers409     = "answers 409"
	noRetryAfter   = "answers 503 without Retry-After"
	otherCode      = "answers 503 with another code"
	hangsUp        = "hangs up"
)

// often is how many requests of a kind there are for one lie.
const often = 5

// liesNow reports whether a request is for this lie.
func (l *liar) liesNow(lie string) bool { return l.lie == lie && l.last%often == 0 }

func (l *liar) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	if l.breaksStatus(w) {
		return
	}
	id := strings.TrimPrefix(r.URL.Path, "/sessions/")
	switch s, there := l.sessions[id]; {
	case r.Method == "POST":
		l.create(w, r)
	case id == "/sessions" || strings.HasPrefix(id, "user/"):
		l.list(w, strings.TrimPrefix(id, "user/"))
	case !there:
		l.answer(w, 404, problem{Code: "session_not_found"})
	case r.Method == "DELETE":
		if !l.liesNow(forgetsEnds) {
			delete(l.sessions, id)
		}
		l.answer(w, 200, nil)
	case r.Method == "PUT":
		_ = json.NewDecoder(r.Body).Decode(&s)
		if !l.liesNow(forgetsUpdates) {
			l.sessions[id] = s
		}
		l.answer(w, 200, s)
	default:
		l.answer(w, 200, s)
	}
}

// breaksStatus answers with what no caller may see.
func (l *liar) breaksStatus(w http.ResponseWriter) bool {
	switch {
	case l.liesNow(answers500):
		l.answer(w, 500, problem{Code: "internal"})
	case l.liesNow(answers409):
		l.answer(w, 409, problem{Code: "session_exists"})
	case l.liesNow(noRetryAfter):
		l.answer(w, 503, problem{Code: "store_unavailable"})
	case l.liesNow(otherCode):
		w.Header().Set("Retry-After", "1")
		l.answer(w, 503, problem{Code: "shutting_down"})
	case l.liesNow(hangsUp):
		panic(http.ErrAbortHandler)
	default:
		return false
	}
	return true
}

func (l *liar) create(w http.ResponseWriter, r *http.Request) {
	var s record
	_ = json.NewDecoder(r.Body).Decode(&s)
	s.SessionID = fmt.Sprintf("session-%d", l.last)
	if !l.liesNow(forgetsCreates) {
		l.sessions[s.SessionID] = s
	}
	if l.liesNow(createsTwice) {
		twin := s
		twin.SessionID += "-again"
		l.sessions[twin.SessionID] = twin
	}
	l.answer(w, 201, s)
}

func (l *liar) list(w http.ResponseWriter, user string) {
	var p page
	for _, s := range l.sessions {
		if user == "/sessions" || s.UserID == user {
			p.Sessions = append(p.Sessions, s)
		}
	}
	p.SessionCount = len(p.Sessions)
	l.answer(w, 200, p)
}

func (l *liar) answer(w http.ResponseWriter, status int, body any) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func TestAWorkerFindsEveryLie(t *testing.T) {
	t.Parallel()
	for lie, broken := range map[string]promise{
		"":             "",
		forgetsCreates: nothingLost,
		forgetsUpdates: nothingLost,
		forgetsEnds:    staysEnded,
		createsTwice:   onceOnly,
		answers500:     rightStatus,
		answers409:     rightStatus,
		noRetryAfter:   rightStatus,
		otherCode:      rightStatus,
		hangsUp:        rightStatus,
	} {
		t.Run(cmp.Or(lie, "is honest"), func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(&liar{lie: lie, sessions: map[string]record{
				"shared": {SessionID: "shared", Data: payload{Made: "s", Value: "s"}},
			}})
			t.Cleanup(server.Close)
			var f findings
			w := newWorker(0, newClient(strings.TrimPrefix(server.URL, "http://"), 1), &f)
			w.shared = []*shared{newShared("shared", "s")}
			for range 1000 {
				w.step()
			}
			all := f.found()
			if lie == "" && len(all) > 0 {
				t.Errorf("an honest service is said to break promises: %v", all[0])
			}
			if lie != "" && counted(all, broken) == 0 {
				t.Errorf("of %d findings none is %q", len(all), broken)
			}
		})
	}
}
