package dynamo

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"session-api"
)

// Positions are what a page ended with, behind a mark of the list that gave it
// out: the id for the list of all, and the key in the index for a user's. They
// keep createdAt as it is stored, since rows of other writers have other forms of
// it and sort by those.
const (
	allMark  = "all:"
	userMark = "user:" // then the length of createdAt, ":", createdAt, id
)

// Limits of keys in bytes of UTF-8 (AWS: "Quotas in Amazon DynamoDB", partition
// key length and sort key length).
const (
	maxPartitionKeyBytes = 2048
	maxSortKeyBytes      = 1024
)

// indexKey is the place of a row among its user's.
type indexKey struct{ createdAt, id string }

func allPosition(id string) string { return allMark + id }

func (k indexKey) position() string {
	return userMark + strconv.Itoa(len(k.createdAt)) + ":" + k.createdAt + k.id
}

// parseAll returns the id in a position of the list of all, "" for "".
func parseAll(position string) (string, error) {
	if position == "" {
		return "", nil
	}
	id, ok := strings.CutPrefix(position, allMark)
	if !ok || !isKey(id, maxPartitionKeyBytes) {
		return "", session.ErrInvalidCursor
	}
	return id, nil
}

// parseUser returns the key in a position of a user's list, nil for "".
func parseUser(position string) (*indexKey, error) {
	if position == "" {
		return nil, nil
	}
	rest, ok := strings.CutPrefix(position, userMark)
	length, rest, cut := strings.Cut(rest, ":")
	n, err := strconv.Atoi(length)
	if !ok || !cut || err != nil || n < 1 || n >= len(rest) {
		return nil, session.ErrInvalidCursor
	}
	k := indexKey{createdAt: rest[:n], id: rest[n:]}
	if !isKey(k.createdAt, maxSortKeyBytes) || !isKey(k.id, maxPartitionKeyBytes) {
		return nil, session.ErrInvalidCursor
	}
	return &k, nil
}

func isKey(s string, limit int) bool { return s != "" && len(s) <= limit && utf8.ValidString(s) }
