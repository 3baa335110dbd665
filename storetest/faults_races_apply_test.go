package storetest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"session-api"
)

// applyInTwoSteps looks whether a transaction may be done, and then does it
// whatever has happened between.
func applyInTwoSteps(sound session.Store, d *double) {
	meet := newMeeting()
	d.apply = func(ctx context.Context, t session.Transaction) error {
		err := standsAgainst(ctx, sound, t)
		meet.wait()
		if err != nil {
			return err
		}
		for _, e := range t.End {
			_, _ = sound.Delete(ctx, e.ID, session.Condition{})
		}
		return sound.Apply(ctx, session.Transaction{Create: t.Create})
	}
}

// standsAgainst returns what refuses the endings of t.
func standsAgainst(ctx context.Context, sound session.Store, t session.Transaction) error {
	for _, e := range t.End {
		s, err := sound.Get(ctx, e.ID)
		if err == nil {
			err = e.Cond.Check(s)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// retimeInTwoSteps writes back what it read before an update.
func retimeInTwoSteps(sound session.Store, d *double) {
	read, written := make(chan struct{}), make(chan struct{})
	hasRead, hasWritten := sync.OnceFunc(func() { close(read) }), sync.OnceFunc(func() { close(written) })
	d.update = func(ctx context.Context, id string, c session.Change, cond session.Condition) (*session.Session, error) {
		defer hasWritten()
		<-read
		return sound.Update(ctx, id, c, cond)
	}
	d.retime = func(ctx context.Context, id string, to session.Times, raise bool, _ session.Condition) (*session.Session, error) {
		s, err := sound.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		hasRead()
		<-written
		s = retimed(s, to, raise)
		_ = replace(ctx, sound, s)
		return s, nil
	}
}

// recordsFirst writes the records of the first transaction that has an ending
// too, and the rest when a reader has looked for the session that it makes.
func recordsFirst(sound session.Store, d *double) {
	var waiting atomic.Value
	var once sync.Once
	looked := make(chan struct{})
	hasLooked := sync.OnceFunc(func() { close(looked) })
	d.apply = func(ctx context.Context, t session.Transaction) error {
		if len(t.End) == 0 {
			return sound.Apply(ctx, t)
		}
		var err error
		once.Do(func() {
			waiting.Store(t.Create.ID)
			err = sound.Apply(ctx, session.Transaction{Records: t.Records})
			t.Records = nil
			<-looked
		})
		return errors.Join(err, sound.Apply(ctx, t))
	}
	d.get = func(ctx context.Context, id string) (*session.Session, error) {
		if id == waiting.Load() {
			defer hasLooked()
		}
		return sound.Get(ctx, id)
	}
}

var raceTransactionFaults = []fault{
	{"applies in two steps", applyInTwoSteps, []string{"races/OneTransactionEndsARow", "races/RowsInOppositeOrdersDoNotHang"}},

	{"gives other times in two steps", retimeInTwoSteps, []string{"races/RetimesAndUpdatesLoseNothing"}},

	{"gives up on transactions that meet", func(sound session.Store, d *double) {
		var first atomic.Bool
		met := make(chan struct{})
		hasMet := sync.OnceFunc(func() { close(met) })
		d.apply = func(ctx context.Context, t session.Transaction) error {
			switch {
			case len(t.Records) < 2:
				return sound.Apply(ctx, t)
			case first.CompareAndSwap(false, true):
				<-met
				return sound.Apply(ctx, t)
			}
			hasMet()
			return session.Unavailable(errors.New("a deadlock"))
		}
	}, []string{"races/RecordsInOppositeOrdersDoNotHang"}},

	{"shows the parts of a transaction one after the other", recordsFirst, []string{"visibility/ATransactionIsNeverSeenHalfDone"}},

	{"shows what a transaction ended once more", func(sound session.Store, d *double) {
		var ended sync.Map
		d.apply = func(ctx context.Context, t session.Transaction) error {
			for _, e := range t.End {
				if s, err := sound.Get(ctx, e.ID); err == nil {
					ended.Store(e.ID, s)
				}
			}
			return sound.Apply(ctx, t)
		}
		d.get = func(ctx context.Context, id string) (*session.Session, error) {
			if s, was := ended.LoadAndDelete(id); was {
				return s.(*session.Session), nil
			}
			return sound.Get(ctx, id)
		}
	}, []string{"visibility/EveryGoroutineSeesItsOwnTransactions", "transactions/AllOfItIsDone"}},
}
