package session_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"session-api"
)

func TestWhereASessionComesFromIsKept(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	n := session.New{
		UserID: "user",
		Client: session.Client{IP: "2001:db8::1", UserAgent: "Firefox", DeviceName: "Ada's laptop 💻", Label: "web"},
		Auth:   session.Auth{Time: noon.Add(-time.Minute), AMR: []string{"pwd", "otp"}, ACR: "urn:level:2"},
	}
	made := b.createNew(t, n)
	if _, err := b.Update(t.Context(), made.ID, []byte(`1`), nil); err != nil {
		t.Fatal(err)
	}
	l, err := b.ListByUser(t.Context(), "user", session.ListQuery{})
	if err != nil || len(l.Sessions) != 1 {
		t.Fatalf("the list has %d sessions, %v", len(l.Sessions), err)
	}
	got := l.Sessions[0]
	if got.Client != n.Client || !got.Auth.Time.Equal(n.Auth.Time) || strings.Join(got.Auth.AMR, " ") != "pwd otp" || got.Auth.ACR != n.Auth.ACR {
		t.Errorf("the list shows %+v and %+v", got.Client, got.Auth)
	}
}

func TestWhatIsSaidOfTheOriginIsBounded(t *testing.T) {
	t.Parallel()
	b := newBenchOf(t, session.Options{TTL: time.Hour, MaxTTL: 2 * time.Hour})
	long := func(n int) string { return strings.Repeat("x", n) }
	many := func(n int) []string { return strings.Split(strings.Repeat("pwd ", n-1)+"pwd", " ") }
	for field, c := range map[string]struct{ fits, not []session.New }{
		"client.ip": {
			fits: clients("192.0.2.1", "::1", "2001:db8::ffff"),
			not:  clients("192.0.2", "fe80::1%eth0", "localhost", "1.2.3.4:80", " ::1"),
		},
		"client.userAgent": {
			fits: []session.New{{Client: session.Client{UserAgent: long(512)}}},
			not:  []session.New{{Client: session.Client{UserAgent: long(513)}}, {Client: session.Client{UserAgent: "a\nb"}}},
		},
		"client.deviceName": {
			fits: []session.New{{Client: session.Client{DeviceName: long(128)}}},
			not:  []session.New{{Client: session.Client{DeviceName: long(129)}}, {Client: session.Client{DeviceName: "\xff"}}},
		},
		"client.label": {
			fits: []session.New{{Client: session.Client{Label: long(128)}}},
			not:  []session.New{{Client: session.Client{Label: long(129)}}, {Client: session.Client{Label: "\x00"}}},
		},
		"authTime": {
			fits: []session.New{{Auth: session.Auth{Time: noon.Add(time.Minute)}}},
			not:  []session.New{{Auth: session.Auth{Time: noon.Add(time.Minute + 1)}}, {Auth: session.Auth{Time: time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC)}}},
		},
		"amr": {
			fits: []session.New{{Auth: session.Auth{AMR: many(10)}}, {Auth: session.Auth{AMR: []string{long(32)}}}},
			not:  []session.New{{Auth: session.Auth{AMR: many(11)}}, {Auth: session.Auth{AMR: []string{long(33)}}}, {Auth: session.Auth{AMR: []string{"pwd", ""}}}},
		},
		"acr": {
			fits: []session.New{{Auth: session.Auth{ACR: long(256)}}},
			not:  []session.New{{Auth: session.Auth{ACR: long(257)}}},
		},
		"ttlSeconds": {
			fits: []session.New{{TTL: time.Second}, {TTL: 2 * time.Hour}},
			not:  []session.New{{TTL: -time.Second}, {TTL: time.Millisecond}, {TTL: 1500 * time.Millisecond}, {TTL: 2*time.Hour + time.Second}},
		},
		"idleTimeoutSeconds": {
			fits: []session.New{{IdleTimeout: time.Second}, {IdleTimeout: 2 * time.Hour}},
			not:  []session.New{{IdleTimeout: -time.Second}, {IdleTimeout: time.Millisecond}, {IdleTimeout: 2*time.Hour + time.Second}},
		},
	} {
		for _, n := range c.fits {
			n.UserID = "user"
			if _, err := b.Create(t.Context(), n); err != nil {
				t.Errorf("%s: %+v is refused: %v", field, n, err)
			}
		}
		for _, n := range c.not {
			n.UserID = "user"
			_, err := b.Create(t.Context(), n)
			var e *session.Error
			if !errors.As(err, &e) || e.Code != session.CodeInvalidValue || e.Field != field || !strings.Contains(e.Message, field) {
				t.Errorf("%s: %+v gives %v; want an error that names the field", field, n, err)
			}
		}
	}
}

func clients(ips ...string) (all []session.New) {
	for _, ip := range ips {
		all = append(all, session.New{Client: session.Client{IP: ip}})
	}
	return all
}

func TestACreatorAsksForItsOwnTimes(t *testing.T) {
	t.Parallel()
	b := newBenchOf(t, session.Options{TTL: time.Hour, MaxTTL: 2 * time.Hour, IdleTimeout: 10 * time.Minute})
	usual := b.create(t, "user")
	own := b.createNew(t, session.New{UserID: "user", TTL: 2 * time.Hour, IdleTimeout: 3 * time.Minute})
	for _, c := range []struct {
		made           *session.Session
		absolute, idle time.Duration
	}{{usual, time.Hour, 10 * time.Minute}, {own, 2 * time.Hour, 3 * time.Minute}} {
		idle, _ := c.made.IdleEnd()
		if c.made.AbsoluteEnd() != noon.Add(c.absolute).Truncate(time.Second) || idle != noon.Add(c.idle).Truncate(time.Second) {
			t.Errorf("the session ends at %v, idle %v; want %v and %v after %v", c.made.AbsoluteEnd(), idle, c.absolute, c.idle, noon)
		}
	}
}
