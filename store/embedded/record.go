package embedded

import (
	"bytes"
	"context"
	"encoding/binary"
	"slices"
	"time"

	session "session-api"
)

// recordLayout is the first byte of every record, as the layout of a row.
const recordLayout = 1

// A record of layout 1 is, after that byte:
//
//	version    signed varint
//	expiresAt  signed varint, seconds of Unix time
//	value      the rest

// appendRecord appends the stored form of r, whose Key is the key.
func appendRecord(stored []byte, r *session.Record) []byte {
	stored = slices.Grow(stored, 1+2*binary.MaxVarintLen64+len(r.Value))
	stored = binary.AppendVarint(append(stored, recordLayout), r.Version)
	stored = binary.AppendVarint(stored, r.ExpiresAt.Unix())
	return append(stored, r.Value...)
}

// decodeRecord returns the record that is stored, with a Value that aliases it.
// The error is ErrUnreadable and names what is wrong.
func decodeRecord(key string, stored []byte) (*session.Record, error) {
	d := rowDecoder{rest: stored}
	if d.byte("layout") != recordLayout {
		d.failWith(errLayout)
	}
	r := &session.Record{Key: key, Version: d.varint("version")}
	r.ExpiresAt = time.Unix(d.varint("expiresAt"), 0).UTC()
	r.Value = d.rest
	if d.bad != nil {
		return nil, session.Unreadable(d.bad)
	}
	return r, nil
}

// Record returns the record with this key; see session.Store.
func (s *Store) Record(ctx context.Context, key string) (*session.Record, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.gate.leave()
	return s.records.read(ctx, key)
}

// loadRecord reads a record from the database, durable or not.
func (s *Store) loadRecord(key string) (*session.Record, error) {
	var buf keyBuffer
	stored, closer, err := s.db.Get(appendRecordKey(buf[:0], key))
	if err != nil {
		return nil, readError(err)
	}
	found, err := decodeRecord(key, stored)
	if err == nil {
		found = cloneRecord(found)
	}
	if closeErr := closer.Close(); closeErr != nil && err == nil {
		err = readError(closeErr)
	}
	if err != nil {
		return nil, err
	}
	return found, nil
}

func cloneRecord(r *session.Record) *session.Record {
	c := *r
	c.Value = bytes.Clone(r.Value)
	return &c
}
