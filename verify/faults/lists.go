package main

import (
	"net/http"
	"slices"
)

// list asks for a page of all sessions.
func (w *worker) list() {
	a, ok := w.call(opList, "GET", "/sessions?limit=50", "", http.StatusOK)
	if !ok {
		return
	}
	p := decode[page](a)
	if p.SessionCount != len(p.Sessions) {
		w.found.add(rightStatus, "list: %d sessions are counted as %d", len(p.Sessions), p.SessionCount)
	}
	w.noneEnded(p.Sessions)
}

// userList asks for the worker's own sessions.
func (w *worker) userList() {
	a, ok := w.call(opUserList, "GET", userPath(w.user)+"?limit=1000", "", http.StatusOK)
	if !ok {
		return
	}
	p := decode[page](a)
	w.noneEnded(p.Sessions)
	w.recognise(p.Sessions)
	if p.NextCursor == "" {
		w.allThere(p.Sessions)
	}
}

// noneEnded finds sessions in a list whose end this worker knew before.
func (w *worker) noneEnded(shown []record) {
	for _, r := range shown {
		if slices.Contains(w.book.ended, r.SessionID) {
			w.found.add(staysEnded, "a list shows a session that has ended")
		}
	}
}

// recognise judges each session of the worker's, and takes those over that a
// create made which was answered 503: that is how a caller finds them.
func (w *worker) recognise(shown []record) {
	made := map[string]bool{}
	for _, r := range shown {
		h := w.book.lookup(r.SessionID)
		switch {
		case made[r.Data.Made]:
			w.found.add(onceOnly, "one create made two sessions")
		case h != nil && !h.mayShow(r.Data):
			w.found.add(nothingLost, "user list: a session with %q holds %v", h.acked, r.Data)
		case h == nil && w.book.orphans[r.Data.Made]:
			delete(w.book.orphans, r.Data.Made)
			w.book.live = append(w.book.live, &held{id: r.SessionID, made: r.Data.Made, acked: r.Data.Value})
		case h == nil && !slices.Contains(w.book.ended, r.SessionID):
			w.found.add(onceOnly, "user list: a session that nobody made: %v", r.Data)
		}
		made[r.Data.Made] = true
	}
}

// allThere finds sessions that are missing in a whole list.
func (w *worker) allThere(shown []record) {
	for _, h := range slices.Clone(w.book.live) {
		if slices.ContainsFunc(shown, func(r record) bool { return r.SessionID == h.id }) {
			continue
		}
		if h.ending {
			w.book.end(h)
			continue
		}
		w.found.add(nothingLost, "user list: a session is missing that nobody ended")
	}
}
