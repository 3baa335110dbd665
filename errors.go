package session

// Code names a kind of error. The texts are part of the published contract:
// clients branch on them, so they never change.
type Code string

// The codes that the domain itself gives out. The HTTP layer adds its own for
// faults that exist only there (no such route, wrong method, bad media type).
const (
	// CodeNotFound: no such session.
	CodeNotFound Code = "session_not_found"
	// CodeExpired: the session is stored but its time is over.
	CodeExpired Code = "session_expired"
	// CodeExists: the id is taken.
	CodeExists Code = "session_exists"
	// CodeConflict: the row's version is not the one that the write named.
	CodeConflict Code = "version_conflict"
	// CodeTooLarge: more than a session may hold.
	CodeTooLarge Code = "too_large"
	// CodeTooDeep: data nested deeper than MaxDataDepth.
	CodeTooDeep Code = "too_deep"
	// CodeInvalidUserID: a user id that no session may have.
	CodeInvalidUserID Code = "invalid_user_id"
	// CodeUserNotAllowed: a user outside the namespace that the caller is restricted
	// to. See Caller.
	CodeUserNotAllowed Code = "user_not_allowed"
	// CodeInvalidLimit: a page size outside 1 to MaxPageLimit.
	CodeInvalidLimit Code = "invalid_limit"
	// CodeInvalidCursor: a cursor that was altered, or made elsewhere.
	CodeInvalidCursor Code = "invalid_cursor"
	// CodeInvalidValue: a member or parameter outside what it may be; Error.Field
	// names it.
	CodeInvalidValue Code = "invalid_value"
	// CodePatchFailed: a patch that the data as it is does not take.
	CodePatchFailed Code = "patch_failed"
	// CodeContention: others changed the row in every one of several tries.
	CodeContention Code = "write_contention"
	// CodeTooManySessions: the user has as many sessions as are allowed.
	CodeTooManySessions Code = "too_many_sessions"
	// CodeKeyInFlight: a create with the same idempotency key is under way.
	CodeKeyInFlight Code = "idempotency_key_in_flight"
	// CodeKeyReused: the idempotency key was used for another create.
	CodeKeyReused Code = "idempotency_key_reused"
	// CodeEnded: the session that the idempotency key made has ended.
	CodeEnded Code = "session_ended"
	// CodeStale: a record is not at the version that a write named. It stays
	// between engine and Service.
	CodeStale Code = "stale_record"
	// CodeUnavailable: the engine cannot serve now; a later try may work.
	CodeUnavailable Code = "store_unavailable"
	// CodeUnreadable: a stored row that cannot be understood.
	CodeUnreadable Code = "unreadable_row"
)

// Error is the one error type of the domain. Its text never holds a session id.
type Error struct {
	// Code is the kind; errors.Is compares it and nothing else.
	Code Code
	// Message is one sentence for the caller.
	Message string
	// Field names the member of the request that is wrong, if one is.
	Field string
	// Version is the row's current version, for CodeConflict.
	Version int64
	// UserID is whose row it is, for CodeUnreadable, as far as that can be
	// understood. It is never sent to a caller.
	UserID string
	// Cause is the detail for the log. It is never sent to a caller.
	Cause error
}

// The errors that engines and the Service return, for errors.Is.
var (
	// ErrNotFound says that no such session is stored.
	ErrNotFound = &Error{Code: CodeNotFound, Message: "Session not found"}
	// ErrExpired says that the session is stored but its time is over.
	ErrExpired = &Error{Code: CodeExpired, Message: "Session expired"}
	// ErrExists says that a row with this id is stored already.
	ErrExists = &Error{Code: CodeExists, Message: "Session id is taken"}
	// ErrConflict says that the row's version is not the expected one. Engines
	// return it through Conflict, which carries the version found.
	ErrConflict = &Error{Code: CodeConflict, Message: "Session was changed by another write"}
	// ErrStale says that a record is not at the version that a write named.
	ErrStale = &Error{Code: CodeStale, Message: "A record was changed by another write"}
	// ErrTooLarge says that the engine cannot hold so large a row.
	ErrTooLarge = &Error{Code: CodeTooLarge, Message: "Session is too large to store"}
	// ErrInvalidCursor says that a list cannot go on from there.
	ErrInvalidCursor = &Error{
		Code:    CodeInvalidCursor,
		Message: "cursor is not one that this list gave out; start again without it",
		Field:   "cursor",
	}
	// ErrUnavailable says that the engine cannot serve now. Engines return it
	// through Unavailable, which carries the cause.
	ErrUnavailable = &Error{Code: CodeUnavailable, Message: "The session store cannot serve this request now; try again shortly"}
	// ErrUnreadable says that a stored row cannot be understood. Engines return it
	// through Unreadable or UnreadableOf, whose cause names the attribute.
	ErrUnreadable = &Error{Code: CodeUnreadable, Message: "The stored session cannot be read"}
)

// Error returns the sentence and, for the log, the cause.
func (e *Error) Error() string {
	if e.Cause != nil {
		return e.Message + ": " + e.Cause.Error()
	}
	return e.Message
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Is reports whether target is an Error of the same code.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// Conflict returns ErrConflict for a row that is at version current.
func Conflict(current int64) error {
	e := *ErrConflict
	e.Version = current
	return &e
}

// Unavailable returns ErrUnavailable because of cause. The cause goes to the
// log, so it must name no session id.
func Unavailable(cause error) error {
	e := *ErrUnavailable
	e.Cause = cause
	return &e
}

// Unreadable returns ErrUnreadable because of cause, which names the attribute.
func Unreadable(cause error) error { return UnreadableOf("", cause) }

// UnreadableOf is Unreadable for a row whose user can be understood.
func UnreadableOf(userID string, cause error) error {
	e := *ErrUnreadable
	e.UserID, e.Cause = userID, cause
	return &e
}
