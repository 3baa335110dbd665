package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"session-api"
)

// apiCall is one call of the API and what it should cost.
type apiCall struct {
	name string
	// want is the answer: a status, with the number of sessions of a list.
	want string
	// backend are the calls that it may make.
	backend string
	rule    units
	older   *older
	prepare
}

// prepare gets ready what a call needs and returns the call, which returns its
// answer.
type prepare func(context.Context) (do func() (string, error), err error)

// calls are the calls that are measured, in an order that leaves the lists what
// they count on: rows of one size.
func (b *bench) calls() []apiCall {
	return slices.Concat(b.lists(), b.rows(), b.refusals(), b.life(), b.transactions(), b.endOfUser())
}

func (b *bench) lists() []apiCall {
	s, whole := b.size, b.older.list()
	query := func(n int) float64 { return eventual(readUnits(n * s.entry)) }
	page := readUnits(pageLimit * s.created)
	fewPath, manyPath := "/sessions/user/"+few, "/sessions/user/"+many+"?limit="+strconv.Itoa(session.MaxPageLimit)
	return []apiCall{
		{"list a user's 20 sessions", "200, 20", "1 Query, 1 BatchGetItem",
			units{tableRead: batchUnits(fewSessions, s.created), indexRead: query(fewSessions)}, &whole, b.list(b.strong, fewPath)},
		{"list a user's 20 sessions, eventual reads", "200, 20", "1 Query, 1 BatchGetItem",
			units{tableRead: eventual(batchUnits(fewSessions, s.created)), indexRead: query(fewSessions)}, &whole, b.list(b.eventual, fewPath)},
		{"list a user's 250 sessions", "200, 250", "1 Query, 3 BatchGetItem",
			units{tableRead: batchUnits(manySessions, s.created), indexRead: query(manySessions)}, &whole, b.list(b.strong, manyPath)},
		{"list all, a page of 100", "200, 100", "1 Scan", units{tableRead: page}, &whole, b.list(b.strong, "/sessions")},
		{"list all, a page of 100, eventual reads", "200, 100", "1 Scan", units{tableRead: eventual(page)}, &whole, b.list(b.eventual, "/sessions")},
	}
}

func (b *bench) rows() []apiCall {
	s := b.size
	made, kept := writeUnits(s.created), readUnits(s.created)
	entry := writeUnits(s.entry)
	create, get, update, remove := b.older.create(), b.older.get(), b.older.update(), b.older.remove()
	return []apiCall{
		{"create", "201", "1 PutItem", units{tableWrite: made, indexWrite: entry}, &create,
			b.request(b.strong, collection, http.MethodPost, `{"userId":"`+one+`","data":`+b.data+`}`)},
		{"get", "200", "1 GetItem", units{tableRead: kept}, &get, b.request(b.strong, b.fresh, http.MethodGet, "")},
		{"get, eventual reads", "200", "1 GetItem", units{tableRead: eventual(kept)}, &get,
			b.request(b.eventual, b.fresh, http.MethodGet, "")},
		{"update", "200", "1 UpdateItem", units{tableWrite: writeUnits(s.updated)}, &update,
			b.request(b.strong, b.fresh, http.MethodPut, b.change())},
		{"delete", "200", "1 DeleteItem", units{tableWrite: made, indexWrite: entry}, &remove,
			b.request(b.strong, b.fresh, http.MethodDelete, "")},
	}
}

// refusals are calls that change nothing. AWS counts a write that was refused by
// the item that was there, and so by the larger of that and what it would have
// become; servers do not tell it.
func (b *bench) refusals() []apiCall {
	s := b.size
	kept, none := readUnits(s.created), units{tableWrite: writeUnits(0)}
	refused := units{tableWrite: writeUnits(s.created)}
	get, getNothing, update := b.older.get(), b.older.getNothing(), b.older.update()
	remove, removeNothing := b.older.remove(), b.older.removeNothing()
	return []apiCall{
		{"get, none there", "404", "1 GetItem", units{tableRead: readUnits(0)}, &getNothing, b.request(b.strong, absent, http.MethodGet, "")},
		{"update, none there", "404", "1 UpdateItem", none, &getNothing, b.request(b.strong, absent, http.MethodPut, b.change())},
		{"delete, none there", "404", "1 DeleteItem", none, &removeNothing, b.request(b.strong, absent, http.MethodDelete, "")},
		{"get, expired", "410", "1 GetItem", units{tableRead: kept}, &get, b.request(b.strong, b.expired, http.MethodGet, "")},
		{"update, expired", "410", "1 UpdateItem", refused, &update, b.request(b.strong, b.expired, http.MethodPut, b.change())},
		{"delete, expired", "410", "1 DeleteItem", refused, &remove, b.request(b.strong, b.expired, http.MethodDelete, "")},
		{"update, stale version", "412", "1 UpdateItem", refused, nil, b.request(b.strong, b.fresh, http.MethodPut, b.change(), staleMatch)},
		{"delete, stale version", "412", "1 DeleteItem", refused, nil, b.request(b.strong, b.fresh, http.MethodDelete, "", staleMatch)},
	}
}

// staleMatch names a version that no session here is at.
var staleMatch = header{"If-Match", `"7"`}

func (b *bench) change() string { return `{"data":` + b.data + `}` }

// list is a call whose answer is told with its number of sessions.
func (b *bench) list(f front, path string) prepare {
	return func(ctx context.Context) (func() (string, error), error) {
		return func() (string, error) {
			a, err := b.ask(ctx, f, http.MethodGet, path, "")
			return fmt.Sprintf("%d, %d", a.status, a.body.SessionCount), err
		}, nil
	}
}

// target prepares what is asked for and returns its path.
type target func(context.Context) (path string, err error)

// request is a call whose answer is told as its status.
func (b *bench) request(f front, target target, method, body string, headers ...header) prepare {
	return func(ctx context.Context) (func() (string, error), error) {
		path, err := target(ctx)
		return func() (string, error) {
			a, err := b.ask(ctx, f, method, path, body, headers...)
			return strconv.Itoa(a.status), err
		}, err
	}
}

// collection is where sessions are created.
func collection(context.Context) (string, error) { return "/sessions", nil }

// absent is the path of a session that is not there.
func absent(context.Context) (string, error) {
	return "/sessions/" + session.NewLabelledID(one), nil
}

// fresh makes a session and returns its path.
func (b *bench) fresh(ctx context.Context) (string, error) {
	id, err := b.create(ctx, one, b.data)
	return "/sessions/" + id, err
}

// expired makes a session, lets its time go by, and returns its path.
func (b *bench) expired(ctx context.Context) (string, error) {
	path, err := b.fresh(ctx)
	b.now = b.now.Add(ttl + time.Hour)
	return path, err
}
