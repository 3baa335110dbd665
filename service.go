package session

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
	"unicode/utf8"
)

// Service applies the rules about sessions. It holds nothing about sessions
// beside its Store, and is safe for concurrent use. It serves one Caller; As
// returns it for another.
type Service struct {
	*shared
	// store is what the caller sees of the whole store.
	store  Store
	caller Caller
}

// shared is what the Services of all callers have in common.
type shared struct {
	// whole is the store with the sessions of all namespaces.
	whole   Store
	options Options
	cursors cursorSealer
	// spaced seals the cursors of namespaces; nil until it is needed.
	spaced atomic.Pointer[cursorSealer]
	turns  turns
	keys   inFlight
	jobs   jobs
}

// NewService returns a Service over store. It returns an error if an option is
// outside what its comment allows. Closing the store stays the caller's, after
// Close of the Service.
func NewService(store Store, o Options) (*Service, error) {
	o = o.withDefaults()
	if err := o.validate(); err != nil {
		return nil, err
	}
	cursors, err := newCursorSealer(o.CursorKey)
	if err != nil {
		return nil, err
	}
	s := &Service{shared: &shared{whole: store, options: o, cursors: cursors, jobs: newJobs()}}
	return s.As(Caller{}), nil
}

// clock returns the time of this call in the form that rows keep.
func (s *Service) clock() time.Time { return s.options.Now().UTC().Truncate(TimePrecision) }

// Get returns the session. A handle names none, here and in all other methods but
// Delete and EndUser. If id is a former id of a session, in the time of grace
// that its rotation gave, the session's ID is the new one. Where reads count as
// activity it may cost a second store call; see Options.TouchOnRead. Errors:
// CodeNotFound, CodeExpired, CodeUnreadable, CodeUnavailable.
func (s *Service) Get(ctx context.Context, id string) (*Session, error) {
	found, err := s.follow(ctx, id)
	if err != nil || !s.options.TouchOnRead {
		return found, err
	}
	return s.seen(ctx, found)
}

const (
	// maxHops bounds how many rotations a former id is followed over: each has its
	// own time of grace, so more than a few are no parallel requests of one browser.
	maxHops = 4
	// partsPause is how long the other parts of a transaction are waited for.
	partsPause = 50 * time.Millisecond
)

// follow returns the active session that id or, as long as there is grace, a
// former id names.
func (s *Service) follow(ctx context.Context, id string) (*Session, error) {
	if IsHandle(id) {
		return nil, ErrNotFound
	}
	return s.resolve(ctx, id)
}

// resolve is follow for handles too.
func (s *Service) resolve(ctx context.Context, id string) (*Session, error) {
	found, err := s.row(ctx, id)
	for hops := 0; err == nil && found.RotatedTo != ""; hops++ {
		if hops == maxHops {
			return nil, ErrNotFound
		}
		if found, err = s.lookTwice(ctx, found.RotatedTo); err == nil {
			found, err = s.inTime(found)
		}
	}
	return found, err
}

// lookTwice returns the row at id, active or not, for whoever knows of it from
// another part of the transaction that made it: an engine may show the parts one
// after the other. See Store.Apply. It does not wait for a session of another
// namespace, which never shows: the wait would tell that it is there.
func (s *Service) lookTwice(ctx context.Context, id string) (*Session, error) {
	found, err := s.store.Get(ctx, id)
	if !errors.Is(err, ErrNotFound) || err == error(errForeign) {
		return found, err
	}
	if err := pause(ctx, partsPause); err != nil {
		return nil, err
	}
	return s.store.Get(ctx, id)
}

// row returns the active session, or the alias in its time of grace, at id.
func (s *Service) row(ctx context.Context, id string) (*Session, error) {
	if !storableID(id) {
		return nil, ErrNotFound
	}
	found, err := s.store.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	return s.inTime(found)
}

// inTime returns found unless its time is over. The clock is read after the row, so
// that a read that took long never answers with a session that ended meanwhile.
func (s *Service) inTime(found *Session) (*Session, error) {
	switch over := found.ExpiredAt(s.clock()); {
	case over && found.RotatedTo != "":
		return nil, ErrNotFound // a former id is no session that has expired
	case over:
		return nil, ErrExpired
	}
	return found, nil
}

// active returns the active session at id, for a write: a former id names none.
func (s *Service) active(ctx context.Context, id string) (*Session, error) {
	if IsHandle(id) {
		return nil, ErrNotFound
	}
	return s.present(ctx, id)
}

// present is active for handles too.
func (s *Service) present(ctx context.Context, id string) (*Session, error) {
	found, err := s.row(ctx, id)
	if err == nil && found.RotatedTo != "" {
		return nil, ErrNotFound
	}
	return found, err
}

// Update replaces the session's data whole and returns the session as it now is.
// With an idle timeout it is an activity: see Touch. With match, the session must be at a version of
// it. Errors: CodeNotFound, CodeExpired, CodeConflict, CodeTooLarge, CodeTooDeep,
// CodeUnavailable.
func (s *Service) Update(ctx context.Context, id string, data []byte, match Match) (*Session, error) {
	if err := s.validateData(data); err != nil {
		return nil, err
	}
	if IsHandle(id) {
		return nil, ErrNotFound
	}
	version, err := s.pin(ctx, id, match)
	if err != nil {
		return nil, err
	}
	now := s.clock()
	updated, err := s.store.Update(ctx, id, Change{Data: data, At: now}, Condition{Now: now, Version: version})
	if err != nil {
		return nil, err
	}
	s.wrote(ctx, updated)
	return updated, nil
}

// Delete ends the session, which id may name by its handle, and returns it as it
// was. With match, the session must
// be at a version of it. Errors: CodeNotFound, CodeExpired, CodeConflict,
// CodeUnavailable.
func (s *Service) Delete(ctx context.Context, id string, match Match) (*Session, error) {
	version, err := s.pin(ctx, id, match)
	if err != nil {
		return nil, err
	}
	return s.store.Delete(ctx, id, Condition{Now: s.clock(), Version: version})
}

// storableID reports whether a row could have this id, so that nothing else
// costs a store call. Ids are UTF-8 text: bytes that are none must not reach an
// encoder that turns them into U+FFFD, which is part of another id.
func storableID(id string) bool {
	return id != "" && len(id) <= MaxIDBytes && utf8.ValidString(id)
}

// Ready tells whether sessions can be served. Errors: CodeUnavailable.
func (s *Service) Ready(ctx context.Context) (Status, error) {
	status, err := s.store.Status(ctx)
	if err != nil && !errors.Is(err, ErrUnavailable) {
		err = Unavailable(err)
	}
	return status, err
}

// Close lets the work that requests left in the background finish until ctx ends,
// then cuts it, which its log lines tell, and returns ctx's error. No new work
// begins, for no caller. The store must be open until then.
func (s *Service) Close(ctx context.Context) error { return s.jobs.close(ctx) }
