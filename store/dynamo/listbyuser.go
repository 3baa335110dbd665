package dynamo

import (
	"context"
	"strings"

	"session-api"
)

// maxRuns bounds how often one page asks for more keys because the rows before
// were over or gone. Rows that are over lie before the others, sometimes for
// days, and a caller who does not follow cursors should not see an empty list for
// them.
const maxRuns = 4

// keySource gives the keys of a user's rows, in runs: those that a page query asks
// for, in its order.
type keySource interface {
	// next returns the keys of the next run, at most n, and whether more follow.
	// last is the key that the run ended with, which keys need not hold.
	next(ctx context.Context, n int) (keys []indexKey, last indexKey, more bool, err error)
}

// ListByUser returns a page of a user's active sessions in the order of their
// creation. It trails behind writes as far as the index does, a fraction of a
// second as a rule; what is in it is as fresh as ConsistentRead says. See
// session.Store.
func (s *Store) ListByUser(ctx context.Context, userID string, q session.PageQuery) (session.Page, error) {
	if err := s.gate.enter(ctx); err != nil {
		return session.Page{}, err
	}
	defer s.gate.leave()
	after, err := parseUser(q.After)
	if err != nil {
		return session.Page{}, err
	}
	if after != nil && !spanOf(q).holds(after.createdAt) {
		return session.Page{}, session.ErrInvalidCursor
	}
	if emptySpan(q) || !strings.HasPrefix(userID, q.UserPrefix) {
		return session.Page{}, nil
	}
	if s.table.indexed(ctx) {
		p, err := s.userPage(ctx, userID, q, &indexSource{store: s, userID: userID, page: q, after: after})
		if !isIndexMissing(err) {
			return p, err
		}
		s.table.indexRefused(err)
	}
	return s.userPage(ctx, userID, q, &scanSource{store: s, userID: userID, page: q, after: after})
}

// userPage fills a page from the keys of src.
func (s *Store) userPage(ctx context.Context, userID string, q session.PageQuery, src keySource) (session.Page, error) {
	p := &userPage{store: s, userID: userID, query: q}
	for run := 1; ; run++ {
		keys, last, more, err := src.next(ctx, q.Limit-len(p.sessions))
		if err != nil {
			return session.Page{}, failed(err)
		}
		if q.IDsOnly {
			return p.ofKeys(keys, last, more), nil
		}
		end, err := p.add(ctx, keys)
		switch {
		case err != nil:
			return session.Page{}, failed(err)
		case end != nil && (more || *end != keys[len(keys)-1]):
			return p.page(end.position()), nil
		case !more:
			return p.page(""), nil
		case len(p.sessions) == q.Limit || run == maxRuns:
			return p.page(last.position()), nil
		}
	}
}

// userPage is a page of a user's sessions that is being filled.
type userPage struct {
	store    *Store
	userID   string
	query    session.PageQuery
	sessions []*session.Session
	data     int
}

func (p *userPage) page(next string) session.Page {
	return session.Page{Sessions: p.sessions, Next: next}
}

// ofKeys returns the page of what the keys tell, which is what was read for it.
func (p *userPage) ofKeys(keys []indexKey, last indexKey, more bool) session.Page {
	for _, k := range keys {
		created, err := parseTime(k.createdAt)
		if err != nil {
			p.store.unread.Note(k.id, broken(AttributeCreatedAt, err))
			continue
		}
		p.sessions = append(p.sessions, &session.Session{ID: k.id, CreatedAt: created})
	}
	if !more {
		return p.page("")
	}
	return p.page(last.position())
}

// add reads the rows of keys and adds those that belong. end is the key with
// which the page's data is full, nil if it is not.
func (p *userPage) add(ctx context.Context, keys []indexKey) (end *indexKey, err error) {
	for len(keys) > 0 {
		n := min(len(keys), maxBatchKeys)
		b := newBatch(p.store, keys[:n])
		for !b.done() {
			if err := b.read(ctx); err != nil {
				return nil, err
			}
			for _, k := range b.answered() {
				if p.take(k, b.rows[k.id]) {
					delete(b.rows, k.id) // once, however often the index names it
				}
				if p.data >= session.PageDataBytes {
					return &k, nil
				}
			}
		}
		keys = keys[n:]
	}
	return nil, nil
}

// take adds a row to the page if it is what the index said and is active. It
// reports whether it is what the index said: the index may trail behind the rows.
func (p *userPage) take(k indexKey, row item) bool {
	createdAt, _ := textOf(row, AttributeCreatedAt)
	owner, _ := textOf(row, AttributeUserID)
	if row == nil || kindOf(row) != "" || createdAt != k.createdAt || owner != p.userID {
		return false
	}
	if found := p.store.readable(row, decode); found != nil && !found.ExpiredAt(p.query.Now) {
		p.sessions = append(p.sessions, found)
		p.data += len(found.Data)
	}
	return true
}
