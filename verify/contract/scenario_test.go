package contract

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"session-api"
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
	listUser     = "GET /sessions/user/{userId}"
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
	s := startService(d.t, time.Minute)
	d.driveHealthAndDocs(s)
	d.driveLife(s)
	d.driveLists(s)
	d.driveRefusedBodies(s, call{operation: create})
	d.driveRefusedBodies(s, call{operation: update, path: d.session(s)})
	d.driveRefusedUserIDs(s)
	d.driveRefusedQueries(s)
	d.driveAbsent(s)
	d.driveStrays(s)
	d.driveFaults(s)
	d.driveDrained(startService(d.t, time.Minute))
	d.driveSlowBodies(startService(d.t, 20*time.Millisecond))
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

	over := d.session(s)
	s.pass(ttl)
	d.send(s, call{operation: read, path: over, status: 410, code: "session_expired"})
	d.send(s, call{operation: update, path: over, body: `{}`, status: 410, code: "session_expired"})
	d.send(s, call{operation: remove, path: over, status: 410, code: "session_expired"})
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

// driveRefusedBodies sends bodies that no operation takes to the one of to.
func (d *driver) driveRefusedBodies(s *service, to call) {
	refuse := func(is keeping, status int, code, body, contentType string) {
		c := to
		c.is, c.status, c.code, c.body = is, status, code, body
		c.header = http.Header{"Content-Type": {contentType}}
		d.send(s, c)
	}
	const isJSON = "application/json"
	for _, body := range []string{
		"", "{", `{"data":1}{}`, `{"data":1,"data":1}`, `{"data":{"a":1,"a":1}}`, `{"data":NaN}`,
		"{\"data\":\"\xff\"}", `{"data":"\ud800"}`,
	} {
		refuse(unsaid, 400, "malformed_json", body, isJSON)
	}
	for _, body := range []string{`[]`, `"text"`, `1`, `null`} {
		refuse(bad, 400, "invalid_body", body, isJSON)
	}
	refuse(bad, 400, "unknown_field", `{"userId":"u","ttl":1}`, isJSON)
	refuse(unsaid, 413, "too_large", `{"data":"`+strings.Repeat("x", maxBody)+`"}`, isJSON)
	refuse(bad, 415, "unsupported_media_type", `{"userId":"u"}`, "text/plain")
}

func (d *driver) driveRefusedUserIDs(s *service) {
	refused := call{operation: create, status: 400, code: "invalid_user_id"}
	for _, body := range []string{
		`{}`, `{"userId":""}`, `{"userId":null}`, `{"userId":7}`, `{"userId":["u"]}`, `{"userId":"."}`, `{"userId":".."}`,
		`{"userId":"a\u0000b"}`, `{"userId":"\u0085"}`, `{"userId":"` + strings.Repeat("x", 257) + `"}`,
	} {
		c := refused
		c.is, c.body = bad, body
		d.send(s, c)
	}
	wide := refused // 200 characters are within the schema's bound, their 600 bytes are not
	wide.is, wide.body = unsaid, `{"userId":"`+strings.Repeat("☃", 200)+`"}`
	d.send(s, wide)

	for _, id := range []string{"%2E", "%2E%2E", "a%00b", strings.Repeat("x", 257)} {
		d.send(s, call{operation: listUser, path: "/sessions/user/" + id, is: bad, status: 400, code: "invalid_user_id"})
	}
}

func (d *driver) driveRefusedQueries(s *service) {
	for operation, path := range map[string]string{list: "/sessions", listUser: "/sessions/user/user123"} {
		for _, limit := range []string{"0", "1001", "-1", "1.5", "ten"} {
			d.send(s, call{operation: operation, path: path + "?limit=" + limit, is: bad, status: 400, code: "invalid_limit"})
		}
		d.send(s, call{operation: operation, path: path + "?cursor=altered", is: unsaid, status: 400, code: "invalid_cursor"})
		d.send(s, call{operation: operation, path: path + "?limit=%zz", is: unsaid, status: 400, code: "invalid_query"})
	}
}

func (d *driver) driveAbsent(s *service) {
	d.send(s, call{operation: read, path: unknownID, status: 404, code: "session_not_found"})
	d.send(s, call{operation: read, path: "/sessions/" + strings.Repeat("x", session.MaxIDBytes+1), status: 404, code: "session_not_found"})
	d.send(s, call{operation: update, path: unknownID, body: `{}`, status: 404, code: "session_not_found"})
	d.send(s, call{operation: remove, path: unknownID, status: 404, code: "session_not_found"})
}

func (d *driver) driveStrays(s *service) {
	d.send(s, call{operation: wrongPath, is: unsaid, status: 404, code: "route_not_found"})
	d.send(s, call{operation: wrongMethod, is: unsaid, status: 405, code: "method_not_allowed"})
}

// driveFaults meets a store that is broken, then one that cannot serve.
func (d *driver) driveFaults(s *service) {
	calls := []call{
		{operation: create, body: `{"userId":"user123"}`},
		{operation: list},
		{operation: read, path: unknownID},
		{operation: update, path: unknownID, body: `{}`},
		{operation: remove, path: unknownID},
		{operation: listUser, path: "/sessions/user/user123"},
	}
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

// driveSlowBodies sends bodies that never end.
func (d *driver) driveSlowBodies(s *service) {
	for operation, path := range map[string]string{create: "/sessions", update: unknownID} {
		body, end := io.Pipe()
		d.send(s, call{operation: operation, path: path, from: body, status: 408, code: "request_timeout"})
		_ = end.Close()
	}
}
