package contract

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"session-api"
	"session-api/internal/auth"
	"session-api/internal/httpapi"
)

// everyCall is a call of every operation that needs a caller, with the scope that it
// needs.
func everyCall(path string) map[*call]auth.Scopes {
	scopes := map[string]auth.Scopes{
		create: auth.Write, list: auth.Admin, read: auth.Read, update: auth.Write, remove: auth.Write, patch: auth.Write,
		touch: auth.Write, extend: auth.Admin, rotate: auth.Write, listUser: auth.Read, endUser: auth.Admin,
	}
	calls := append(onOne(path),
		call{operation: create, body: `{"userId":"user123"}`},
		call{operation: list},
		call{operation: listUser, path: "/sessions/user/nobody"},
		call{operation: endUser, path: "/sessions/user/nobody"},
	)
	all := map[*call]auth.Scopes{}
	for i := range calls {
		all[&calls[i]] = scopes[calls[i].operation]
	}
	return all
}

// withKeys starts a service that has a key for each scope.
func (d *driver) withKeys() (*service, map[auth.Scopes]string) { return d.withKeysFor("") }

// withKeysFor is withKeys for keys that are restricted to users.
func (d *driver) withKeysFor(userPrefix string) (*service, map[auth.Scopes]string) {
	d.t.Helper()
	keys, entries := map[auth.Scopes]string{}, []string{}
	for _, scope := range []auth.Scopes{auth.Read, auth.Write, auth.Admin} {
		keys[scope] = auth.NewKey()
		entry, err := auth.Key{ID: fmt.Sprint("key-", int(scope)), Digest: auth.DigestOf(keys[scope]), Scopes: scope, UserPrefix: userPrefix}.Entry()
		if err != nil {
			d.t.Fatal(err)
		}
		entries = append(entries, string(entry))
	}
	known, err := auth.ParseKeys([]byte(`{"keys":[` + strings.Join(entries, ",") + `]}`))
	if err != nil {
		d.t.Fatal(err)
	}
	callers := auth.New(auth.Options{Keys: func() *auth.Keys { return known }})
	return startService(d.t, time.Minute, func(_ *session.Options, o *httpapi.Options) { o.Callers = callers }), keys
}

// driveStrangers calls everything without credentials and with bad ones.
func (d *driver) driveStrangers() {
	d.t.Helper()
	s, keys := d.withKeys()
	calls := []call{{operation: wrongPath, is: unsaid}, {operation: wrongMethod, is: unsaid}}
	for c := range everyCall(unknownID) {
		calls = append(calls, *c)
	}
	for _, c := range calls {
		c.status, c.code = 401, "unauthenticated"
		d.send(s, c)
		for _, line := range []string{"Bearer " + auth.NewKey(), "Bearer x.y.z", "Bearer", "Basic eDp5", "Bearer " + keys[auth.Read] + "x"} {
			d.send(s, c.with("Authorization", line))
		}
	}
	for _, operation := range []string{health, ready, contractYAML, contractJSON, docs} {
		d.send(s, call{operation: operation, status: 200})
		d.send(s, call{operation: operation, status: 200}.with("Authorization", "Bearer x"))
	}
	known := "Bearer " + keys[auth.Read]
	d.send(s, call{operation: wrongPath, is: unsaid, status: 404, code: "route_not_found"}.with("Authorization", known))
	d.send(s, call{operation: wrongMethod, is: unsaid, status: 405, code: "method_not_allowed"}.with("Authorization", known))
}

// driveScopes calls everything with each scope.
func (d *driver) driveScopes() {
	d.t.Helper()
	s, keys := d.withKeys()
	for scope, key := range keys {
		made := d.send(s, call{operation: create, body: `{"userId":"user123"}`, status: 201}.with("Authorization", "Bearer "+keys[auth.Write]))
		for c, need := range everyCall(pathOf(made)) {
			if c.operation == remove || c.operation == rotate {
				c.path = strings.Replace(c.path, pathOf(made), unknownID, 1) // the others need the session
			}
			c.header = c.with("Authorization", "Bearer "+key).header
			switch {
			case scope != need:
				c.status, c.code = http.StatusForbidden, "insufficient_scope"
			case c.operation == create:
				c.status = http.StatusCreated
			case c.operation == remove || c.operation == rotate:
				c.status, c.code = http.StatusNotFound, "session_not_found"
			default:
				c.status = http.StatusOK
			}
			d.send(s, *c)
		}
	}
}

// driveNamespaces calls what names a user with one that is not the caller's.
func (d *driver) driveNamespaces() {
	d.t.Helper()
	s, keys := d.withKeysFor("shop:")
	for _, c := range []struct {
		call
		need auth.Scopes
	}{
		{call{operation: create, body: `{"userId":"user123"}`}, auth.Write},
		{call{operation: list, path: "/sessions?userId=user123"}, auth.Admin},
		{call{operation: listUser, path: "/sessions/user/user123"}, auth.Read},
		{call{operation: endUser, path: "/sessions/user/user123"}, auth.Admin},
	} {
		c.status, c.code = http.StatusForbidden, "user_not_allowed"
		d.send(s, c.with("Authorization", "Bearer "+keys[c.need]))
	}
	d.send(s, call{operation: create, body: `{"userId":"shop:ada"}`, status: 201}.with("Authorization", "Bearer "+keys[auth.Write]))
}

// keyless is what a service asks that takes tokens and has no keys for them yet.
type keyless struct{}

func (keyless) Authenticate(context.Context, *http.Request) (*auth.Caller, error) {
	return nil, auth.ErrNoKeys
}

func (keyless) Ready() error { return auth.ErrNoKeys }

func (d *driver) driveWithoutTokenKeys() {
	d.t.Helper()
	s := startService(d.t, time.Minute, func(_ *session.Options, o *httpapi.Options) { o.Callers = keyless{} })
	for c := range everyCall(unknownID) {
		c.status, c.code = 503, "token_keys_unavailable"
		d.send(s, *c)
	}
	d.send(s, call{operation: ready, status: 503, code: "token_keys_unavailable"})
	d.send(s, call{operation: health, status: 200})
}
