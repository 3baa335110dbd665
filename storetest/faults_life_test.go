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

	{"names the row in its errors", func(sound session.Store, d *double) {
		d.get = func(ctx context.Context, id string) (*session.Session, error) {
			s, err := sound.Get(ctx, id)
			if err != nil {
				err = fmt.Errorf("row %.40q: %w", id, err)
			}
			return s, err
		}
	}, []string{"errors/NoErrorShowsAnID"}},
}
