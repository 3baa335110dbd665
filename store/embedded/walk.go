package embedded

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"github.com/cockroachdb/pebble/v2"

	session "session-api"
	"session-api/store/unreadable"
)

// walk is one page in the making, over one consistent view of the database.
type walk struct {
	iter   *pebble.Iterator
	unread *unreadable.Rows
	page   session.Page
}

// page returns what fill makes of keys.
func (s *Store) page(ctx context.Context, keys span, fill func(*walk)) (session.Page, error) {
	if err := s.enter(ctx); err != nil {
		return session.Page{}, err
	}
	defer s.gate.leave()
	iter, err := s.db.NewIter(&pebble.IterOptions{LowerBound: keys.lower, UpperBound: keys.upper})
	if err != nil {
		return session.Page{}, readError(err)
	}
	w := &walk{iter: iter, unread: s.unread}
	fill(w)
	// Close returns the error that ended an iteration.
	if err := iter.Close(); err != nil {
		return session.Page{}, readError(err)
	}
	if err := s.committer.settle(ctx); err != nil {
		return session.Page{}, err
	}
	return w.page, nil
}

// row returns the session that the iterator is at, with a Data that aliases its
// buffer; nil if it cannot be understood or is an alias.
func (w *walk) row(id string) *session.Session {
	found, err := decodeRow(id, w.iter.Value())
	if err != nil {
		w.unread.Note(id, err)
		return nil
	}
	if found.RotatedTo != "" {
		return nil
	}
	return found
}

// rowBatch is how many rows a page of a user's sessions reads at a time. In the
// order of keys a read costs half, because a user's rows lie close together, but
// what is read beyond PageDataBytes is wasted.
const rowBatch = 32

// userRows fills the page with the rows of found, in its order, and says where
// the list goes on: after the last one, or at more.
func (w *walk) userRows(found []indexed, more string) {
	w.page.Sessions = make([]*session.Session, 0, len(found))
	held := 0
	for start := 0; start < len(found); start += rowBatch {
		batch := found[start:min(start+rowBatch, len(found))]
		for i, row := range w.readRows(batch, bytes.Clone) {
			if row == nil {
				continue
			}
			w.page.Sessions = append(w.page.Sessions, row)
			held += len(row.Data)
			last := start+i == len(found)-1
			if held >= session.PageDataBytes && !last {
				w.page.Next = batch[i].position
				return
			}
		}
	}
	w.page.Next = more
}

// noData is what a page without data makes of a row's.
func noData([]byte) []byte { return nil }

// readRows returns the rows of a batch, of one at least, nil where one cannot be understood, with what
// keep makes of their data, which is the iterator's. It leaves the iterator among rows,
// with bounds that keep it off files that have none of these.
func (w *walk) readRows(batch []indexed, keep func(data []byte) []byte) []*session.Session {
	order := make([]int, len(batch))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(batch[a].id, batch[b].id) })
	rows := make([]*session.Session, len(batch))
	first, last := batch[order[0]].id, batch[order[len(order)-1]].id
	w.iter.SetBounds(appendRowKey(nil, first), successor(appendRowKey(nil, last)))
	at := rowFinder{iter: w.iter}
	for _, i := range order {
		if !at.find(batch[i].id) {
			continue
		}
		if rows[i] = w.row(batch[i].id); rows[i] != nil {
			rows[i].Data = keep(rows[i].Data)
		}
	}
	return rows
}
