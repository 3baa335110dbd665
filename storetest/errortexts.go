package storetest

import (
	"strings"

	"session-api"
)

// secret is the part of the ids here that no error may show. It is long enough
// that an error that cuts or quotes ids still shows a part that is looked for.
const secret = "CANARYJ7Q4XM2VZK5TB3CANARY"

var errorChecks = []check{
	{"NoErrorShowsAnID", noErrorShowsAnID},
}

func noErrorShowsAnID(t reporter, store session.Store) {
	active, over, absent := "session-u-A"+secret, "session-u-O"+secret, "session-u-N"+secret
	mustCreate(t, store, newSession(active), newExpired(over))

	wantSecretKept(t, "Create of a taken id", store.Create(t.Context(), newSession(active)))
	for _, w := range conditionalWrites(t, store) {
		_, err := w.do(absent, anyVersion)
		wantSecretKept(t, w.name+" of an absent id", err)
		_, err = w.do(over, anyVersion)
		wantSecretKept(t, w.name+" of an expired row", err)
		_, err = w.do(active, atVersion(9))
		wantSecretKept(t, w.name+" at another version", err)
	}
	_, err := store.Get(t.Context(), absent)
	wantSecretKept(t, "Get of an absent id", err)
	for _, l := range bothLists(store) {
		_, err := l.read(t.Context(), session.PageQuery{Now: during, Limit: 10, After: "\x00" + absent})
		wantSecretKept(t, l.name+" after a position of no page", err)
	}
	for _, ctx := range endedContexts(t) {
		for _, c := range everyCall(store, active) {
			wantSecretKept(t, c.name+" with an ended context", c.do(ctx))
		}
	}
	mustClose(t, store)
	for _, c := range everyCall(store, active) {
		wantSecretKept(t, c.name+" of a closed store", c.do(t.Context()))
	}
}

// wantSecretKept fails unless err is an error without an id of noErrorShowsAnID
// in its text, which holds those of all its causes.
func wantSecretKept(t reporter, what string, err error) {
	t.Helper()
	switch {
	case err == nil:
		t.Errorf("%s returned no error", what)
	case strings.Contains(err.Error(), secret[6:len(secret)-6]):
		t.Errorf("%s shows a session id in its error: %v", what, err)
	}
}
