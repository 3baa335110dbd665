package session

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"slices"
	"time"
)

// What is done to rosters, here and in limit.go:
//
//	roster   reads one, or enrols a user who has none
//	strike   takes off the members whose rows are over
//	seat     puts a new session on it, making room where that is the policy
//	reseat   puts the new id of a rotated session in the place of its former one
//	prolong  tells it of a later end

// roster is the list of a user's sessions that the limit for each user goes by. A
// member may be over, for nobody strikes out who ends early; an active session is
// always a member. That is why no count can drift, whoever removes rows: before a
// create is refused, its members are looked at.
type roster struct {
	userID  string
	members []member
	// version is that of the record it was read from; 0 for none.
	version int64
	// fresh says that the members were just listed, so all of them are active.
	fresh bool
}

// member is a session on a roster.
type member struct {
	// ID is the name under which lists show the session.
	ID string `json:"id"`
	// At is when the session was created, in microseconds of Unix time.
	At int64 `json:"at"`
	// End is when it is over at the latest, in seconds of Unix time.
	End int64 `json:"end"`
}

func memberOf(s *Session) member {
	return member{ID: s.Listed(), At: s.CreatedAt.UnixMicro(), End: s.AbsoluteEnd().Unix()}
}

func rosterKey(userID string) string { return "roster:" + userID }

// roster returns the user's roster at now. A user who has none, because there was
// no limit yet, gets one from the list of the sessions that are there.
func (s *Service) roster(ctx context.Context, userID string, now time.Time) (*roster, error) {
	r := &roster{userID: userID}
	stored, err := s.store.Record(ctx, rosterKey(userID))
	switch {
	case errors.Is(err, ErrNotFound):
		return r, s.enrol(ctx, r, now)
	case err != nil:
		return nil, err
	}
	r.version = stored.Version
	if json.Unmarshal(stored.Value, &r.members) != nil {
		r.members = nil // a damaged roster is made anew
		return r, s.enrol(ctx, r, now)
	}
	r.members = slices.DeleteFunc(r.members, func(m member) bool { return m.End <= now.Unix() })
	return r, nil
}

// maxEnrolled bounds who is put on a roster that is made of a list, so that it fits
// a record: a member takes up to 150 bytes.
const maxEnrolled = 2500

// enrol fills a roster from the user's list, the newest sessions first.
func (s *Service) enrol(ctx context.Context, r *roster, now time.Time) error {
	r.fresh = true
	q := PageQuery{Now: now, Limit: MaxPageLimit, Descending: true}
	for {
		page, err := s.store.ListByUser(ctx, r.userID, q)
		if err != nil {
			return err
		}
		for _, found := range page.Sessions {
			r.members = append(r.members, memberOf(found))
		}
		if page.Next == "" || len(r.members) >= maxEnrolled {
			r.members = r.members[:min(len(r.members), maxEnrolled)]
			return nil
		}
		q.After = page.Next
	}
}

// write returns the write that puts r in the place of what it was read from.
func (r *roster) write() (RecordWrite, error) {
	value, err := json.Marshal(r.members)
	if err != nil {
		return RecordWrite{}, err
	}
	last := int64(0)
	for _, m := range r.members {
		last = max(last, m.End)
	}
	return RecordWrite{
		Record: Record{
			Key: rosterKey(r.userID), Value: value, Version: newRecordVersion(), ExpiresAt: time.Unix(last, 0).UTC(),
		},
		Was: r.version,
	}, nil
}

// newRecordVersion returns a version unlike all that a record had.
func newRecordVersion() int64 {
	return 1 + rand.Int64N(1<<62) // #nosec G404 -- it must differ, it need not be unknown
}

// checkers is how many members are looked at side by side.
const checkers = 16

// strike looks at all members and takes off those that are over.
func (s *Service) strike(ctx context.Context, r *roster, now time.Time) error {
	if r.fresh {
		return nil
	}
	over := make([]bool, len(r.members))
	err := inParallel(checkers, len(r.members), func(i int) (err error) {
		over[i], err = s.isOver(ctx, r.members[i].ID, now)
		return err
	})
	if err != nil {
		return err
	}
	kept := r.members[:0]
	for i, m := range r.members {
		if !over[i] {
			kept = append(kept, m)
		}
	}
	r.members = kept
	return nil
}

// isOver reports whether a member is over for good. A row that has expired is
// removed to make sure of it: an activity whose clock is behind, or whose call took
// long, could otherwise still move its end.
func (s *Service) isOver(ctx context.Context, id string, now time.Time) (bool, error) {
	found, err := s.lookTwice(ctx, id)
	switch {
	case errors.Is(err, ErrNotFound), errors.Is(err, ErrUnreadable): // which no call can use
		return true, nil
	case err != nil:
		return false, err
	case found.RotatedTo != "":
		return true, nil
	case !found.ExpiredAt(now):
		return false, nil
	}
	was := found.Times()
	// The zero Now is before every end: it is over, and goes if it still is.
	_, err = s.store.Delete(ctx, id, Condition{Times: &was})
	switch {
	case err == nil, errors.Is(err, ErrNotFound):
		return true, nil
	case errors.Is(err, ErrConflict):
		return false, nil
	}
	return false, err
}
