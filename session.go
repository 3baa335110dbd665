package session

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Limits of what a session may hold. They are the same on every engine, so that
// a session that fits a laptop fits production.
const (
	// MaxUserIDBytes bounds a user id, in bytes of UTF-8.
	MaxUserIDBytes = 256

	// MaxIDBytes bounds an id that is looked up, in bytes. DynamoDB would take
	// 2,048 for a partition key (AWS: "Quotas in Amazon DynamoDB", partition
	// key length); no id of ours or of an older writer comes near half of it.
	MaxIDBytes = 1024

	// MaxItemBytes is what one DynamoDB item may hold, attribute names
	// included: 400 KB (AWS: "Quotas in Amazon DynamoDB", item size).
	MaxItemBytes = 400 * 1024

	// reservedItemBytes is the part of an item kept free of data: attribute
	// names, the longest id and user id, times, version, what a session says of its
	// origin, and room for attributes that other writers of the same table add. An update does not
	// know the row's user without a second call, so the reserve is one number
	// for all rows rather than computed for each.
	reservedItemBytes = 6 * 1024

	// MaxDataBytes bounds the JSON text of a session's data, in bytes of UTF-8
	// after insignificant white space is removed.
	MaxDataBytes = MaxItemBytes - reservedItemBytes
)

// TimePrecision is how finely CreatedAt and UpdatedAt are kept: the stored form
// has exactly six digits of a second.
const TimePrecision = time.Microsecond

// Session is one stored session. Engines and the Service hand out copies: the
// receiver of a *Session may keep and change it.
type Session struct {
	// ID names the session and is the credential to use it. Show Redact(ID). In
	// lists of a store that keeps no ids it is the session's handle.
	ID string
	// Handle is the session's handle, "" on a store that keeps ids and where ID is
	// the handle. See IsHandle.
	Handle string
	// UserID is the user that the session belongs to. It never changes.
	UserID string
	// Data is the session's JSON text, valid and compact. It is carried as text
	// so that numbers keep every digit and objects keep their order.
	Data []byte
	// CreatedAt is when the session was made: UTC, in whole TimePrecision.
	CreatedAt time.Time
	// UpdatedAt is when the data was last replaced, as CreatedAt; zero before
	// the first update.
	UpdatedAt time.Time
	// ExpiresAt is when the session ends: UTC, in whole seconds. With an idle
	// timeout it is the earlier of the absolute and the idle end, so that whoever
	// knows nothing of the two (DynamoDB's TTL, older readers) agrees.
	ExpiresAt time.Time
	// Version starts at 1 and is raised by every write but one that only records
	// activity. A row from a writer that kept none counts as version 0.
	Version int64

	// The rest is zero in sessions that make no use of it.

	// AbsoluteExpiresAt is the end that no activity moves, as ExpiresAt; zero
	// where ExpiresAt is that end. See AbsoluteEnd.
	AbsoluteExpiresAt time.Time
	// IdleTimeout is how long the session lives without activity, in whole
	// seconds; 0 means it has no idle end.
	IdleTimeout time.Duration
	// LastActiveAt is the last activity that was recorded, as CreatedAt; zero
	// before the first. See LastActive.
	LastActiveAt time.Time
	// Client says where the session comes from.
	Client Client
	// Auth says how its user was authenticated.
	Auth Auth

	// RotatedTo is set on an alias: a row that says under which id the session of
	// a former id goes on, until ExpiresAt. An alias has an ID, ExpiresAt and this
	// and nothing else; it is no session. See Store.
	RotatedTo string
}

// ExpiredAt reports whether the session's time is over at now. A session is
// expired from the instant now >= ExpiresAt.
func (s *Session) ExpiredAt(now time.Time) bool { return !now.Before(s.ExpiresAt) }

// AbsoluteEnd returns the end that no activity moves.
func (s *Session) AbsoluteEnd() time.Time {
	if s.AbsoluteExpiresAt.IsZero() {
		return s.ExpiresAt
	}
	return s.AbsoluteExpiresAt
}

// LastActive returns the last recorded activity. Being made is one.
func (s *Session) LastActive() time.Time {
	if s.LastActiveAt.IsZero() {
		return s.CreatedAt
	}
	return s.LastActiveAt
}

// IdleEnd returns when the session ends unless there is activity before; false
// if it has no idle timeout.
func (s *Session) IdleEnd() (time.Time, bool) {
	if s.IdleTimeout == 0 {
		return time.Time{}, false
	}
	return idleEnd(s.LastActive(), s.IdleTimeout), true
}

// idleEnd rounds down, as every end: a session never outlives its limit. Whole
// seconds of timeout keep the end after the activity all the same.
func idleEnd(active time.Time, timeout time.Duration) time.Time {
	return active.Add(timeout).Truncate(time.Second)
}

// Times returns what the row says of its ends and of activity.
func (s *Session) Times() Times {
	return Times{ExpiresAt: s.ExpiresAt, AbsoluteExpiresAt: s.AbsoluteExpiresAt, LastActiveAt: s.LastActiveAt}
}

// Clone returns a copy that shares nothing with s.
func (s *Session) Clone() *Session {
	c := *s
	if s.Data != nil {
		c.Data = append(make([]byte, 0, len(s.Data)), s.Data...)
	}
	c.Auth.AMR = slices.Clone(s.Auth.AMR)
	return &c
}

// ValidateUserID returns nil for a user id that a session may belong to, else
// an Error of CodeInvalidUserID that says what is allowed.
func ValidateUserID(userID string) error {
	switch {
	case userID == "":
		return invalidUserID("userId must not be empty")
	case len(userID) > MaxUserIDBytes:
		return invalidUserID(fmt.Sprintf("userId must be at most %d bytes; it has %d", MaxUserIDBytes, len(userID)))
	case !utf8.ValidString(userID):
		return invalidUserID("userId must be valid UTF-8")
	case strings.ContainsFunc(userID, unicode.IsControl):
		return invalidUserID("userId must not contain control characters")
	case userID == "." || userID == "..":
		// RFC 3986 section 5.2.4 removes these segments from every path, so no
		// URL could ever name such a user.
		return invalidUserID(`userId must not be "." or "..": no URL path can carry those`)
	}
	return nil
}

func invalidUserID(sentence string) error {
	return &Error{Code: CodeInvalidUserID, Message: sentence, Field: "userId"}
}

// validateData returns nil for a data text that every engine can store and every
// reader can read, else an Error of CodeTooLarge or CodeTooDeep. That the text is JSON
// is checked where it comes in, once, by a strict parser.
func (s *Service) validateData(data []byte) error {
	if len(data) > s.options.MaxDataBytes {
		return &Error{
			Code:    CodeTooLarge,
			Message: fmt.Sprintf("data must be at most %d bytes of JSON; it has %d", s.options.MaxDataBytes, len(data)),
			Field:   "data",
		}
	}
	if NestedDeeper(data, MaxDataDepth) {
		return ErrTooDeep
	}
	return nil
}
