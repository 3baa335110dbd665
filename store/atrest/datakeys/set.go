package datakeys

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
)

// Set is the keys of a file while they are changed.
type Set struct{ manager *keyset.Manager }

// Key is what there is to say of a key.
type Key struct {
	ID uint32
	// Primary says that it seals.
	Primary bool
}

// New returns a set of one new key, the primary, and its id.
func New() (*Set, uint32, error) {
	s := &Set{keyset.NewManager()}
	id, err := s.Add()
	if err != nil {
		return nil, 0, err
	}
	return s, id, s.manager.SetPrimary(id)
}

// Read returns the set in the text of a file. No error shows anything of it.
func Read(text []byte) (*Set, error) {
	handle, err := read(text)
	if err != nil {
		return nil, err
	}
	return &Set{keyset.NewManagerFromHandle(handle)}, nil
}

// Add makes a key that opens, and seals once it is the primary, and returns its id.
func (s *Set) Add() (uint32, error) { return s.manager.Add(template()) }

// Promote makes the key with this id the primary.
func (s *Set) Promote(id uint32) error {
	if err := s.find(id); err != nil {
		return err
	}
	return s.manager.SetPrimary(id)
}

// Remove takes the key with this id away for good: what it sealed cannot be opened
// any more. The primary stays.
func (s *Set) Remove(id uint32) error {
	if err := s.find(id); err != nil {
		return err
	}
	keys, err := s.Keys()
	if err != nil {
		return err
	}
	for _, k := range keys {
		if k.ID == id && k.Primary {
			return fmt.Errorf("the key %d is the primary; promote another one first", id)
		}
	}
	return s.manager.Delete(id)
}

func (s *Set) find(id uint32) error {
	keys, err := s.Keys()
	if err != nil {
		return err
	}
	for _, k := range keys {
		if k.ID == id {
			return nil
		}
	}
	return fmt.Errorf("there is no key %d in the file", id)
}

// Keys returns the keys in the order in which they were made.
func (s *Set) Keys() ([]Key, error) {
	handle, err := s.manager.Handle()
	if err != nil {
		return nil, err
	}
	info := handle.KeysetInfo()
	var keys []Key
	for _, k := range info.GetKeyInfo() {
		keys = append(keys, Key{ID: k.GetKeyId(), Primary: k.GetKeyId() == info.GetPrimaryKeyId()})
	}
	return keys, nil
}

// Text returns the text of the set's file. It is the secret itself.
func (s *Set) Text() ([]byte, error) {
	handle, err := s.manager.Handle()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&b)); err != nil {
		return nil, err
	}
	return append(bytes.TrimSpace(b.Bytes()), '\n'), nil
}

// keys returns what seals and opens with the set.
func (s *Set) keys() (*Keys, error) {
	handle, err := s.manager.Handle()
	if err != nil {
		return nil, errNoKeyset
	}
	sealer, err := aead.New(handle)
	if err != nil {
		return nil, errNoKeyset
	}
	info := handle.KeysetInfo()
	k := &Keys{aead: sealer, primary: info.GetPrimaryKeyId()}
	for _, key := range info.GetKeyInfo() {
		if key.GetStatus() == tinkpb.KeyStatusType_ENABLED {
			k.ids = append(k.ids, key.GetKeyId())
		}
	}
	if len(k.ids) == 0 {
		return nil, errors.New("holds no key that is enabled")
	}
	return k, nil
}
