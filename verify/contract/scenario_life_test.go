package contract

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"session-api"
)

// driveOrigins makes sessions with all that one can have, and with what none can.
func (d *driver) driveOrigins(s *service) {
	everything := d.send(s, call{operation: create, status: 201, body: `{"userId":"user123","ttlSeconds":7200,"idleTimeoutSeconds":600,` +
		`"client":{"ip":"203.0.113.7","userAgent":"Mozilla/5.0","deviceName":"phone","label":"x"},"authTime":"2025-12-24T09:00:00+01:00","amr":["pwd","otp"],"acr":"1"}`})
	d.send(s, call{operation: read, path: pathOf(everything), status: 200})
	for _, body := range []string{`"client":{}`, `"client":{"ip":"2001:db8::1"}`, `"amr":[]`, `"ttlSeconds":172800`} {
		d.send(s, call{operation: create, body: `{"userId":"user123",` + body + `}`, status: 201})
	}
	d.send(s, call{operation: list, status: 200})
	d.send(s, call{operation: listUser, path: "/sessions/user/user123", status: 200})

	refuse := func(is keeping, member string) {
		d.send(s, call{operation: create, body: `{"userId":"user123",` + member + `}`, is: is, status: 400, code: "invalid_value"})
	}
	for _, member := range []string{
		`"ttlSeconds":0`, `"ttlSeconds":-1`, `"ttlSeconds":1.5`, `"ttlSeconds":"60"`, `"ttlSeconds":null`, `"idleTimeoutSeconds":0`, `"idleTimeoutSeconds":null`,
		`"client":null`, `"client":[]`, `"client":{"ip":null}`, `"client":{"ip":"localhost"}`, `"client":{"ip":"fe80::1%eth0"}`, `"client":{"userAgent":7}`, `"client":{"label":"a\nb"}`,
		`"client":{"deviceName":"` + strings.Repeat("x", 129) + `"}`, `"authTime":null`, `"authTime":7`, `"authTime":"2025-12-24"`, `"amr":null`, `"amr":"pwd"`, `"amr":[""]`, `"amr":[1]`,
		`"amr":["1","2","3","4","5","6","7","8","9","10","11"]`, `"acr":null`, `"acr":` + `"` + strings.Repeat("x", 257) + `"`,
	} {
		refuse(bad, member)
	}
	// What the server's options, its clock or the way a number is written decide.
	for _, member := range []string{`"ttlSeconds":172801`, `"ttlSeconds":1.0`, `"ttlSeconds":1e3`, `"authTime":"2026-01-01T00:00:00Z"`, `"acr":"` + strings.Repeat("☃", 100) + `"`} {
		refuse(unsaid, member)
	}
	d.send(s, call{operation: create, body: `{"userId":"u","client":{"os":"x"}}`, is: bad, status: 400, code: "unknown_field"})
}

func pathOf(made object) string {
	id, _ := made["sessionId"].(string)
	return "/sessions/" + url.PathEscape(id)
}

// driveTimes touches and extends.
func (d *driver) driveTimes(s *service) {
	path := d.session(s)
	for _, body := range []string{"", `{}`} {
		s.pass(time.Minute)
		d.send(s, call{operation: touch, path: path + "/touch", body: body, status: 200})
	}
	for _, ttl := range []string{"1", "3600", "172000"} {
		d.send(s, call{operation: extend, path: path + "/extend", body: `{"ttlSeconds":` + ttl + `}`, status: 200})
	}
	for _, body := range []string{`{}`, `{"ttlSeconds":0}`, `{"ttlSeconds":"60"}`, `{"ttlSeconds":null}`} {
		d.send(s, call{operation: extend, path: path + "/extend", body: body, is: bad, status: 400, code: "invalid_value"})
	}
	for _, ttl := range []string{"172801", "172790", "60.0"} {
		d.send(s, call{operation: extend, path: path + "/extend", body: `{"ttlSeconds":` + ttl + `}`, is: unsaid, status: 400, code: "invalid_value"})
	}
}

func (d *driver) driveIdleTimeouts(s *service) {
	path := d.session(s)
	s.pass(time.Hour - time.Minute)
	d.send(s, call{operation: touch, path: path + "/touch", status: 200})
	s.pass(time.Hour - time.Minute)
	d.send(s, call{operation: read, path: path, status: 200})
	s.pass(time.Minute)
	d.send(s, call{operation: touch, path: path + "/touch", status: 410, code: "session_expired"})
}

