package storetest

import (
	"strings"

	"session-api"
)

// namespaceRaces are about writes that are restricted to a namespace.
var namespaceRaces = []check{
	{"ARestrictedWriterNeverChangesARowOfOthers", aRestrictedWriterNeverChangesARowOfOthers},
}

// aRestrictedWriterNeverChangesARowOfOthers has an id belong to a session of one user
// and then to one of another: who looks at the user first and writes then is found
// out.
func aRestrictedWriterNeverChangesARowOfOthers(t reporter, store session.Store) {
	const id, mine = "row", "mine:"
	own, other := newSession(id), newFull(id)
	own.UserID, other.UserID = mine+"1", "other:1"
	writes := conditionalWrites(t, store)
	for range rounds {
		mustCreate(t, store, own)
		inParallel(t, writers, func(i int) {
			if i == 0 {
				changeHands(t, store, other, in(mine, anyVersion))
				return
			}
			w := writes[i%len(writes)]
			got, err := w.do(id, in(mine, anyVersion))
			if err != nil {
				wantError(t, w.name+" of a row that comes and goes", err, session.ErrNotFound)
			}
			if got != nil && !strings.HasPrefix(got.UserID, mine) {
				t.Errorf("%s within %s returned a session of %s", w.name, short(mine), short(got.UserID))
			}
		})
		wantSame(t, "Delete", mustDelete(t, store, id), other)
	}
}

// changeHands puts other in the place of a row that writers under cond may change and
// end.
func changeHands(t reporter, store session.Store, other *session.Session, cond session.Condition) {
	t.Helper()
	if _, err := store.Delete(t.Context(), other.ID, cond); err != nil {
		wantError(t, "Delete of a row that others may have ended", err, session.ErrNotFound)
	}
	mustCreate(t, store, other)
}
