package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"session-api"
)

var lifeFaults = []fault{
	{"says its status after it was closed", func(sound session.Store, d *double) {
		d.status = func(context.Context) (session.Status, error) {
			return session.Status{Table: "broken", State: session.StateActive}, nil
		}
	}, []string{"closing/AClosedStoreServesNothing", "context/AnEndedContextIsRefused"}},

	{"fails to close twice", func(sound session.Store, d *double) {
		var closed atomic.Bool
		d.close = func() error {
			if closed.Swap(true) {
				return errors.New("closed already")
			}
			return sound.Close()
		}
	}, []string{"closing/ASecondCloseDoesNothing"}},

	{"fails in its own words when it is closed", func(sound session.Store, d *double) {
		d.update = func(ctx context.Context, id string, c session.Change, cond session.Condition) (*session.Session, error) {
			s, err := sound.Update(ctx, id, c, cond)
			if errors.Is(err, session.ErrUnavailable) {
				err = errors.New("use of closed file")
			}
			return s, err
		}
	}, []string{"closing/AClosedStoreServesNothing", "closing/CloseWhileInUse"}},

	{"does not look at the context", func(sound session.Store, d *double) {
		d.get = func(ctx context.Context, id string) (*session.Session, error) {
			return sound.Get(context.WithoutCancel(ctx), id)
		}
		d.delete = func(ctx context.Context, id string, cond session.Condition) (*session.Session, error) {
			return sound.Delete(context.WithoutCancel(ctx), id, cond)
		}
	}, []string{"context/AnEndedContextIsRefused", "context/AnEndedContextWritesNothing"}},

	{"writes and then looks at the context", func(sound session.Store, d *double) {
		d.create = func(ctx context.Context, s *session.Session) error {
			return errors.Join(sound.Create(context.WithoutCancel(ctx), s), ctx.Err())
		}
	}, []string{"context/AnEndedContextWritesNothing"}},

	{"stops halfway when the context ends", func(sound session.Store, d *double) {
		d.create = func(ctx context.Context, s *session.Session) error {
			if ctx.Err() == nil {
				return sound.Create(ctx, s)
			}
			half := newSession(s.ID)
			return errors.Join(ctx.Err(), sound.Create(context.WithoutCancel(ctx), half))
		}
	}, []string{"context/ACancelledWriteIsWholeOrNothing"}},

	{"does not look at the context of a transaction", func(sound session.Store, d *double) {
		d.apply = func(ctx context.Context, t session.Transaction) error {
			return sound.Apply(context.WithoutCancel(ctx), t)
		}
		d.record = func(ctx context.Context, key string) (*session.Record, error) {
			return sound.Record(context.WithoutCancel(ctx), key)
		}
	}, []string{"context/AnEndedContextIsRefused", "context/AnEndedContextWritesNothing"}},

	{"gives a row other times and then looks at the context", func(sound session.Store, d *double) {
		d.retime = func(ctx context.Context, id string, to session.Times, raise bool, cond session.Condition) (*session.Session, error) {
			_, err := sound.Retime(context.WithoutCancel(ctx), id, to, raise, cond)
			return nil, errors.Join(err, ctx.Err())
		}
	}, []string{"context/AnEndedContextWritesNothing"}},

	{"stops in a transaction when the context ends", func(sound session.Store, d *double) {
		d.apply = func(ctx context.Context, t session.Transaction) error {
			if ctx.Err() == nil {
				return sound.Apply(ctx, t)
			}
			return errors.Join(ctx.Err(), sound.Apply(context.WithoutCancel(ctx), parts(t)[0]))
		}
	}, []string{"context/ACancelledTransactionIsWholeOrNothing", "context/AnEndedContextWritesNothing"}},

	{"has no record of anything when it is closed", func(sound session.Store, d *double) {
		d.record = func(ctx context.Context, key string) (*session.Record, error) {
			r, err := sound.Record(ctx, key)
			if errors.Is(err, session.ErrUnavailable) {
				err = session.ErrNotFound
			}
			return r, err
		}
	}, []string{"closing/AClosedStoreServesNothing"}},

	{"names the row in its errors", func(sound session.Store, d *double) {
		d.get = func(ctx context.Context, id string) (*session.Session, error) {
			s, err := sound.Get(ctx, id)
			if err != nil {
				err = fmt.Errorf("row %.40q: %w", id, err)
			}
			return s, err
		}
	}, []string{"errors/NoErrorShowsAnID"}},

	{"names what a transaction ends in its errors", func(sound session.Store, d *double) {
		d.apply = func(ctx context.Context, t session.Transaction) error {
			err := sound.Apply(ctx, t)
			if err != nil && len(t.End) > 0 {
				err = fmt.Errorf("ending %.40q: %w", t.End[0].ID, err)
			}
			return err
		}
	}, []string{"errors/NoErrorShowsAnID"}},

	{"names what a Retime finds in its errors", func(sound session.Store, d *double) {
		d.retime = func(ctx context.Context, id string, to session.Times, raise bool, cond session.Condition) (*session.Session, error) {
			s, err := sound.Retime(ctx, id, to, raise, cond)
			if errors.Is(err, session.ErrConflict) {
				err = fmt.Errorf("row %s: %w", id, err)
			}
			return s, err
		}
	}, []string{"errors/NoErrorShowsAnID"}},
}
