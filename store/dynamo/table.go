package dynamo

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"session-api"
)

const (
	// lookFresh is how long what DescribeTable said of a sound table is told
	// again, failureFresh how long anything else is.
	lookFresh    = 3 * time.Second
	failureFresh = time.Second
	// indexEvery is how often a table without a usable index is looked at again
	// by those who list a user's sessions.
	indexEvery = 10 * time.Second
)

// look is what was found out about the table.
type look struct {
	at time.Time
	// state is DynamoDB's word for the table's state.
	state string
	// err says why the table cannot serve; nil if it can.
	err error
	// index says what is wrong with the index; "" if it can be read, or if
	// nobody may tell.
	index string
	// blind says that DescribeTable is not allowed.
	blind bool
}

func (l look) fresh(now time.Time) bool {
	if l.err != nil {
		return now.Sub(l.at) < failureFresh
	}
	return now.Sub(l.at) < lookFresh
}

// table knows the state of the table and of its index.
type table struct {
	store *Store
	// looking is held by who asks DynamoDB. It is a channel, so that those who
	// wait for it can end with their context.
	looking chan struct{}

	mu   sync.Mutex
	last look
}

func newTable(s *Store) *table { return &table{store: s, looking: make(chan struct{}, 1)} }

// first looks at the table when the store is opened.
func (t *table) first(ctx context.Context) {
	l, err := t.look(ctx)
	if err == nil {
		err = l.err
	}
	if err != nil {
		t.store.options.Logger.Error("The DynamoDB table cannot serve yet; the service answers 503 until it can.",
			"table", t.store.options.Table, "region", t.store.options.Region, "error", err)
	}
}

// Status tells the state of the table; see session.Store. A table that is being
// altered serves, and says "UPDATING".
func (s *Store) Status(ctx context.Context) (session.Status, error) {
	if err := s.gate.enter(ctx); err != nil {
		return session.Status{}, err
	}
	defer s.gate.leave()
	l, err := s.table.look(ctx)
	if err == nil {
		err = l.err
	}
	if err != nil {
		return session.Status{}, notServing(err)
	}
	return session.Status{Table: s.options.Table, State: l.state, Warnings: l.warnings()}, nil
}

// notServing returns ErrUnavailable for a table that cannot serve. Its sentence
// says what a person must do, where that is known: those who ask for the status
// run the service, and a log is farther away than an answer.
func notServing(err error) error {
	e := *session.ErrUnavailable
	e.Cause = err
	var f *fault
	switch {
	case !errors.As(err, &f):
		if !ended(err) {
			e.Message = "The session store cannot serve: " + err.Error()
		}
	case remedies[f.class] != "":
		e.Message = remedies[f.class]
	}
	return &e
}

func (l look) warnings() []string {
	var w []string
	if l.blind {
		w = append(w, "dynamodb:DescribeTable is not allowed, so the state of the table and of its index is not known")
	}
	if l.index != "" {
		w = append(w, l.index+": the sessions of a user are found by scanning the whole table")
	}
	return w
}

// indexed reports whether a user's sessions are to be found through the index. A
// table that has none costs a look now and then, so that one that was added is
// found; others cost nothing.
func (t *table) indexed(ctx context.Context) bool {
	l := t.current()
	if l.index == "" {
		return true
	}
	if t.store.options.now().Sub(l.at) < indexEvery {
		return false
	}
	l, err := t.look(ctx)
	return err == nil && l.index == ""
}

// indexRefused takes down that a query found no index to read.
func (t *table) indexRefused(err error) {
	l := t.current()
	l.at, l.index = t.store.options.now(), "the index "+IndexName+" cannot be read ("+err.Error()+")"
	t.set(l)
}

func isIndexMissing(err error) bool {
	var f *fault
	return errors.As(err, &f) && f.class == indexMissing
}

func (t *table) current() look {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.last
}

// set takes a look over and logs what changed.
func (t *table) set(l look) {
	t.mu.Lock()
	before := t.last
	t.last = l
	t.mu.Unlock()
	log := t.store.options.Logger.With("table", t.store.options.Table, "index", IndexName)
	if l.blind && !before.blind {
		log.Warn("The role of the service may not call dynamodb:DescribeTable, so it takes the index for there and cannot tell the table's state.")
	}
	switch {
	case before.index == "" && l.index != "":
		log.Warn("The sessions of a user are found by scanning the whole table, which takes longer the larger it is. "+
			`"session-api table upgrade" adds the index while the service runs.`, "why", l.index)
	case before.index != "" && l.index == "" && l.err == nil && !l.blind:
		log.Info("The index can be read now; tables are no longer scanned for a user's sessions.")
	}
}

// look returns what is known of the table, asking DynamoDB if that is not fresh.
// The error is ctx's.
func (t *table) look(ctx context.Context) (look, error) {
	now := t.store.options.now
	if l := t.current(); l.fresh(now()) {
		return l, nil
	}
	select {
	case t.looking <- struct{}{}:
		defer func() { <-t.looking }()
	case <-ctx.Done():
		return look{}, ctx.Err()
	}
	if l := t.current(); l.fresh(now()) {
		return l, nil
	}
	l := t.ask(ctx)
	if err := ctx.Err(); err != nil {
		return look{}, err // it says nothing of the table
	}
	t.set(l)
	return l, nil
}

// ask asks DynamoDB.
func (t *table) ask(ctx context.Context) look {
	l := look{at: t.store.options.now()}
	found, err := t.describe(ctx)
	var f *fault
	switch {
	case err == nil:
		l.state, l.index = string(found.TableStatus), indexFault(found)
		l.err = tableFault(found)
	case errors.As(err, &f) && f.class == denied:
		// Serving needs no DescribeTable. Whether rows can be read does tell.
		_, l.err = t.store.getItem(ctx, probeID)
		l.state, l.blind = session.StateActive, true
	default:
		l.err = err
		l.index = t.current().index // as far as anyone knows
		if f != nil {
			t.store.caller.trouble.note(f)
		}
	}
	return l
}

// probeID is an id that no session has. Reading it costs half a read unit or one.
const probeID = "session-api-ready"

func (t *table) describe(ctx context.Context) (*types.TableDescription, error) {
	var out *dynamodb.DescribeTableOutput
	k := t.store.rowCall("DescribeTable")
	k.quiet = true // that this one is denied matters little
	_, err := t.store.caller.do(ctx, k, func(ctx context.Context) (err error) {
		out, err = t.store.api.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &t.store.options.Table})
		return err
	})
	if err != nil {
		return nil, err
	}
	return out.Table, nil
}
