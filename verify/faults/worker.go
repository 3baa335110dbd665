package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync/atomic"
	"time"
)

// A worker keeps about this many sessions alive, so that lists stay short.
const (
	fewSessions  = 3
	manySessions = 10
)

// worker is one caller. It waits for each answer before its next request, and no
// one else writes to its own sessions, so it knows what they must be.
type worker struct {
	user    string
	client  *client
	shared  []*shared
	found   *findings
	book    *book
	samples []sample
	last    int // number of the last stamp

	// What the load wants to know while the worker works.
	seen     atomic.Int64 // answers
	abnormal atomic.Int64 // when the last one that was not normal came, in Unix nanoseconds
}

func newWorker(i int, c *client, f *findings) *worker {
	return &worker{user: fmt.Sprintf("worker-%d", i), client: c, found: f, book: newBook()}
}

// stamp returns a text that no other write has.
func (w *worker) stamp() string {
	w.last++
	return fmt.Sprintf("%s-%d", w.user, w.last)
}

// step makes one request, chosen at random.
func (w *worker) step() {
	if len(w.book.live) < fewSessions && rand.IntN(2) == 0 {
		w.create()
		return
	}
	switch n := rand.IntN(100); {
	case n < 8:
		w.list()
	case n < 18:
		w.userList()
	case n < 28 && len(w.shared) > 0:
		w.readShared(w.shared[rand.IntN(len(w.shared))])
	case n < 36 && len(w.shared) > 0:
		w.updateShared(w.shared[rand.IntN(len(w.shared))])
	case n < 44 && len(w.book.ended) > 0:
		w.disturb(w.book.ended[rand.IntN(len(w.book.ended))])
	case n < 58 && len(w.book.live) < manySessions || len(w.book.live) == 0:
		w.create()
	case n < 70:
		w.end(w.one())
	case n < 85:
		w.update(w.one())
	default:
		w.read(w.one())
	}
}

// one returns one of the worker's sessions.
func (w *worker) one() *held { return w.book.live[rand.IntN(len(w.book.live))] }

// call sends a request and takes its answer down. It reports whether the answer
// is to be looked at: of right is the status, and it is not a 503.
func (w *worker) call(o op, method, path, body string, right ...int) (answer, bool) {
	a := w.client.do(o, method, path, body)
	w.samples = append(w.samples, a.sample)
	if fault := wrong(a, right...); fault != "" {
		w.found.add(rightStatus, "%s: %s", o, fault)
		return a, false
	}
	return a, a.status != unavailable
}

// wrong says what is wrong with an answer whose status must be one of right, or
// 503; "" if nothing is.
func wrong(a answer, right ...int) string {
	switch {
	case a.err != nil:
		return fmt.Sprintf("no answer after %v: %v", a.took.Round(time.Millisecond), a.err)
	case slices.Contains(right, a.status):
		return ""
	case a.status != unavailable:
		return fmt.Sprintf("status %d: %s", a.status, a.body)
	case a.header.Get("Retry-After") == "":
		return "a 503 without Retry-After"
	case decode[problem](a).Code != "store_unavailable":
		return fmt.Sprintf("a 503 of another kind: %s", a.body)
	}
	return ""
}

func (w *worker) create() {
	stamp := w.stamp()
	data := payload{Made: stamp, Value: stamp}
	a, ok := w.call(opCreate, "POST", "/sessions", fmt.Sprintf(`{"userId":%q,"data":%s}`, w.user, data), http.StatusCreated)
	if !ok {
		w.book.orphans[stamp] = true
		return
	}
	r := decode[record](a)
	if r.SessionID == "" || r.Data != data || r.UserID != w.user {
		w.found.add(rightStatus, "create: the answer is another session: %s", a.body)
		return
	}
	w.book.created[stamp] = r.SessionID
	w.book.live = append(w.book.live, &held{id: r.SessionID, made: stamp, acked: stamp})
}

func (w *worker) read(h *held) {
	if a, ok := w.call(opRead, "GET", pathOf(h.id), "", http.StatusOK, http.StatusNotFound); ok {
		w.saw(h, a)
	}
}

func (w *worker) update(h *held) {
	data := payload{Made: h.made, Value: w.stamp()}
	h.maybe = append(h.maybe, data.Value)
	a, ok := w.call(opUpdate, "PUT", pathOf(h.id), fmt.Sprintf(`{"data":%s}`, data), http.StatusOK, http.StatusNotFound)
	if !ok {
		return
	}
	if a.status == http.StatusOK {
		h.maybe = slices.DeleteFunc(h.maybe, func(v string) bool { return v == data.Value })
		h.acked = data.Value
		w.book.updated[data.Value] = h.id
	}
	w.saw(h, a)
}

func (w *worker) end(h *held) {
	h.ending = true
	a, ok := w.call(opEnd, "DELETE", pathOf(h.id), "", http.StatusOK, http.StatusNotFound)
	switch {
	case !ok:
	case a.status == http.StatusOK:
		w.book.deleted = append(w.book.deleted, h.id)
		w.book.end(h)
	default:
		w.saw(h, a)
	}
}

// saw judges what an answer shows of a session.
func (w *worker) saw(h *held, a answer) {
	switch {
	case a.status == http.StatusNotFound && h.ending:
		w.book.end(h)
	case a.status == http.StatusNotFound:
		w.found.add(nothingLost, "%s: a session is gone that nobody ended", a.op)
		w.book.end(h)
	case !h.mayShow(decode[record](a).Data):
		w.found.add(nothingLost, "%s: a session with %q holds %s", a.op, h.acked, a.body)
	}
}

// disturb reads, updates or ends a session that has ended. That an end is answered
// as if it were the first is no harm, and cannot be told where the answer to an
// attempt of the service was lost.
func (w *worker) disturb(id string) {
	o, method, body := opRead, "GET", ""
	switch rand.IntN(3) {
	case 0:
		o, method, body = opUpdate, "PUT", fmt.Sprintf(`{"data":%s}`, payload{Value: w.stamp()})
	case 1:
		o, method = opEnd, "DELETE"
	}
	a, ok := w.call(o, method, pathOf(id), body, http.StatusOK, http.StatusNotFound)
	if ok && a.status == http.StatusOK && o != opEnd {
		w.found.add(staysEnded, "%s: a session that has ended is answered %s", o, a.body)
	}
}

func (w *worker) readShared(s *shared) {
	from := time.Now()
	if a, ok := w.call(opRead, "GET", pathOf(s.id), "", http.StatusOK); ok {
		if fault := s.judge(decode[record](a).Data, from); fault != "" {
			w.found.add(nothingLost, "a shared session: %s", fault)
		}
	}
}

func (w *worker) updateShared(s *shared) {
	data := payload{Made: s.made, Value: w.stamp()}
	s.begin(data.Value)
	if a, ok := w.call(opUpdate, "PUT", pathOf(s.id), fmt.Sprintf(`{"data":%s}`, data), http.StatusOK); ok {
		s.acknowledge(data.Value)
		if got := decode[record](a).Data; got != data {
			w.found.add(nothingLost, "an update of a shared session is answered with %v", got)
		}
	}
}
