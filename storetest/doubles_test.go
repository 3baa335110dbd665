package storetest

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"

	"session-api"
	"session-api/store/memory"
)

// double is a sound store of which some methods are replaced by broken ones.
type double struct {
	session.Store
	create     func(ctx context.Context, s *session.Session) error
	get        func(ctx context.Context, id string) (*session.Session, error)
	update     func(ctx context.Context, id string, c session.Change, cond session.Condition) (*session.Session, error)
	retime     func(ctx context.Context, id string, to session.Times, raise bool, cond session.Condition) (*session.Session, error)
	delete     func(ctx context.Context, id string, cond session.Condition) (*session.Session, error)
	apply      func(ctx context.Context, t session.Transaction) error
	record     func(ctx context.Context, key string) (*session.Record, error)
	list       func(ctx context.Context, q session.PageQuery) (session.Page, error)
	listByUser func(ctx context.Context, userID string, q session.PageQuery) (session.Page, error)
	status     func(ctx context.Context) (session.Status, error)
	close      func() error
}

// breakMemory returns a fresh store with fault in it.
func breakMemory(f fault) session.Store {
	sound := memory.New()
	d := &double{
		Store:  sound,
		create: sound.Create, get: sound.Get, update: sound.Update, retime: sound.Retime, delete: sound.Delete,
		apply: sound.Apply, record: sound.Record,
		list: sound.List, listByUser: sound.ListByUser, status: sound.Status, close: sound.Close,
	}
	f.install(sound, d)
	return d
}

func (d *double) Create(ctx context.Context, s *session.Session) error { return d.create(ctx, s) }

func (d *double) Get(ctx context.Context, id string) (*session.Session, error) { return d.get(ctx, id) }

func (d *double) Update(ctx context.Context, id string, c session.Change, cond session.Condition) (*session.Session, error) {
	return d.update(ctx, id, c, cond)
}

func (d *double) Retime(ctx context.Context, id string, to session.Times, raise bool, cond session.Condition) (*session.Session, error) {
	return d.retime(ctx, id, to, raise, cond)
}

func (d *double) Delete(ctx context.Context, id string, cond session.Condition) (*session.Session, error) {
	return d.delete(ctx, id, cond)
}

func (d *double) Apply(ctx context.Context, t session.Transaction) error { return d.apply(ctx, t) }

func (d *double) Record(ctx context.Context, key string) (*session.Record, error) {
	return d.record(ctx, key)
}

func (d *double) List(ctx context.Context, q session.PageQuery) (session.Page, error) {
	return d.list(ctx, q)
}

func (d *double) ListByUser(ctx context.Context, userID string, q session.PageQuery) (session.Page, error) {
	return d.listByUser(ctx, userID, q)
}

func (d *double) Status(ctx context.Context) (session.Status, error) { return d.status(ctx) }

func (d *double) Close() error { return d.close() }

// fault is a way for an engine to be wrong, and the checks that must notice.
type fault struct {
	name     string
	install  func(sound session.Store, d *double)
	caughtBy []string
}

var faults = slices.Concat(
	writeFaults, conditionFaults, conditionTimesFaults, fieldFaults, retimeFaults,
	transactionFaults, recordFaults, aliasFaults,
	namespaceFaults, listFaults, orderFaults, rangeFaults, idsFaults, pagingFaults, valueFaults, raceFaults, raceTransactionFaults, lifeFaults,
)

// recorder is a reporter that keeps what it is told.
type recorder struct {
	ctx      context.Context
	mu       sync.Mutex
	failures []string
}

func (*recorder) Helper() {}

func (r *recorder) Context() context.Context { return r.ctx }

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

// failuresOf runs a check on store and returns what it reported.
func failuresOf(ctx context.Context, c check, store session.Store) []string {
	r := &recorder{ctx: ctx}
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.run(r, store)
	}()
	<-done
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failures
}

// checksByName returns every check under its full name.
func checksByName() map[string]check {
	all := map[string]check{}
	for _, concern := range suite {
		for _, c := range concern.checks {
			all[concern.name+"/"+c.name] = c
		}
	}
	return all
}

func TestEveryFaultIsCaught(t *testing.T) {
	t.Parallel()
	checks := checksByName()
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			for _, name := range f.caughtBy {
				c, known := checks[name]
				if !known {
					t.Fatalf("no check is called %q", name)
				}
				if len(failuresOf(t.Context(), c, breakMemory(f))) == 0 {
					t.Errorf("%s passes a store that %s", name, f.name)
				}
			}
		})
	}
}

func TestEveryCheckCanFail(t *testing.T) {
	t.Parallel()
	caught := map[string]bool{}
	for _, f := range faults {
		for _, name := range f.caughtBy {
			caught[name] = true
		}
	}
	for name := range checksByName() {
		if !caught[name] {
			t.Errorf("no fault of this package is caught by %s, so nothing shows that it can fail", name)
		}
	}
}
