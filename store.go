package session

import (
	"context"
	"strings"
	"time"
)

// Store keeps sessions. The comments here are the contract of an engine.
// storetest.Run checks it, but for what can't be seen through these methods
// (what a crash leaves, rows that cannot be understood): that each engine's own
// tests must show.
//
// Common to all methods:
//
//   - They are safe for concurrent use and linearizable for one id: a call that
//     begins after another has returned sees its effect. The lists may trail
//     behind concurrent writes, but never behind a write that had returned
//     before the list's first page was asked for. An engine whose documentation
//     says so may let ListByUser trail behind such a write too, for a moment: a
//     DynamoDB index is eventually consistent (AWS: "Using Global Secondary
//     Indexes in DynamoDB", data synchronization).
//   - A write that returned nil is durable as the engine promises it (memory:
//     until the process ends; others: across a crash of process or machine). A
//     write that returned an error other than ErrUnavailable had no effect; after
//     ErrUnavailable or a context error it may have had its whole effect or none.
//   - When ctx ends first they return promptly with an error that matches
//     ctx.Err() or ErrUnavailable. A ctx that has ended at the call writes nothing.
//   - Sessions and transactions handed in are not kept, sessions and records
//     handed out are not shared.
//   - Error texts hold no session id.
//   - After Close every method returns ErrUnavailable.
//
// An alias (see Session.RotatedTo) is a row that only Get shows. To Update,
// Retime, Delete and Transaction.End its id is absent, to Create it is taken, and
// the lists leave it out. Its ExpiresAt matters to whoever reads it and to the
// engine's own clearing away, and to nothing else here.
//
// Time comes from the caller: engines never ask a clock whether a row is expired.
type Store interface {
	// Create stores s, which is no alias, as a new row, whole. It returns
	// ErrExists, changing nothing, if a row with that id is stored, expired or
	// not, and ErrTooLarge if the engine cannot hold s. Rows that are already
	// expired are stored too.
	Create(ctx context.Context, s *Session) error

	// Get returns the row with this id, expired or not, an alias too; ErrNotFound
	// if there is none; ErrUnreadable if there is one that cannot be understood,
	// with the row's user if that can be: see UnreadableOf.
	Get(ctx context.Context, id string) (*Session, error)

	// Update applies c to the row if cond holds, raises its version by one, leaves
	// the rest as it is, and returns the row as it now is. All of this is one
	// atomic step. It never makes a row. Errors, in this order: ErrNotFound,
	// ErrExpired, ErrConflict (see Condition), ErrTooLarge. A row that cannot be
	// understood gives ErrUnreadable, which an engine may find out only after it
	// has written; but never where cond.UserPrefix hides it.
	Update(ctx context.Context, id string, c Change, cond Condition) (*Session, error)

	// Retime gives the row other times if cond holds and returns the row as it now
	// is. It raises the version by one if raise says so; everything else stays.
	// This is one atomic step, it never makes a row, and its errors are those of
	// Update. A sound Condition names the Times that were read: without them a
	// time that another wrote meanwhile is lost.
	Retime(ctx context.Context, id string, to Times, raise bool, cond Condition) (*Session, error)

	// Delete removes the row if cond holds and returns it as it was, in one
	// atomic step. An engine whose backend's answer was lost may know no more of
	// the row than its ID. Errors, in this order: ErrNotFound, ErrExpired,
	// ErrConflict.
	Delete(ctx context.Context, id string, cond Condition) (*Session, error)

	// Apply does all that t says in one atomic step, or nothing. Who has seen one
	// part of it sees all of it from then on; an engine whose documentation says so
	// may be a moment late with the other parts (DynamoDB promises that the read of
	// one row is serializable with a transaction, and no more). Errors, in this
	// order: those of Delete for an ending that is refused, whichever; ErrStale for
	// a record that is not at the version it was to have; ErrExists and ErrTooLarge
	// as Create has them, ErrTooLarge also for a record. What cannot be understood
	// gives ErrUnreadable.
	Apply(ctx context.Context, t Transaction) error

	// Record returns the record with this key, over or not; ErrNotFound if there
	// is none; ErrUnreadable if it cannot be understood. It sees every Apply that
	// had returned before.
	Record(ctx context.Context, key string) (*Record, error)

	// List returns a page of all active sessions, without their Data, in an
	// order of the engine's choice. See Page.
	List(ctx context.Context, q PageQuery) (Page, error)

	// ListByUser returns a page of the active sessions of one user, with their
	// Data, by CreatedAt (see also PageQuery.Descending and IDsOnly). Sessions of
	// the very same microsecond come in an order that is the same in every walk. An
	// unknown user has an empty list.
	ListByUser(ctx context.Context, userID string, q PageQuery) (Page, error)

	// Status tells whether the engine can serve. It is bounded by ctx, costs no
	// more than one small call, and returns ErrUnavailable if it cannot.
	Status(ctx context.Context) (Status, error)

	// Close waits for running calls, makes what was acknowledged safe and frees
	// what the engine holds. A second Close does nothing and returns nil.
	Close() error
}

