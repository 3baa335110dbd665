package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"time"

	"session-api"
)

// wantStored fails unless Get returns want.
func wantStored(t reporter, store session.Store, want *session.Session) {
	t.Helper()
	got, err := store.Get(t.Context(), want.ID)
	if err != nil {
		t.Errorf("Get of the stored %s: %v", short(want.ID), err)
		return
	}
	wantSame(t, "Get", got, want)
}

// wantAbsent fails unless Get finds no row.
func wantAbsent(t reporter, store session.Store, id string) {
	t.Helper()
	_, err := store.Get(t.Context(), id)
	wantError(t, "Get of "+short(id)+", which is not stored,", err, session.ErrNotFound)
}

// wantError fails unless err matches target.
func wantError(t reporter, what string, err, target error) {
	t.Helper()
	if !errors.Is(err, target) {
		t.Errorf("%s returned the error %v; want %v", what, err, target)
	}
}

// wantConflict fails unless err is a conflict with a row at version found.
func wantConflict(t reporter, what string, err error, found int64) {
	t.Helper()
	wantError(t, what, err, session.ErrConflict)
	var e *session.Error
	if errors.As(err, &e) && e.Code == session.CodeConflict && e.Version != found {
		t.Errorf("%s: the conflict says version %d; the row is at %d", what, e.Version, found)
	}
}

// wantSame fails for each field in which got differs from want.
func wantSame(t reporter, what string, got, want *session.Session) {
	t.Helper()
	if got == nil {
		t.Errorf("%s of %s returned no session", what, short(want.ID))
		return
	}
	id := short(want.ID)
	differs := func(field string, got, want any) {
		t.Errorf("%s of %s: %s is %v; want %v", what, id, field, got, want)
	}
	sameText(differs, "ID", got.ID, want.ID)
	sameText(differs, "UserID", got.UserID, want.UserID)
	sameText(differs, "RotatedTo", got.RotatedTo, want.RotatedTo)
	if got.Version != want.Version {
		differs("Version", got.Version, want.Version)
	}
	if !bytes.Equal(got.Data, want.Data) {
		differs("Data", short(string(got.Data)), short(string(want.Data)))
	}
	sameTime(differs, "CreatedAt", got.CreatedAt, want.CreatedAt)
	sameTime(differs, "UpdatedAt", got.UpdatedAt, want.UpdatedAt)
	sameTimes(differs, got.Times(), want.Times())
	if got.IdleTimeout != want.IdleTimeout {
		differs("IdleTimeout", got.IdleTimeout, want.IdleTimeout)
	}
	sameOrigin(differs, got, want)
}

// differ reports that a field is not what it should be.
type differ func(field string, got, want any)

func sameTimes(differs differ, got, want session.Times) {
	sameTime(differs, "ExpiresAt", got.ExpiresAt, want.ExpiresAt)
	sameTime(differs, "AbsoluteExpiresAt", got.AbsoluteExpiresAt, want.AbsoluteExpiresAt)
	sameTime(differs, "LastActiveAt", got.LastActiveAt, want.LastActiveAt)
}

func sameOrigin(differs differ, got, want *session.Session) {
	sameText(differs, "Client.IP", got.Client.IP, want.Client.IP)
	sameText(differs, "Client.UserAgent", got.Client.UserAgent, want.Client.UserAgent)
	sameText(differs, "Client.DeviceName", got.Client.DeviceName, want.Client.DeviceName)
	sameText(differs, "Client.Label", got.Client.Label, want.Client.Label)
	sameTime(differs, "Auth.Time", got.Auth.Time, want.Auth.Time)
	sameText(differs, "Auth.ACR", got.Auth.ACR, want.Auth.ACR)
	// Not given is nil, so that no answer shows a list of nothing.
	if !slices.Equal(got.Auth.AMR, want.Auth.AMR) || (got.Auth.AMR == nil) != (want.Auth.AMR == nil) {
		differs("Auth.AMR", fmt.Sprintf("%.400q", got.Auth.AMR), fmt.Sprintf("%.400q", want.Auth.AMR))
	}
}

func sameText(differs differ, field, got, want string) {
	if got != want {
		differs(field, short(got), short(want))
	}
}

func sameTime(differs differ, field string, got, want time.Time) {
	switch {
	case !got.Equal(want):
		differs(field, got.Format(time.RFC3339Nano), want.Format(time.RFC3339Nano))
	case got.Location() != time.UTC:
		differs("the zone of "+field, got.Location(), time.UTC)
	}
}

// maxShown is how much of a long value a failure shows, in bytes.
const maxShown = 80

// short returns s quoted for a failure, cut if it is long.
func short(s string) string {
	if len(s) <= maxShown {
		return fmt.Sprintf("%q", s)
	}
	return fmt.Sprintf("%q… (%d bytes)", s[:maxShown], len(s))
}
