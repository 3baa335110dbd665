package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"time"

	"session-api"
)

// engineRegister is a session behind an engine, without a Service.
type engineRegister struct {
	store session.Store
	id    string
	now   time.Time
}

func newEngineRegister(store session.Store) *engineRegister {
	return &engineRegister{
		store: store, id: "session-" + rand.Text(), now: time.Now().UTC().Truncate(session.TimePrecision),
	}
}

// lifetime is longer than a history.
const lifetime = 24 * time.Hour

func (r *engineRegister) do(ctx context.Context, _ int, in input) output {
	cond := session.Condition{Now: r.now}
	if in.conditional() {
		cond.Version = &in.version
	}
	switch in.kind {
	case create:
		s := r.session(in)
		return answered(s, r.store.Create(ctx, s))
	case read:
		return answered(r.store.Get(ctx, r.id))
	case patch:
		return r.patch(ctx, in)
	case end, endAt:
		return answered(r.store.Delete(ctx, r.id, cond))
	default:
		return answered(r.store.Update(ctx, r.id, r.change(in.data), cond))
	}
}

func (r *engineRegister) session(in input) *session.Session {
	return &session.Session{
		ID: r.id, UserID: "linear", Data: in.data.json(), Version: in.version,
		CreatedAt: r.now, ExpiresAt: r.now.Add(lifetime).Truncate(time.Second),
	}
}

func (r *engineRegister) change(d data) session.Change {
	return session.Change{Data: d.json(), At: r.now}
}

// patchTries bounds how often a patch goes on when others came before.
const patchTries = 8

// patch reads, changes and writes at the version that it read.
func (r *engineRegister) patch(ctx context.Context, in input) output {
	for range patchTries {
		found := answered(r.store.Get(ctx, r.id))
		if found.outcome != done {
			return found
		}
		at := session.Condition{Now: r.now, Version: &found.shown.version}
		out := answered(r.store.Update(ctx, r.id, r.change(found.shown.data.patched(in)), at))
		if out.outcome != conflict {
			return out
		}
	}
	return output{outcome: gaveUp}
}

// answered returns the output for what an engine returned.
func answered(row *session.Session, err error) output {
	failed := (*session.Error)(nil)
	switch {
	case err == nil:
		return showing(row.Version, row.Data)
	case errors.Is(err, session.ErrUnavailable), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return output{outcome: unknown}
	case errors.Is(err, session.ErrNotFound):
		return output{outcome: notFound}
	case errors.Is(err, session.ErrExists):
		return output{outcome: exists}
	case errors.Is(err, session.ErrConflict) && errors.As(err, &failed):
		return output{outcome: conflict, shown: state{version: failed.Version}}
	}
	return output{outcome: wrong, why: err.Error()}
}

// showing returns the output for an answer that shows the session.
func showing(version int64, text []byte) output {
	s := state{live: true, version: version}
	if err := json.Unmarshal(text, &s.data); err != nil {
		return output{outcome: wrong, why: "the data is " + string(text)}
	}
	return output{outcome: done, shown: s}
}

func (d data) json() []byte {
	text, err := json.Marshal(d)
	if err != nil {
		panic("two numbers are always JSON: " + err.Error())
	}
	return text
}
