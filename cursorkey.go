package session

import (
	"context"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"strconv"
	"time"
)

// The cursors of namespaces are sealed with a key of their own, which is made of
// Options.CursorKey and of a secret that the store itself keeps. An engine's list of
// all may have to go on after a session of another namespace, so a position may
// hold a credential that the caller must not have; and where an engine derives
// Options.CursorKey from its settings, whoever knows those could read it, or make a
// cursor. The secret is as private, as durable and as shared as the sessions are.

const (
	// cursorSecretKey is the key of the record that holds the secret.
	cursorSecretKey = "cursor-secret"
	// cursorKeyUse tells what the key is for from whatever else may be derived.
	cursorKeyUse = "cursors of namespaces"
)

// cursorSecretEnd is when the record may be cleared away: the last second that a
// row can have.
var cursorSecretEnd = time.Date(9999, time.December, 31, 23, 59, 59, 0, time.UTC)

// openCursor returns the position of a cursor that was given out to a caller of the
// same namespace for the list that scope names. Errors: CodeInvalidCursor and, for a
// caller with a namespace, those of Store.Apply.
func (s *Service) openCursor(ctx context.Context, scope, cursor string) (string, error) {
	if cursor == "" {
		return "", nil
	}
	sealer, err := s.sealer(ctx)
	if err != nil {
		return "", err
	}
	return sealer.open(s.caller.scope(scope), cursor)
}

// sealCursor returns the cursor of a position.
func (s *Service) sealCursor(ctx context.Context, scope, position string) (string, error) {
	if position == "" {
		return "", nil
	}
	sealer, err := s.sealer(ctx)
	if err != nil {
		return "", err
	}
	return sealer.seal(s.caller.scope(scope), position), nil
}

// scope returns the scope of a list within the caller's namespace. No scope of all
// sessions begins with "in".
func (c Caller) scope(list string) string {
	if c.UserPrefix == "" {
		return list
	}
	return "in " + strconv.Quote(c.UserPrefix) + " " + list
}

// sealer returns what seals the caller's cursors. The first cursor of a namespace
// costs a read for that, or a read and a transaction if it is the store's first.
func (s *Service) sealer(ctx context.Context) (cursorSealer, error) {
	if s.caller.UserPrefix == "" {
		return s.cursors, nil
	}
	if known := s.spaced.Load(); known != nil {
		return *known, nil
	}
	var secret []byte
	err := s.retry(ctx, func() (err error) {
		secret, err = s.cursorSecret(ctx)
		return err
	})
	if err != nil {
		return cursorSealer{}, err
	}
	key, err := hkdf.Key(sha256.New, secret, s.options.CursorKey, cursorKeyUse, CursorKeyBytes)
	if err != nil {
		return cursorSealer{}, err
	}
	sealer, err := newCursorSealer(key)
	if err != nil {
		return cursorSealer{}, err
	}
	sealer.padded = true
	s.spaced.Store(&sealer)
	return sealer, nil
}

// cursorSecret returns the store's secret, and makes one if there is none. It
// returns ErrStale if another process made it first.
func (s *Service) cursorSecret(ctx context.Context) ([]byte, error) {
	was := int64(0)
	stored, err := s.whole.Record(ctx, cursorSecretKey)
	switch {
	case err == nil && len(stored.Value) == CursorKeyBytes:
		return stored.Value, nil
	case err == nil: // damaged
		was = stored.Version
	case !errors.Is(err, ErrNotFound):
		return nil, err
	}
	secret := make([]byte, CursorKeyBytes)
	rand.Read(secret) // never fails (crypto/rand)
	return secret, s.whole.Apply(ctx, Transaction{Records: []RecordWrite{{
		Record: Record{Key: cursorSecretKey, Value: secret, Version: newRecordVersion(), ExpiresAt: cursorSecretEnd},
		Was:    was,
	}}})
}