// Change is what an update does to a row.
type Change struct {
	// Data replaces the row's data whole.
	Data []byte
	// At becomes UpdatedAt: UTC, in whole TimePrecision.
	At time.Time
}

// PageQuery asks for one page of a list.
type PageQuery struct {
	// UserPrefix leaves out the sessions whose UserID does not begin with it, byte
	// for byte; "" leaves out none. It is UTF-8. ListByUser takes notice of it too:
	// a user outside has an empty list.
	UserPrefix string
	// Now is the caller's time: rows with ExpiresAt <= Now are left out.
	Now time.Time
	// Limit is the largest number of sessions to return; at least 1.
	Limit int
	// CreatedAfter and CreatedBefore leave out rows whose CreatedAt is not later
	// than the one and earlier than the other; zero leaves out none.
	CreatedAfter, CreatedBefore time.Time
	// Descending turns the order of ListByUser round, that of one microsecond too:
	// the newest session first. List takes no notice of it.
	Descending bool
	// IDsOnly says that of each session only ID and CreatedAt are wanted, and lets
	// ListByUser spare the reading of rows: the page may then hold sessions that
	// are over, and on an engine whose ListByUser may trail some that are gone.
	// List takes no notice of it.
	IDsOnly bool
	// After is the Next of the page before, or "" for the first page. An engine
	// returns ErrInvalidCursor for a position that it cannot have given out. The
	// rest of the query, but for Now and Limit, is that of the page before.
	After string
}

// Wants reports whether s is of a user and was created when q asks for.
func (q PageQuery) Wants(s *Session) bool {
	return strings.HasPrefix(s.UserID, q.UserPrefix) && q.Created(s)
}

// Created reports whether s was created when q asks for.
func (q PageQuery) Created(s *Session) bool {
	return (q.CreatedAfter.IsZero() || s.CreatedAt.After(q.CreatedAfter)) &&
		(q.CreatedBefore.IsZero() || s.CreatedAt.Before(q.CreatedBefore))
}

// PageDataBytes is how much data a page of a list holds before it ends, in bytes
// of Session.Data. It bounds the memory of one request (a page of 1,000 sessions
// could otherwise hold 400 MB); the last session may bring a page over it.
const PageDataBytes = 4 << 20

// Page is one page of a list.
//
// Over a whole walk, from "" until Next is "", each session that is active all
// the while appears exactly once, whatever is created or ended meanwhile; one that
// gets another id meanwhile counts as ended under the old and created under the
// new. A page may hold fewer sessions than asked for, even none, and still have a
// Next: engines bound the work and the memory of a page, not its yield. A page
// ends at the latest with the session that brings its data to PageDataBytes.
type Page struct {
	// Sessions are the page's sessions, never more than PageQuery.Limit.
	Sessions []*Session
	// Next is the engine's position after this page; "" when the list is done.
	// It may hold ids, so it leaves the process only sealed in a cursor.
	Next string
}

// Status is what an engine says of itself.
type Status struct {
	// Table is the name of where the sessions are, for people.
	Table string
	// State is "ACTIVE" when the engine serves (the word is DynamoDB's), or
	// another word of the engine's for a state in which it serves as well.
	State string
	// Warnings are sentences about what a person should mend although the engine
	// serves; none as a rule.
	Warnings []string
}

// StateActive is Status.State of an engine that serves.
const StateActive = "ACTIVE"
