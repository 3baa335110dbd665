package session

import (
	"fmt"
	"log/slog"
	"time"
)

// MinTTL is the shortest lifetime: expiry is kept in whole seconds, rounded
// down, so a shorter one could be over before it began.
const MinTTL = time.Second

// MaxPerUserLimit bounds Options.MaxPerUser: the ids of all of a user's sessions
// stand in one record, which every create of that user writes.
const MaxPerUserLimit = 1000

// LimitPolicy says what happens to the create of one session too many.
type LimitPolicy string

// What can happen to it.
const (
	// RejectNew refuses the create.
	RejectNew LimitPolicy = "reject"
	// EvictOldest ends the user's session that was created first.
	EvictOldest LimitPolicy = "evict-oldest"
)

// Options are what a Service needs beside its Store.
type Options struct {
	// TTL is the lifetime of a session from its creation, unless the creator asks
	// for another; at least MinTTL.
	TTL time.Duration
	// MaxTTL is the longest lifetime and idle timeout that a creator can ask for,
	// and the latest end, counted from the creation, that Extend can give; not
	// below TTL. 0 means TTL.
	MaxTTL time.Duration
	// IdleTimeout is how long a session lives without activity, unless the creator
	// asks for another: whole seconds, at most MaxTTL; 0 means for ever.
	IdleTimeout time.Duration
	// TouchOnRead makes Get an activity.
	TouchOnRead bool
	// TouchInterval is the least time between two writes that only record activity
	// of a session: at most half of IdleTimeout. 0 means a tenth of the session's
	// idle timeout, and a minute for sessions that have none.
	TouchInterval time.Duration
	// MaxPerUser is how many active sessions a user can have, at most
	// MaxPerUserLimit; 0 means any number. All servers on one store need the same.
	MaxPerUser int
	// LimitPolicy says what happens beyond MaxPerUser; "" means RejectNew.
	LimitPolicy LimitPolicy
	// MaxDataBytes bounds a session's data, where the store makes more of it; at
	// most MaxDataBytes, which 0 means.
	MaxDataBytes int
	// Handle returns the handle of the session with this id, on a store that keeps
	// no ids; nil means that it keeps them. See IsHandle.
	Handle func(id string) string
	// CursorKey seals the cursors of lists: CursorKeyBytes secret bytes. Those of
	// callers with a UserPrefix need a secret of the store besides. A
	// cursor is good wherever the same key is.
	CursorKey []byte
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// NewID makes the id of a new session; nil means NewLabelledID.
	NewID func(userID string) string
	// Logger takes what work in the background has to say; nil discards it.
	Logger *slog.Logger
}

func (o Options) withDefaults() Options {
	if o.MaxTTL == 0 {
		o.MaxTTL = o.TTL
	}
	if o.LimitPolicy == "" {
		o.LimitPolicy = RejectNew
	}
	if o.MaxDataBytes == 0 {
		o.MaxDataBytes = MaxDataBytes
	}
	if o.Handle == nil {
		o.Handle = func(string) string { return "" }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.NewID == nil {
		o.NewID = NewLabelledID
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

// validate returns a sentence about the first option that cannot be.
func (o Options) validate() error {
	switch {
	case o.TTL < MinTTL:
		return fmt.Errorf("the lifetime of a session must be at least %v; it is %v", MinTTL, o.TTL)
	case o.MaxTTL < o.TTL:
		return fmt.Errorf("the longest lifetime of a session, %v, must not be below the usual one, %v", o.MaxTTL, o.TTL)
	case o.IdleTimeout < 0 || o.IdleTimeout%time.Second != 0:
		return fmt.Errorf("the idle timeout must be whole seconds; it is %v", o.IdleTimeout)
	case o.IdleTimeout > o.MaxTTL:
		return fmt.Errorf("the idle timeout, %v, must not be above the longest lifetime of a session, %v", o.IdleTimeout, o.MaxTTL)
	case o.TouchInterval < 0:
		return fmt.Errorf("the time between two records of activity must not be negative; it is %v", o.TouchInterval)
	case o.IdleTimeout > 0 && o.TouchInterval > o.IdleTimeout/2:
		// Activity that is not recorded does not keep a session alive.
		return fmt.Errorf("the time between two records of activity, %v, must be at most half of the idle timeout, %v",
			o.TouchInterval, o.IdleTimeout)
	case o.MaxPerUser < 0 || o.MaxPerUser > MaxPerUserLimit:
		return fmt.Errorf("a user can be limited to 1 to %d sessions, or to none with 0; not to %d", MaxPerUserLimit, o.MaxPerUser)
	case o.LimitPolicy != RejectNew && o.LimitPolicy != EvictOldest:
		return fmt.Errorf("there is no policy %q for users with too many sessions", o.LimitPolicy)
	case o.MaxDataBytes < 0 || o.MaxDataBytes > MaxDataBytes:
		return fmt.Errorf("a session's data can be limited to at most %d bytes, not to %d", MaxDataBytes, o.MaxDataBytes)
	}
	return nil
}
