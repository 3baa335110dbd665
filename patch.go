package session

import "context"

// Patch makes of a session's data, a JSON text, other data. It may be called
// several times, each time with newer data, and must not keep or change what it
// is given.
type Patch func(data []byte) ([]byte, error)

// Patch applies p to the session's data and returns the session as it now is.
// Concurrent patches all have their effect: the write names the version that was
// read, and is tried again on what another made of it, at most maxTries times.
// With an idle timeout it is an activity: see Touch. It costs a read and a write. With match, the
// session must be at a version of it. Errors: those of p, CodeNotFound,
// CodeExpired, CodeConflict, CodeContention, CodeTooLarge,
// CodeTooDeep, CodeUnavailable.
func (s *Service) Patch(ctx context.Context, id string, p Patch, match Match) (*Session, error) {
	patched, err := s.inTurn(ctx, id, func() (*Session, error) { return s.patchOnce(ctx, id, p, match) })
	if err == nil {
		s.wrote(ctx, patched)
	}
	return patched, err
}

func (s *Service) patchOnce(ctx context.Context, id string, p Patch, match Match) (*Session, error) {
	found, err := s.matching(ctx, id, match)
	if err != nil {
		return nil, err
	}
	data, err := p(found.Data)
	if err != nil {
		return nil, err
	}
	if err := s.validatePatched(found.Data, data); err != nil {
		return nil, err
	}
	now := s.clock()
	return s.store.Update(ctx, id, Change{Data: data, At: now}, Condition{Now: now, Version: &found.Version})
}

// matching returns the active session at id for a write that reads first. If match
// does not allow it, no further try will.
func (s *Service) matching(ctx context.Context, id string, match Match) (*Session, error) {
	found, err := s.active(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := match.allows(found.Version); err != nil {
		return nil, mismatched{err}
	}
	return found, nil
}
