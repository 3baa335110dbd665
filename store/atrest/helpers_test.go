package atrest_test

import (
	"bytes"
	"context"
	"sync"
	"testing"
	"time"

	"session-api"
	"session-api/store/atrest"
	"session-api/store/atrest/datakeys"
	"session-api/store/embedded"
	"session-api/store/memory"
)

// secretOf returns a secret of ids that differs by its byte.
func secretOf(b byte) []byte { return bytes.Repeat([]byte{b}, atrest.IDSecretBytes) }

func idKeys(t testing.TB, secrets ...byte) *atrest.IDKeys {
	t.Helper()
	var all [][]byte
	for _, b := range secrets {
		all = append(all, secretOf(b))
	}
	k, err := atrest.NewIDKeys(all)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// newSet returns a set of one data key.
func newSet(t testing.TB) (*datakeys.Set, uint32) {
	t.Helper()
	s, id, err := datakeys.New()
	if err != nil {
		t.Fatal(err)
	}
	return s, id
}

// keysOf returns the keys as a server reads them from a file of the set.
func keysOf(t testing.TB, s *datakeys.Set) *datakeys.Keys {
	t.Helper()
	text, err := s.Text()
	if err != nil {
		t.Fatal(err)
	}
	k, err := datakeys.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func dataKeys(t testing.TB) *datakeys.Keys {
	t.Helper()
	s, _ := newSet(t)
	return keysOf(t, s)
}

// modes are the ways to keep secrets.
func modes(t testing.TB) map[string]atrest.Options {
	return map[string]atrest.Options{
		"hashed ids":                    {IDs: idKeys(t, 1)},
		"encrypted data":                {Data: dataKeys(t), Rule: atrest.Encrypt},
		"both":                          {IDs: idKeys(t, 1), Data: dataKeys(t), Rule: atrest.Require},
		"both, while keys are replaced": {IDs: idKeys(t, 1, 2), Data: dataKeys(t), Rule: atrest.Encrypt},
		"data keys without use":         {Data: dataKeys(t), Rule: atrest.Clear},
	}
}

// engines are the engines that need no server.
var engines = map[string]func(t testing.TB) session.Store{
	"memory": func(testing.TB) session.Store { return memory.New() },
	"embedded": func(t testing.TB) session.Store {
		store, err := embedded.Open(embedded.Options{Dir: t.TempDir(), Now: func() time.Time { return noon }})
		if err != nil {
			t.Fatal(err)
		}
		return store
	},
}

func closed(t testing.TB, store session.Store) {
	t.Helper()
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
}

// named is a store whose lists show ids again, by which the suite of the contract
// knows its sessions.
type named struct {
	*atrest.Store
	handle func(id string) string
	mu     sync.Mutex
	ids    map[string]string // by handle
}

func newNamed(store *atrest.Store, o atrest.Options) session.Store {
	if o.IDs == nil {
		return store
	}
	return &named{Store: store, handle: o.IDs.Handle, ids: map[string]string{}}
}

func (n *named) learn(s *session.Session) {
	if s == nil {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.ids[n.handle(s.ID)] = s.ID
}

func (n *named) Create(ctx context.Context, s *session.Session) error {
	n.learn(s)
	return n.Store.Create(ctx, s)
}

func (n *named) Apply(ctx context.Context, t session.Transaction) error {
	n.learn(t.Create)
	return n.Store.Apply(ctx, t)
}

func (n *named) List(ctx context.Context, q session.PageQuery) (session.Page, error) {
	p, err := n.Store.List(ctx, q)
	return n.name(p), err
}

func (n *named) ListByUser(ctx context.Context, userID string, q session.PageQuery) (session.Page, error) {
	p, err := n.Store.ListByUser(ctx, userID, q)
	return n.name(p), err
}

func (n *named) name(p session.Page) session.Page {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, s := range p.Sessions {
		s.ID = n.ids[s.ID]
	}
	return p
}
