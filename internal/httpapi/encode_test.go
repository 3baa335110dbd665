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
