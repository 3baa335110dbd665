package storetest

import (
	"strings"

	"session-api"
)

// secret is the part of the ids here that no error may show. It is long enough
// that an error that cuts or quotes ids still shows a part that is looked for.
const secret = "CANARYJ7Q4XM2VZK5TB3CANARY" // #nosec G101 -- no credential of anybody

var errorChecks = []check{
	{"NoErrorShowsAnID", noErrorShowsAnID},
}

func noErrorShowsAnID(t reporter, store session.Store) {
	active, over, absent := "session-u-A"+secret, "session-u-O"+secret, "session-u-N"+secret
	mustCreate(t, store, newSession(active), newExpired(over))
	alias := mustAlias(t, store, "session-u-F"+secret, session.Alias{To: active, Until: until}).ID

	_, err := store.Get(t.Context(), absent)
	wantSecretKept(t, "Get of an absent id", err)
	wantSecretKept(t, "Create of a taken id", store.Create(t.Context(), newSession(active)))
	for _, w := range conditionalWrites(t, store) {
		refused := func(what, id string, cond session.Condition) {
			_, err := w.do(id, cond)
			wantSecretKept(t, w.name+what, err)
		}
		refused(" of an absent id", absent, anyVersion)
		refused(" of an alias", alias, anyVersion)
		refused(" of an expired row", over, anyVersion)
		refused(" at another version", active, atVersion(9))
		refused(" at other times", active, atTimes(session.Times{}))
	}
	transactionsKeepSecrets(t, store, active, absent)
	for _, l := range everyList(store) {
		q := session.PageQuery{Now: during, Limit: 10, After: "\x00" + absent, Descending: l.query.Descending}
		_, err := l.read(t.Context(), q)
		wantSecretKept(t, l.name+" after a position of no page", err)
	}
	brokenCallsKeepSecrets(t, store, active)
}

func transactionsKeepSecrets(t reporter, store session.Store, taken, fresh string) {
	t.Helper()
	ending := []session.Ending{{ID: taken, Cond: anyVersion, Alias: &session.Alias{To: fresh, Until: until}}}
	for what, tx := range map[string]session.Transaction{
		"creates a taken id": {Create: newSession(taken)},
		"names a version of no record": {
			Create: newSession(fresh), End: ending, Records: []session.RecordWrite{{Record: newRecord("key", 2), Was: 1}},
		},
	} {
		wantSecretKept(t, "Apply that "+what, store.Apply(t.Context(), tx))
	}
}

// brokenCallsKeepSecrets closes the store.
func brokenCallsKeepSecrets(t reporter, store session.Store, id string) {
	t.Helper()
	for _, ctx := range endedContexts(t) {
		for _, c := range everyCall(store, id) {
			wantSecretKept(t, c.name+" with an ended context", c.do(ctx))
		}
	}
	mustClose(t, store)
	for _, c := range everyCall(store, id) {
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
