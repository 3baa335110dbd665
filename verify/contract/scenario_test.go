package contract

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"session-api"
	"session-api/internal/httpapi"
)

// The operations of the document.
const (
	health       = "GET /health"
	ready        = "GET /ready"
	create       = "POST /sessions"
	list         = "GET /sessions"
	read         = "GET /sessions/{id}"
	update       = "PUT /sessions/{id}"
	remove       = "DELETE /sessions/{id}"
	patch        = "PATCH /sessions/{id}"
	touch        = "POST /sessions/{id}/touch"
	extend       = "POST /sessions/{id}/extend"
	rotate       = "POST /sessions/{id}/rotate"
	listUser     = "GET /sessions/user/{userId}"
	endUser      = "DELETE /sessions/user/{userId}"
	contractYAML = "GET /openapi.yaml"
	contractJSON = "GET /openapi.json"
	docs         = "GET /docs"
	wrongMethod  = "PATCH /sessions"   // see withStrays
	wrongPath    = "GET " + nowhere    // see withStrays
	unknownID    = "/sessions/unknown" // no session has this id
)

// driveAll makes every call of the contract and provokes every error in it.
func (d *driver) driveAll() {
	d.t.Helper()
	d.driveBasics()
	s := startService(d.t, time.Minute)
	d.driveOrigins(s)
	d.driveTimes(s)
	d.driveRotations(s)
	d.drivePatches(s)
	d.driveConditions(s)
	d.driveKeys(s)
	d.driveEndings(s)
	d.driveIdleTimeouts(startService(d.t, time.Minute, func(rules *session.Options, _ *httpapi.Options) { rules.IdleTimeout = time.Hour }))
	d.driveLimit(startService(d.t, time.Minute, func(rules *session.Options, _ *httpapi.Options) { rules.MaxPerUser = 1 }))
	d.driveRequiredConditions(startService(d.t, time.Minute, func(_ *session.Options, o *httpapi.Options) { o.RequireIfMatch = true }))
	d.driveContention(startService(d.t, time.Minute))
	d.driveStrangers()
	d.driveScopes()
	d.driveNamespaces()
	d.driveWithoutTokenKeys()
	d.driveRate(startService(d.t, time.Minute, limited))
	d.driveOverload(startService(d.t, time.Minute, overloaded))
}

// driveBasics makes the calls in which any drift of the document must show, and no
// others: it runs once for each.
func (d *driver) driveBasics() {
	d.t.Helper()
	s := startService(d.t, time.Minute)
	d.driveHealthAndDocs(s)
	d.driveLife(s)
	d.driveLists(s)
	d.driveRefusedBodies(s)
	d.driveRefusedUserIDs(s)
	d.driveRefusedQueries(s)
	d.driveAbsentAndOver(s)
	d.driveStrays(s)
	d.driveNoRequests(s)
	d.driveFaults(s)
	d.driveDrained(startService(d.t, time.Minute))
	d.driveSlow(startService(d.t, 20*time.Millisecond))
}

func (d *driver) driveHealthAndDocs(s *service) {
	for _, operation := range []string{health, ready, contractYAML, contractJSON, docs} {
		d.send(s, call{operation: operation, status: 200})
	}
	s.store.status.Store(&session.Status{Table: "sessions", State: "UPDATING", Warnings: []string{"no index", "no clock"}})
	d.send(s, call{operation: ready, status: 200})
	s.store.status.Store(nil)
	d.send(s, call{operation: health, header: http.Header{"X-Request-Id": {"abc-123"}}, status: 200})
	d.send(s, call{operation: health, header: http.Header{"X-Request-Id": {"not fit"}}, is: bad, status: 200})
}

// session makes a session and returns its path.
func (d *driver) session(s *service) string {
	d.t.Helper()
	made := d.send(s, call{operation: create, body: `{"userId":"user123","data":{"theme":"dark"}}`, status: 201})
	id, ok := made["sessionId"].(string)
	if !ok {
		d.t.Fatalf("no session id in %v", made)
	}
	return "/sessions/" + url.PathEscape(id)
}

