package main

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"session-api"
)

// mergePatch is the type of a patch's body.
var mergePatch = header{"Content-Type", "application/merge-patch+json"}

// life are the calls about the life of a session. The service before this one had
// none of them.
func (b *bench) life() []apiCall {
	s := b.size
	kept := readUnits(s.created)
	readAndWrite := func(bytes int) units { return units{tableRead: kept, tableWrite: writeUnits(bytes)} }
	return []apiCall{
		{"patch", "200", "1 GetItem, 1 UpdateItem", readAndWrite(s.updated), nil,
			b.request(b.strong, b.fresh, http.MethodPatch, strings.ReplaceAll(b.data, "x", "y"), mergePatch)},
		{"touch", "200", "1 GetItem, 1 UpdateItem", readAndWrite(s.touched), nil,
			b.request(b.strong, action(b.quiet, "touch"), http.MethodPost, "")},
		{"touch, soon after another", "200", "1 GetItem", units{tableRead: kept}, nil,
			b.request(b.strong, action(b.fresh, "touch"), http.MethodPost, "")},
		{"extend", "200", "1 GetItem, 1 UpdateItem", readAndWrite(s.created), nil,
			b.request(b.strong, action(b.fresh, "extend"), http.MethodPost, `{"ttlSeconds":3600}`)},
	}
}

// transactions are the calls that write several items at once. A transaction pays
// double for each, but not for the entries of an index.
func (b *bench) transactions() []apiCall {
	s := b.size
	kept, made, touched := readUnits(s.created), 2*writeUnits(s.created), 2*writeUnits(s.touched)
	small, entry := 2*writeUnits(0), writeUnits(s.entry) // records and aliases are below 1 KB
	rotate := units{tableRead: kept, tableWrite: made + touched, indexWrite: 2 * entry}
	body := `{"userId":"` + one + `","data":` + b.data + `}`
	return []apiCall{
		{"rotate", "200", "1 GetItem, 1 TransactWriteItems", rotate, nil,
			b.request(b.strong, action(b.fresh, "rotate"), http.MethodPost, "")},
		{"rotate with grace", "200", "1 GetItem, 1 TransactWriteItems", rotate, nil,
			b.request(b.strong, action(b.fresh, "rotate"), http.MethodPost, `{"graceSeconds":10}`)},
		{"get by a former id", "200", "2 GetItem", units{tableRead: readUnits(0) + readUnits(s.touched)}, nil,
			b.request(b.strong, b.former, http.MethodGet, "")},
		{"create with a key", "201", "1 TransactWriteItems", units{tableWrite: small + made, indexWrite: entry}, nil,
			b.request(b.strong, collection, http.MethodPost, body, header{onceKey, "first"})},
		{"create with a key, again", "201", "2 GetItem, 1 TransactWriteItems", units{tableRead: readUnits(0) + kept, tableWrite: small + made}, nil,
			b.request(b.strong, collection, http.MethodPost, body, header{onceKey, "first"})},
		{"create with a limit", "201", "1 GetItem, 1 TransactWriteItems",
			units{tableRead: readUnits(0), tableWrite: small + made, indexWrite: entry}, nil,
			b.request(b.limited, b.onRoster, http.MethodPost, `{"userId":"`+held+`","data":`+b.data+`}`)},
	}
}

// endOfUser ends the sessions of a user. It comes last, because the service goes on
// looking for late ones, a second and five seconds later, in the background.
func (b *bench) endOfUser() []apiCall {
	s, n := b.size, float64(fewSessions)
	rule := units{indexRead: eventual(readUnits(fewSessions * s.entry)), tableWrite: n * writeUnits(s.created), indexWrite: n * writeUnits(s.entry)}
	path := func(ctx context.Context) (string, error) {
		return "/sessions/user/" + ended, b.fill(ctx, ended, fewSessions)
	}
	return []apiCall{{"end a user's 20 sessions", "200", strconv.Itoa(fewSessions) + " DeleteItem, 1 Query", rule, nil,
		b.request(b.strong, path, http.MethodDelete, "")}}
}

const onceKey = "Idempotency-Key"

// action is the path of something that is done to the session of t.
func action(t target, word string) target {
	return func(ctx context.Context) (string, error) {
		path, err := t(ctx)
		return path + "/" + word, err
	}
}

// quiet makes a session, lets some time go by, and returns its path.
func (b *bench) quiet(ctx context.Context) (string, error) {
	path, err := b.fresh(ctx)
	b.now = b.now.Add(time.Hour)
	return path, err
}

// former makes a session, gives it another id, and returns the path of the first.
func (b *bench) former(ctx context.Context) (string, error) {
	path, err := b.fresh(ctx)
	if err != nil {
		return "", err
	}
	_, err = b.strong.svc.Rotate(ctx, strings.TrimPrefix(path, "/sessions/"), session.Rotation{Grace: session.MaxGrace}, nil)
	return path, err
}

// onRoster makes the first session of a user who is limited: the second one finds
// the record of the first.
func (b *bench) onRoster(ctx context.Context) (string, error) {
	_, err := b.limited.svc.Create(ctx, session.New{UserID: held, Data: []byte(b.data)})
	return "/sessions", err
}
