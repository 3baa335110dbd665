package httpapi_test

import (
	"strings"
	"testing"
	"time"

	"session-api"
	"session-api/internal/httpapi"
)

func TestRoomIsMadeForAWholeSessionAtOnce(t *testing.T) {
	t.Parallel()
	plain := session.Session{
		ID: session.NewLabelledID(strings.Repeat("u", 100)), UserID: strings.Repeat("u", 100), Data: []byte(`{}`),
		CreatedAt: start, UpdatedAt: start, ExpiresAt: start, Version: 1<<63 - 1, LastActiveAt: start,
	}
	idle, known, placed, handled := plain, plain, plain, plain
	handled.Handle = session.HandlePrefix + strings.Repeat("A", session.HandleChars)
	idle.IdleTimeout = time.Hour
	known.Auth = session.Auth{Time: start, AMR: []string{"pwd", "otp", "mfa"}, ACR: "urn:mace:silver"}
	placed.Client = session.Client{IP: "::1", UserAgent: "Mozilla/5.0", DeviceName: "a phone", Label: "x"}
	for name, s := range map[string]session.Session{"plain": plain, "idle": idle, "known": known, "placed": placed, "handled": handled} {
		if text, room := httpapi.EncodeSession(&s); len(text) > room {
			t.Errorf("%s: %d bytes where room was made for %d: %s", name, len(text), room, text)
		}
	}
}

func TestTimesAreWrittenAsClientsKnowThem(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("east", 3*60*60)
	for _, at := range []time.Time{
		start, start.In(zone), start.Truncate(time.Second), start.Add(time.Microsecond), start.Add(999 * time.Nanosecond),
		time.Date(1, 1, 1, 0, 0, 0, 1000, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC),
		time.Unix(0, 0), time.Unix(1, 120_000).In(zone), time.Unix(1, 900_000_000),
	} {
		s := session.Session{ID: "x", UserID: "y", CreatedAt: at, ExpiresAt: at, Version: 1}
		text, _ := httpapi.EncodeSession(&s)
		for name, want := range map[string]string{
			"createdAt": at.UTC().Format("2006-01-02T15:04:05.000000Z"), "expiresAt": at.UTC().Format("2006-01-02T15:04:05Z"),
		} {
			if !strings.Contains(string(text), `"`+name+`":"`+want+`"`) {
				t.Errorf("%s is not %s in %s", name, want, text)
			}
		}
	}
}