func (d *driver) driveLife(s *service) {
	path := d.session(s)
	d.send(s, call{operation: read, path: path, status: 200})
	for _, body := range []string{`{"data":{"theme":"light"}}`, `{"data":null}`, `{"data":12345678901234567890123}`, `{}`} {
		d.send(s, call{operation: update, path: path, body: body, status: 200})
	}
	d.send(s, call{operation: read, path: path, status: 200})
	d.send(s, call{operation: remove, path: path, status: 200})

	for _, user := range []string{`"a/b%?#"`, `"☃ \"quoted\""`, `"session-x"`} {
		d.send(s, call{operation: create, body: `{"userId":` + user + `}`, status: 201})
	}
	vendor := http.Header{"Content-Type": {"application/json; charset=UTF-8"}}
	d.send(s, call{operation: create, body: `{"userId":"u"}`, header: vendor, status: 201})
}

func (d *driver) driveLists(s *service) {
	d.session(s)
	d.session(s)
	for operation, path := range map[string]string{list: "/sessions", listUser: "/sessions/user/user123"} {
		d.send(s, call{operation: operation, path: path, status: 200})
		page := d.send(s, call{operation: operation, path: path + "?limit=1&unknown=ignored", status: 200})
		cursor, ok := page["nextCursor"].(string)
		if !ok {
			d.faults.addf("%s: one of two sessions has no nextCursor after it: %v", operation, page)
		}
		d.send(s, call{operation: operation, path: path + "?limit=1000&cursor=" + url.QueryEscape(cursor), status: 200})
	}
	d.send(s, call{operation: listUser, path: "/sessions/user/nobody", status: 200})
}

// onOne are calls that are good for any session at path.
func onOne(path string) []call {
	return []call{
		{operation: read, path: path},
		{operation: update, path: path, body: `{}`},
		{operation: patch, path: path, body: `{}`, header: mergePatch},
		{operation: touch, path: path + "/touch"},
		{operation: extend, path: path + "/extend", body: `{"ttlSeconds":60}`},
		{operation: rotate, path: path + "/rotate"},
		{operation: remove, path: path},
	}
}

func (d *driver) driveAbsentAndOver(s *service) {
	over := d.session(s)
	s.pass(ttl)
	long := "/sessions/" + strings.Repeat("x", session.MaxIDBytes+1)
	for _, c := range slices.Concat(onOne(unknownID), onOne(long)) {
		c.status, c.code = 404, "session_not_found"
		d.send(s, c)
	}
	for _, c := range onOne(over) {
		c.status, c.code = 410, "session_expired"
		d.send(s, c)
	}
}

func (d *driver) driveStrays(s *service) {
	d.send(s, call{operation: wrongPath, is: unsaid, status: 404, code: "route_not_found"})
	d.send(s, call{operation: wrongMethod, is: unsaid, status: 405, code: "method_not_allowed"})
}

// driveFaults meets a store that is broken, then one that cannot serve.
func (d *driver) driveFaults(s *service) {
	calls := append(onOne(unknownID),
		call{operation: create, body: `{"userId":"user123"}`},
		call{operation: list},
		call{operation: listUser, path: "/sessions/user/user123"},
		call{operation: endUser, path: "/sessions/user/user123"},
	)
	broken := []error{errors.New("broken"), session.Unreadable(errors.New("no ttl")), session.ErrExists}
	for _, err := range broken {
		s.store.fail(err)
		for _, c := range calls {
			c.status, c.code = 500, "internal"
			d.send(s, c)
		}
	}
	s.store.fail(session.Unavailable(errors.New("down")))
	for _, c := range append(calls, call{operation: ready}) {
		c.status, c.code = 503, "store_unavailable"
		d.send(s, c)
	}
	s.store.fail(nil)
}

func (d *driver) driveDrained(s *service) {
	s.api.Drain()
	d.send(s, call{operation: ready, status: 503, code: "shutting_down"})
	d.send(s, call{operation: health, status: 200})
}

// driveSlow sends bodies that never end, and ends sessions in a store that takes its
// time.
func (d *driver) driveSlow(s *service) {
	for _, c := range append(onOne(unknownID), call{operation: create}) {
		if c.operation == read || c.operation == remove {
			continue
		}
		body, end := io.Pipe()
		c.from, c.status, c.code = body, 408, "request_timeout"
		d.send(s, c)
		_ = end.Close()
	}
	row := &session.Session{ID: "row", UserID: "user123", Data: []byte(`{}`), ExpiresAt: time.Unix(1<<40, 0)}
	if err := s.store.Store.Create(d.t.Context(), row); err != nil {
		d.t.Fatal(err)
	}
	held := newHold()
	s.store.hold.Store(held)
	d.send(s, call{operation: endUser, path: "/sessions/user/user123", status: 202})
	close(held.over)
}
