package dynamo

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"session-api"
	"session-api/store/unreadable"
)

// Store is a session.Store in a DynamoDB table. Make one with Open.
type Store struct {
	api       *dynamodb.Client
	transport *http.Transport
	options   Options
	caller    *caller
	table     *table
	unread    *unreadable.Rows
	gate      gate
	closing   sync.Once
	reads     *reads
}

var _ session.Store = (*Store)(nil)

// Open returns a Store on the table, after a look at it that lasts no longer
// than a call. It makes and changes nothing. That the table is missing or cannot
// be reached is no error: it is logged with what to do, Status tells it, and the
// Store serves as soon as it is mended. An error is a sentence about an option or
// about settings of AWS that cannot be used.
func Open(ctx context.Context, o Options) (*Store, error) {
	o = o.withDefaults()
	if err := o.validate(); err != nil {
		return nil, err
	}
	api, transport, err := newClient(ctx, o)
	if err != nil {
		return nil, err
	}
	s := &Store{
		api: api, transport: transport, options: o,
		unread: unreadable.NewRows(o.Logger),
		caller: &caller{attempts: o.Attempts, budget: newBudget(), jitter: o.jitter, trouble: newTrouble(o)},
	}
	s.table = newTable(s)
	s.reads = newReads(s)
	s.table.first(ctx)
	return s, nil
}

// UnreadableRows returns how often a list left out a row that could not be
// understood, since Open.
func (s *Store) UnreadableRows() uint64 { return s.unread.Count() }

// CursorKey returns the key that seals the cursors of lists, the same for all
// processes with the same Options. A derived one lets every process on a table go
// on with the cursors of every other, and finds out those that were altered by
// accident. It is no secret, but for cursors of namespaces, which the Service seals
// with one of the table's besides: who knows the table's name can read the session ids
// in a cursor. Where cursors reach people who must not have ids, such as in logs
// of others, give Options.CursorKey.
func (s *Store) CursorKey() []byte {
	if s.options.CursorKey != nil {
		return append([]byte(nil), s.options.CursorKey...)
	}
	sum := sha256.Sum256([]byte("session-api cursors\x00" + s.options.Region + "\x00" + s.options.Table))
	return sum[:]
}

// Close waits for running calls and closes the connections. See session.Store.
func (s *Store) Close() error {
	s.closing.Do(func() {
		s.gate.close()
		s.reads.close()
		s.transport.CloseIdleConnections()
	})
	return nil
}

// rowCall returns the call of op on the row with this id, or on none.
func (s *Store) rowCall(op string, ids ...string) call {
	return call{op: op, ids: ids, attempt: s.options.AttemptTimeout, all: s.options.CallTimeout}
}

// bulkCall returns the call of op on many rows: megabytes take their time, and so
// do the two rounds of a transaction, so each attempt has that of a whole call.
func (s *Store) bulkCall(op string) call {
	attempt := s.options.CallTimeout
	return call{op: op, attempt: attempt, all: attempt * time.Duration(s.options.Attempts)}
}

// failed returns what the contract of engines says for an error of caller.do.
func failed(err error) error {
	var f *fault
	if errors.As(err, &f) {
		return f.sessionError()
	}
	return session.Unavailable(err)
}
