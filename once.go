package session

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
)

const (
	// MaxOnceKeyBytes bounds a key that makes a create happen once.
	MaxOnceKeyBytes = 255
	// onceFor is how long such a key is remembered.
	onceFor = 24 * time.Hour
)

// Errors of CreateOnce.
var (
	// ErrKeyInFlight says that a create with the same key is under way.
	ErrKeyInFlight = &Error{
		Code: CodeKeyInFlight, Field: "Idempotency-Key",
		Message: "A request with the same Idempotency-Key is still being served; try again shortly",
	}
	// ErrKeyReused says that the key was used for another create.
	ErrKeyReused = &Error{
		Code: CodeKeyReused, Field: "Idempotency-Key",
		Message: "This Idempotency-Key was used for a request with another body; take a new key for a new request",
	}
	// ErrEnded says that the session that the key made is no more.
	ErrEnded = &Error{
		Code: CodeEnded, Field: "Idempotency-Key",
		Message: "The session that this Idempotency-Key made has ended; take a new key for a new session",
	}
)

// CreateOnce is Create for a caller that may try again: with the same key and the
// same n within 24 hours it returns the session that the first try made, as it now
// is, and says that it did. Key and session are stored in one step, so this holds
// across processes and crashes. It costs one transaction, or a refused one and two
// reads. Errors: those of Create, CodeInvalidValue for the key, CodeKeyInFlight,
// CodeKeyReused, CodeEnded.
func (s *Service) CreateOnce(ctx context.Context, key string, n New) (made *Session, replayed bool, err error) {
	if err := validateOnceKey(key); err != nil {
		return nil, false, err
	}
	if err := s.validateNew(n); err != nil {
		return nil, false, err
	}
	once, err := s.caller.newOnceKey(key, n)
	if err != nil {
		return nil, false, err
	}
	if !s.keys.begin(once.name) {
		return nil, false, ErrKeyInFlight
	}
	defer s.keys.end(once.name)
	created := s.newSession(n)
	first, err := s.place(ctx, created, once)
	switch {
	case err != nil:
		return nil, false, err
	case first != nil:
		return first, true, nil
	}
	return created, false, nil
}

func validateOnceKey(key string) error {
	strange := func(r rune) bool { return r < 0x20 || r > 0x7e }
	if key == "" || len(key) > MaxOnceKeyBytes || strings.ContainsFunc(key, strange) {
		return invalid("Idempotency-Key", fmt.Sprintf("1 to %d printable ASCII characters", MaxOnceKeyBytes))
	}
	return nil
}

// onceKey is a key with what it stands for.
type onceKey struct {
	// name is the record's key. It holds a digest, because a caller may have made
	// its keys of what nobody should read.
	name string
	// print is the digest of the create.
	print string
	// was is the version of an old record of the key, which can be replaced.
	was int64
}

// onceRecord is the value of a key's record.
type onceRecord struct {
	Print string `json:"print"`
	ID    string `json:"id"`
}

// askedFor is what two creates must have in common to be the same. A member that is
// added must be left out where it is zero, or keys would not outlive an upgrade.
type askedFor struct {
	UserID      string    `json:"userId"`
	Data        []byte    `json:"data"`
	TTL         int64     `json:"ttl,omitzero"`
	IdleTimeout int64     `json:"idleTimeout,omitzero"`
	Client      Client    `json:"client,omitzero"`
	AuthTime    time.Time `json:"authTime,omitzero"`
	AMR         []string  `json:"amr,omitempty"`
	ACR         string    `json:"acr,omitzero"`
}

func (c Caller) newOnceKey(key string, n New) (*onceKey, error) {
	text, err := json.Marshal(askedFor{
		UserID: n.UserID, Data: n.Data, TTL: int64(n.TTL), IdleTimeout: int64(n.IdleTimeout),
		Client: n.Client, AuthTime: n.Auth.Time, AMR: n.Auth.AMR, ACR: n.Auth.ACR,
	})
	if err != nil {
		return nil, err
	}
	return &onceKey{name: "once:" + digest([]byte(c.ownKey(key))), print: digest(text)}, nil
}

// ownKey returns what tells a key of the caller from the keys of all others. The
// zero byte, which no key has, tells it from every key of nobody in particular.
func (c Caller) ownKey(key string) string {
	if c == (Caller{}) {
		return key
	}
	return fmt.Sprintf("%q %q\x00%s", c.Name, c.UserPrefix, key)
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func (k *onceKey) write(id string, now time.Time) (RecordWrite, error) {
	value, err := json.Marshal(onceRecord{Print: k.print, ID: id})
	return RecordWrite{
		Record: Record{
			Key: k.name, Value: value, Version: newRecordVersion(),
			ExpiresAt: now.Add(onceFor).Truncate(time.Second),
		},
		Was: k.was,
	}, err
}

// replay returns the session that the key made before; nil if it made none in the
// time that keys are remembered.
func (s *Service) replay(ctx context.Context, k *onceKey) (*Session, error) {
	stored, err := s.store.Record(ctx, k.name)
	if errors.Is(err, ErrNotFound) {
		k.was = 0
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if !s.clock().Before(stored.ExpiresAt) {
		k.was = stored.Version
		return nil, nil
	}
	var first onceRecord
	if json.Unmarshal(stored.Value, &first) != nil {
		// It was made under a secret that is gone, and so is the way to its session.
		return nil, ErrEnded
	}
	if first.Print != k.print {
		return nil, ErrKeyReused
	}
	made, err := s.follow(ctx, first.ID)
	if errors.Is(err, ErrNotFound) && pause(ctx, partsPause) == nil {
		made, err = s.follow(ctx, first.ID) // its part of the transaction may show later
	}
	if errors.Is(err, ErrNotFound) || errors.Is(err, ErrExpired) {
		return nil, ErrEnded
	}
	return made, err
}

// inFlight are the keys of the creates that are under way in this process. Those
// of other processes meet in the store.
type inFlight struct{ keys sync.Map }

func (f *inFlight) begin(key string) bool {
	_, taken := f.keys.LoadOrStore(key, true)
	return !taken
}

func (f *inFlight) end(key string) { f.keys.Delete(key) }
