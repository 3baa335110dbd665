package storetest

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"

	"session-api"
)

func withoutUserPrefix(cond session.Condition) session.Condition { return in("", cond) }

// onForeign installs a change of the conditions that hide the row which they are for.
func onForeign(bend func(cond session.Condition, row *session.Session) session.Condition) func(session.Store, *double) {
	return onWritesOfRows(func(cond session.Condition, row *session.Session) session.Condition {
		if cond.Hides(row.UserID) {
			return bend(cond, row)
		}
		return cond
	})
}

// unlessHeld takes the namespace of a condition for kept where holds says so.
func unlessHeld(holds func(userID, prefix string) bool) func(session.Store, *double) {
	return onForeign(func(cond session.Condition, row *session.Session) session.Condition {
		if holds(row.UserID, cond.UserPrefix) {
			return in("", cond)
		}
		return cond
	})
}

// onNamespaces installs another list of all where a namespace is asked for.
func onNamespaces(list func(ctx context.Context, sound session.Store, q session.PageQuery) (session.Page, error)) func(session.Store, *double) {
	return func(sound session.Store, d *double) {
		d.list = func(ctx context.Context, q session.PageQuery) (session.Page, error) {
			if q.UserPrefix == "" {
				return sound.List(ctx, q)
			}
			return list(ctx, sound, q)
		}
	}
}

// looksAtTheUserFirst is an update whose look at the user is a step of its own. The
// first one to pass it writes when the id is somebody else's.
func looksAtTheUserFirst(sound session.Store, d *double) {
	late, passed := make(chan func(), 1), make(chan struct{})
	var first atomic.Bool
	d.update = func(ctx context.Context, id string, c session.Change, cond session.Condition) (s *session.Session, err error) {
		if row, err := sound.Get(ctx, id); cond.CheckRead(row, err) != nil || !first.CompareAndSwap(false, true) {
			return sound.Update(ctx, id, c, cond)
		}
		close(passed)
		done := make(chan struct{})
		late <- func() {
			defer close(done)
			s, err = sound.Update(ctx, id, c, in("", cond))
		}
		<-done
		return s, err
	}
	// No session ends before.
	d.delete = func(ctx context.Context, id string, cond session.Condition) (*session.Session, error) {
		<-passed
		return sound.Delete(ctx, id, cond)
	}
	d.apply = func(ctx context.Context, t session.Transaction) error {
		<-passed
		return sound.Apply(ctx, t)
	}
	d.create = func(ctx context.Context, s *session.Session) error {
		err := sound.Create(ctx, s)
		if strings.HasPrefix(s.UserID, "other:") {
			select {
			case write := <-late:
				write()
			default:
			}
		}
		return err
	}
}

var namespaceFaults = slices.Concat(namespaceWriteFaults, namespaceListFaults)

