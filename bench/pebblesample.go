package main

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"
)

// sample is the three keys of a session with their values. The layout is told in
// the comment of store/embedded; what does not follow it ends the measurement.
type sample struct{ keys, values [3][]byte }

// samples is how many sessions the loop takes its keys from.
const samples = 2000

// Where the end of a session is in its by-expiry key, and its creation before the
// id in its by-user key: 8 bytes each.
const orderedBytes = 8

// sampleSessions returns the keys of some sessions of a database, found by the
// by-expiry index, which names the user too.
func sampleSessions(db *pebble.DB) (found []sample, err error) {
	iter, err := db.NewIter(&pebble.IterOptions{LowerBound: []byte("e"), UpperBound: []byte("f")})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, iter.Close()) }()
	for ok := iter.First(); ok && len(found) < samples; ok = iter.Next() {
		one, err := sampleOf(db, bytes.Clone(iter.Key()), bytes.Clone(iter.Value()))
		if err != nil {
			return nil, err
		}
		found = append(found, one)
	}
	if len(found) == 0 {
		return nil, errors.New("the database has no sessions to take the keys from")
	}
	return found, nil
}

func sampleOf(db *pebble.DB, expiry, value []byte) (sample, error) {
	if len(expiry) <= 1+orderedBytes || len(value) <= orderedBytes {
		return sample{}, errors.New("the by-expiry index of the database is not as this loop knows it")
	}
	id, created, user := expiry[1+orderedBytes:], value[:orderedBytes], value[orderedBytes:]
	byUser := binary.AppendUvarint([]byte("u"), uint64(len(user)))
	one := sample{keys: [3][]byte{
		append([]byte("r"), id...),
		bytes.Join([][]byte{byUser, user, created, id}, nil),
		expiry,
	}}
	one.values[2] = value
	for n, key := range one.keys[:2] {
		stored, closer, err := db.Get(key)
		if err != nil {
			return sample{}, fmt.Errorf("the database has no key of kind %c for a session of its by-expiry index: %w", key[0], err)
		}
		one.values[n] = bytes.Clone(stored)
		if err := closer.Close(); err != nil {
			return sample{}, err
		}
	}
	return one, nil
}

// secretBytes is the end of an id that is drawn anew.
const secretBytes = 22

// storeAnew commits the session once more, under an id of the same length and user
// that is new, and returns when it is synced.
func (s sample) storeAnew(db *pebble.DB) error {
	var random [secretBytes / 2]byte
	_, _ = rand.Read(random[:]) // never fails (crypto/rand)
	var secret [secretBytes]byte
	hex.Encode(secret[:], random[:])
	batch := db.NewBatch()
	for n, key := range s.keys {
		fresh := bytes.Clone(key)
		copy(fresh[len(fresh)-secretBytes:], secret[:])
		if err := batch.Set(fresh, s.values[n], nil); err != nil {
			return err
		}
	}
	if err := batch.Commit(pebble.Sync); err != nil {
		return err
	}
	return batch.Close()
}