func (d *driver) driveRotations(s *service) {
	path := d.session(s)
	path = pathOf(d.send(s, call{operation: rotate, path: path + "/rotate", status: 200}))
	rotated := d.send(s, call{
		operation: rotate, path: path + "/rotate", status: 200,
		body: `{"graceSeconds":60,"authTime":"2025-12-24T10:00:00Z","amr":["otp"],"acr":"2"}`,
	})
	d.send(s, call{operation: read, path: path, status: 200})
	d.send(s, call{operation: read, path: path, status: 304}.with("If-None-Match", `"3"`))
	d.send(s, call{operation: update, path: path, body: `{}`, status: 404, code: "session_not_found"})
	s.pass(2 * time.Minute)
	d.send(s, call{operation: read, path: path, status: 404, code: "session_not_found"})
	path = pathOf(rotated)
	for _, body := range []string{`{"graceSeconds":61}`, `{"graceSeconds":-1}`, `{"graceSeconds":null}`, `{"authTime":null}`, `{"amr":"otp"}`, `{"acr":2}`} {
		d.send(s, call{operation: rotate, path: path + "/rotate", body: body, is: bad, status: 400, code: "invalid_value"})
	}
	d.send(s, call{operation: rotate, path: path + "/rotate", body: `{"graceSeconds":1e1}`, is: unsaid, status: 400, code: "invalid_value"})
}

// driveKeys makes sessions once.
func (d *driver) driveKeys(s *service) {
	first := call{operation: create, body: `{"userId":"user123"}`, status: 201}
	made := d.send(s, first.with("Idempotency-Key", `"k 1"`))
	for range 2 {
		again := d.send(s, first.with("Idempotency-Key", `"k 1"`))
		if pathOf(again) != pathOf(made) {
			d.faults.addf("the same key made %v and then %v", made, again)
		}
	}
	d.send(s, first.with("Idempotency-Key", "8e03978e-40d5-43dd-bc93-6894a57f9324"))
	d.send(s, call{operation: create, body: `{"userId":"v"}`, status: 422, code: "idempotency_key_reused"}.with("Idempotency-Key", `"k 1"`))
	d.send(s, call{operation: remove, path: pathOf(made), status: 200})
	d.send(s, call{operation: create, body: `{"userId":"user123"}`, status: 410, code: "session_ended"}.with("Idempotency-Key", `"k 1"`))
	for _, key := range []string{`""`, `a b`, `"a`, `a,b`} {
		d.send(s, call{operation: create, body: `{"userId":"u"}`, is: bad, status: 400, code: "invalid_value"}.with("Idempotency-Key", key))
	}
	long := call{operation: create, body: `{"userId":"u"}`, is: unsaid, status: 400, code: "invalid_value"}
	d.send(s, long.with("Idempotency-Key", strings.Repeat("k", 256)))
	d.driveKeyInFlight(s)
}

func (d *driver) driveKeyInFlight(s *service) {
	held := newHold()
	s.store.hold.Store(held)
	done := make(chan error, 1)
	slow := d.request(s, call{operation: create, body: `{"userId":"user123"}`}.with("Idempotency-Key", "slow"))
	go func() {
		response, err := s.Client().Do(slow)
		if err == nil {
			err = response.Body.Close()
		}
		done <- err
	}()
	<-held.arrived
	d.send(s, call{operation: create, body: `{"userId":"user123"}`, status: 409, code: "idempotency_key_in_flight"}.with("Idempotency-Key", "slow"))
	s.store.hold.Store(nil)
	close(held.over)
	if err := <-done; err != nil {
		d.t.Error(err)
	}
}

// driveEndings ends users.
func (d *driver) driveEndings(s *service) {
	kept := d.session(s)
	d.session(s)
	for _, query := range []string{"?except=" + strings.TrimPrefix(kept, "/sessions/"), "", ""} {
		d.send(s, call{operation: endUser, path: "/sessions/user/user123" + query, status: 200})
	}
}

func (d *driver) driveLimit(s *service) {
	d.session(s)
	d.send(s, call{operation: create, body: `{"userId":"user123"}`, status: 409, code: "too_many_sessions"})
}

// driveContention lets others come first in every try. The service waits between
// them, so this takes seconds.
func (d *driver) driveContention(s *service) {
	path := d.session(s)
	s.pass(time.Hour)
	conflict := session.Conflict(7)
	s.store.writeFault.Store(&conflict)
	for _, c := range onOne(path) {
		if c.operation == patch || c.operation == touch || c.operation == extend || c.operation == rotate {
			c.status, c.code = 409, "write_contention"
			d.send(s, c)
		}
	}
	d.send(s, call{operation: create, body: `{"userId":"u"}`, status: 409, code: "write_contention", header: http.Header{"Idempotency-Key": {"k"}}})
}
