package session

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"slices"
	"time"
)

// roster is the list of a user's sessions that the limit for each user goes by. A
// member may be over, for nobody strikes out who ends early; an active session is
// always a member. That is why no count can drift, whoever removes rows: before a
// create is refused, its members are looked at.
type roster struct {
	userID  string
	members []member
	// version is that of the record it was read from; 0 for none.
	version int64
}

// member is a session on a roster.
type member struct {
	ID string `json:"id"`
	// At is when the session was created, in microseconds of Unix time.
	At int64 `json:"at"`
	// End is when it is over at the latest, in seconds of Unix time.
	End int64 `json:"end"`
}

func memberOf(s *Session) member {
	return member{ID: s.ID, At: s.CreatedAt.UnixMicro(), End: s.AbsoluteEnd().Unix()}
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
	if err := json.Unmarshal(stored.Value, &r.members); err != nil {
		return nil, errors.New("the roster of a user's sessions cannot be read")
	}
	r.members = slices.DeleteFunc(r.members, func(m member) bool { return m.End <= now.Unix() })
	return r, nil
}

// enrol fills a roster from the user's list.
func (s *Service) enrol(ctx context.Context, r *roster, now time.Time) error {
	q := PageQuery{Now: now, Limit: MaxPageLimit}
	for {
		page, err := s.store.ListByUser(ctx, r.userID, q)
		if err != nil {
			return err
		}
		for _, found := range page.Sessions {
			r.members = append(r.members, memberOf(found))
		}
		if page.Next == "" {
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
func newRecordVersion() int64 { return 1 + rand.Int64N(1<<62) }

// checkers is how many members are looked at side by side.
const checkers = 16

// strike looks at all members and takes off those that are over.
func (s *Service) strike(ctx context.Context, r *roster, now time.Time) error {
	over := make([]bool, len(r.members))
	err := inParallel(checkers, len(r.members), func(i int) error {
		found, err := s.store.Get(ctx, r.members[i].ID)
		switch {
		case errors.Is(err, ErrNotFound):
			over[i] = true
		case errors.Is(err, ErrUnreadable): // whoever mends the row may bring it back
		case err != nil:
			return err
		default:
			over[i] = found.RotatedTo != "" || found.ExpiredAt(now)
		}
		return nil
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
