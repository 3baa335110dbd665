package session_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"session-api"
)

// TestCodesNeverChange pins what clients branch on.
func TestCodesNeverChange(t *testing.T) {
	t.Parallel()
	for code, published := range map[session.Code]string{
		session.CodeNotFound:      "session_not_found",
		session.CodeExpired:       "session_expired",
		session.CodeExists:        "session_exists",
		session.CodeConflict:      "version_conflict",
		session.CodeTooLarge:      "too_large",
		session.CodeInvalidUserID: "invalid_user_id",
		session.CodeInvalidLimit:  "invalid_limit",
		session.CodeInvalidCursor: "invalid_cursor",
		session.CodeUnavailable:   "store_unavailable",
		session.CodeUnreadable:    "unreadable_row",
	} {
		if string(code) != published {
			t.Errorf("the code %q was published as %q", code, published)
		}
	}
}

func TestErrorsAreToldApartByTheirCode(t *testing.T) {
	t.Parallel()
	all := []*session.Error{
		session.ErrNotFound, session.ErrExpired, session.ErrExists, session.ErrConflict, session.ErrTooLarge,
		session.ErrInvalidCursor, session.ErrUnavailable, session.ErrUnreadable,
	}
	for i, a := range all {
		for j, b := range all {
			if got := errors.Is(fmt.Errorf("wrapped: %w", a), b); got != (i == j) {
				t.Errorf("errors.Is(%s, %s) is %v", a.Code, b.Code, got)
			}
		}
		other := &session.Error{Code: a.Code, Message: "in other words", Field: "f", Version: 9}
		if !errors.Is(other, a) {
			t.Errorf("an error of the code %s with other words is not %v", a.Code, a)
		}
	}
	foreign := errors.New(session.ErrNotFound.Message)
	if session.ErrNotFound.Is(foreign) {
		t.Error("an error of another type with the same words counts as one of ours")
	}
}

func TestAConflictCarriesTheVersionFound(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("update: %w", session.Conflict(7))
	var e *session.Error
	if !errors.As(err, &e) || e.Version != 7 || !errors.Is(err, session.ErrConflict) {
		t.Errorf("a conflict with version 7 is %#v", err)
	}
	if session.ErrConflict.Version != 0 {
		t.Errorf("Conflict wrote the version %d into the shared ErrConflict", session.ErrConflict.Version)
	}
}

func TestACauseIsForTheLogOnly(t *testing.T) {
	t.Parallel()
	cause := fmt.Errorf("disk: %w", context.DeadlineExceeded)
	for _, c := range []struct {
		err    error
		target *session.Error
	}{
		{session.Unavailable(cause), session.ErrUnavailable},
		{session.Unreadable(cause), session.ErrUnreadable},
	} {
		var e *session.Error
		if !errors.As(c.err, &e) || !errors.Is(c.err, c.target) || !errors.Is(c.err, context.DeadlineExceeded) {
			t.Errorf("%v matches not both %s and its cause", c.err, c.target.Code)
			continue
		}
		if want := c.target.Message + ": " + cause.Error(); e.Error() != want {
			t.Errorf("the log is told %q; want %q", e.Error(), want)
		}
		if e.Message != c.target.Message {
			t.Errorf("the caller is told %q; want %q", e.Message, c.target.Message)
		}
		if c.target.Cause != nil {
			t.Errorf("the cause was written into the shared error of %s", c.target.Code)
		}
	}
}

func TestAnErrorWithoutACauseIsItsSentence(t *testing.T) {
	t.Parallel()
	if got := session.ErrExpired.Error(); got != session.ErrExpired.Message {
		t.Errorf("the text is %q; want the sentence %q", got, session.ErrExpired.Message)
	}
	if session.ErrExpired.Unwrap() != nil {
		t.Errorf("an error without a cause unwraps to %v", session.ErrExpired.Unwrap())
	}
}
