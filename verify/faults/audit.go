package main

import (
	"context"
	"errors"
	"net/http"
	"net/url"
)

// audit compares, after the load, what was acknowledged with what is there: as
// the API shows it, and as the ledger and the table have it.
func (r *run) audit(ctx context.Context) error {
	if !r.ledger.awaitQuiet(patience) {
		return errors.New("a call to DynamoDB does not end")
	}
	listed := r.walk()
	for _, w := range r.load.workers {
		r.auditAPI(w, listed)
	}
	for _, s := range r.shared {
		r.reader().readShared(s)
	}
	rows, err := r.table.rows(ctx)
	if err != nil {
		return err
	}
	r.auditWrites()
	r.auditRows(rows)
	return nil
}

// reader is one who only reads.
func (r *run) reader() *worker { return newWorker(-1, r.client, &r.found) }

// whole sends a GET until it is answered: the service is normal by now.
func (r *run) whole(o op, path string) (a answer) {
	poll(normalWithin, func() bool {
		a = r.client.do(o, "GET", path, "")
		return a.status != unavailable
	})
	return a
}

// auditAPI reads every session of a worker's again.
func (r *run) auditAPI(w *worker, listed map[string]int) {
	w.userList()
	for _, h := range append([]*held(nil), w.book.live...) {
		a := r.whole(opRead, pathOf(h.id))
		if fault := wrong(a, http.StatusOK, http.StatusNotFound); fault != "" || a.status == unavailable {
			r.found.add(rightStatus, "audit: %d %s", a.status, fault)
			continue
		}
		w.saw(h, a)
		if a.status == http.StatusOK && listed[h.id] != 1 {
			r.found.add(nothingLost, "audit: the list of all sessions holds one %d times", listed[h.id])
		}
	}
	for _, id := range w.book.ended {
		if a := r.whole(opRead, pathOf(id)); a.status != http.StatusNotFound || listed[id] > 0 {
			r.found.add(staysEnded, "audit: a session that has ended is answered %d, and listed %d times", a.status, listed[id])
		}
	}
}

// walk returns how often the list of all sessions holds each.
func (r *run) walk() map[string]int {
	listed := map[string]int{}
	for query := "?limit=100"; ; {
		a := r.whole(opList, "/sessions"+query)
		if fault := wrong(a, http.StatusOK); fault != "" || a.status != http.StatusOK {
			r.found.add(rightStatus, "audit: the list of all sessions: %d %s", a.status, fault)
			return listed
		}
		p := decode[page](a)
		for _, s := range p.Sessions {
			listed[s.SessionID]++
		}
		if p.NextCursor == "" {
			return listed
		}
		query = "?limit=100&cursor=" + url.QueryEscape(p.NextCursor)
	}
}

// auditWrites finds writes that were acknowledged and not done, and any that were
// done twice.
func (r *run) auditWrites() {
	for stamp, n := range r.ledger.made {
		if n > 1 {
			r.found.add(onceOnly, "ledger: create %s made %d rows", stamp, n)
		}
	}
	for _, h := range r.ledger.rows {
		if h.puts > 1 || h.deletes > 1 {
			r.found.add(onceOnly, "ledger: a row was put %d times and deleted %d times", h.puts, h.deletes)
		}
		for value, n := range h.updates {
			if n > 1 {
				r.found.add(onceOnly, "ledger: update %s was done %d times", value, n)
			}
		}
	}
	for _, w := range r.load.workers {
		r.auditAcknowledged(w)
	}
	for _, s := range r.shared {
		h := r.ledger.history(s.id)
		for _, value := range s.acknowledged() {
			if value != s.made && h.updates[value] == 0 {
				r.found.add(nothingLost, "ledger: update %s of a shared session was acknowledged and never done", value)
			}
		}
	}
}

func (r *run) auditAcknowledged(w *worker) {
	for stamp, id := range w.book.created {
		if r.ledger.history(id).puts == 0 {
			r.found.add(nothingLost, "ledger: create %s was acknowledged and never done", stamp)
		}
	}
	for value, id := range w.book.updated {
		if r.ledger.history(id).updates[value] == 0 {
			r.found.add(nothingLost, "ledger: update %s was acknowledged and never done", value)
		}
	}
	for _, id := range w.book.deleted {
		if r.ledger.history(id).deletes == 0 {
			r.found.add(nothingLost, "ledger: an end was acknowledged and never done")
		}
	}
}

// auditRows compares the table with the ledger: each write raised the version of
// its row by one, and the last one is what the row holds.
func (r *run) auditRows(rows map[string]row) {
	for id, h := range r.ledger.rows {
		is, there := rows[id]
		switch ended := h.deletes >= h.puts; {
		case there && ended:
			r.found.add(staysEnded, "table: a row that was deleted is there")
		case !there && !ended:
			r.found.add(nothingLost, "table: a row is gone that was not deleted")
		case there:
			r.auditRow(is, h)
		}
	}
	for id := range rows {
		if r.ledger.history(id).puts == 0 {
			r.found.add(onceOnly, "table: a row is there that nobody put")
		}
	}
}

func (r *run) auditRow(is row, h *history) {
	if want := int64(h.puts + total(h.updates)); is.version != want {
		r.found.add(onceOnly, "table: a row that was written %d times has version %d", want, is.version)
	}
	if is.data != h.latest {
		r.found.add(nothingLost, "table: a row holds %s, the last write was %s", is.data, h.latest)
	}
}

func total(counts map[string]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}