var namespaceWriteFaults = []fault{
	{"ignores the namespace of a condition", onWrites(withoutUserPrefix), []string{
		"namespaces/ToWritesForeignSessionsAreAbsent", "namespaces/ForeignComesBeforeEverythingElse",
	}},

	{"ignores the namespace of a Retime", onlyRetime(onWrites(withoutUserPrefix)), []string{
		"namespaces/ToWritesForeignSessionsAreAbsent", "namespaces/ForeignComesBeforeEverythingElse",
	}},

	{"ignores the namespace of an ending", onlyApply(onWrites(withoutUserPrefix)), []string{
		"namespaces/ToWritesForeignSessionsAreAbsent", "transactions/ARefusalLeavesNothingDone",
	}},

	{"asks for the expiry before the namespace", onForeign(func(cond session.Condition, row *session.Session) session.Condition {
		if row.ExpiredAt(cond.Now) {
			return in("", cond)
		}
		return cond
	}), []string{"namespaces/ForeignComesBeforeEverythingElse"}},

	{"asks for the version before the namespace", onForeign(func(cond session.Condition, row *session.Session) session.Condition {
		if cond.Version != nil && *cond.Version != row.Version {
			return in("", cond)
		}
		return cond
	}), []string{"namespaces/ForeignComesBeforeEverythingElse"}},

	{"takes the beginning of a user for the whole", onWritesOfRows(func(cond session.Condition, row *session.Session) session.Condition {
		if cond.UserPrefix != "" && cond.UserPrefix != row.UserID {
			return in("nobody", cond)
		}
		return cond
	}), []string{"namespaces/WritesTakeWhatIsInTheNamespace"}},

	{"looks for a namespace anywhere in a user", unlessHeld(strings.Contains), []string{
		"namespaces/ToWritesForeignSessionsAreAbsent",
	}},

	{"takes users for those of a namespace in other letters", unlessHeld(func(userID, prefix string) bool {
		return strings.HasPrefix(strings.ToLower(userID), strings.ToLower(prefix))
	}), []string{"namespaces/ToWritesForeignSessionsAreAbsent"}},

	{"takes a namespace for a pattern", unlessHeld(func(userID, prefix string) bool {
		return strings.HasPrefix(userID, strings.TrimRight(prefix, "%*"))
	}), []string{"namespaces/ToWritesForeignSessionsAreAbsent"}},

	{"finds nothing but the namespace worth a look", onWritesOfRows(func(cond session.Condition, row *session.Session) session.Condition {
		if cond.UserPrefix != "" && !cond.Hides(row.UserID) {
			cond.Version, cond.Times = nil, nil
		}
		return cond
	}), []string{"namespaces/InTheNamespaceTheRestStillCounts"}},

	{"has aliases of no namespace", func(sound session.Store, d *double) {
		d.delete = func(ctx context.Context, id string, cond session.Condition) (*session.Session, error) {
			if row, err := sound.Get(ctx, id); err == nil && row.RotatedTo != "" && cond.UserPrefix != "" {
				return row, nil
			}
			return sound.Delete(ctx, id, cond)
		}
	}, []string{"namespaces/NoNamespaceHasAliasesToWrites"}},

	{"looks at the user and writes then", looksAtTheUserFirst, []string{"races/ARestrictedWriterNeverChangesARowOfOthers"}},
}

var namespaceListFaults = []fault{
	{"lists what is outside a namespace", onQueries(func(q session.PageQuery) session.PageQuery {
		q.UserPrefix = ""
		return q
	}), []string{
		"namespaces/ListHoldsTheNamespaceOnly", "namespaces/ListByUserIsEmptyOutsideTheNamespace",
		"walks/ANamespaceShowsStayersOnceWhileOthersComeAndGo",
	}},

	{"takes a namespace for a user", onNamespaces(func(ctx context.Context, sound session.Store, q session.PageQuery) (session.Page, error) {
		return sound.ListByUser(ctx, q.UserPrefix, q)
	}), []string{"namespaces/ListHoldsTheNamespaceOnly"}},

	{"forgets the namespace after the first page", onQueries(func(q session.PageQuery) session.PageQuery {
		if q.After != "" {
			q.UserPrefix = ""
		}
		return q
	}), []string{"namespaces/ListHoldsTheNamespaceOnly", "namespaces/ASmallNamespaceIsFoundAmongManyRows"}},

	{"takes a page of others for the end", onNamespaces(func(ctx context.Context, sound session.Store, q session.PageQuery) (session.Page, error) {
		p, err := sound.List(ctx, session.PageQuery{Now: q.Now, Limit: q.Limit, After: q.After})
		p.Sessions = slices.DeleteFunc(p.Sessions, func(s *session.Session) bool { return !q.Wants(s) })
		if len(p.Sessions) == 0 {
			p.Next = ""
		}
		return p, err
	}), []string{"namespaces/ASmallNamespaceIsFoundAmongManyRows"}},

	{"shows the data of a namespace", onNamespaces(func(ctx context.Context, sound session.Store, q session.PageQuery) (session.Page, error) {
		p, err := sound.List(ctx, q)
		for i, s := range p.Sessions {
			p.Sessions[i], _ = sound.Get(ctx, s.ID)
		}
		return p, err
	}), []string{"namespaces/ListOfANamespaceCarriesEverythingButData"}},
}
