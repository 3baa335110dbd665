package main

import "slices"

// held is what the one worker that writes to a session knows of it.
type held struct {
	id string
	// made is the stamp of its create.
	made string
	// acked is the value of the last write that was acknowledged.
	acked string
	// maybe are the values of writes that were answered 503. Each may have been
	// done, or may still be, on a network that was slow to let go of it.
	maybe []string
	// ending says that its end was asked for and answered 503.
	ending bool
}

// mayShow reports whether the session may have this data.
func (h *held) mayShow(p payload) bool {
	return p.Made == h.made && (p.Value == h.acked || slices.Contains(h.maybe, p.Value))
}

// book is all that a worker knows of its sessions.
type book struct {
	live []*held
	// ended are the ids of sessions whose end was acknowledged, or seen.
	ended []string
	// deleted are those of ended whose end was acknowledged.
	deleted []string
	// orphans are the stamps of creates that were answered 503. Each may have made
	// a session, whose id nobody knows.
	orphans map[string]bool
	// created and updated are what was acknowledged: ids by stamp of the create, and
	// ids by value.
	created, updated map[string]string
}

func newBook() *book {
	return &book{orphans: map[string]bool{}, created: map[string]string{}, updated: map[string]string{}}
}

// end moves a session from the living to the ended.
func (b *book) end(h *held) {
	b.live = slices.DeleteFunc(b.live, func(other *held) bool { return other == h })
	b.ended = append(b.ended, h.id)
}

// forget takes down that the table went away with all rows. None may come back.
func (b *book) forget() {
	for _, h := range slices.Clone(b.live) {
		b.end(h)
	}
	b.deleted = nil
	clear(b.orphans)
	clear(b.created)
	clear(b.updated)
}

// lookup returns the living session with this id, nil if there is none.
func (b *book) lookup(id string) *held {
	if i := slices.IndexFunc(b.live, func(h *held) bool { return h.id == id }); i >= 0 {
		return b.live[i]
	}
	return nil
}
