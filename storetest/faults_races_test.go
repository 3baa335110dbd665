package storetest

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"session-api"
)

// meeting holds the first caller until a second one comes, once. Faults that
// read and then write use it, so that two of them surely read the same.
type meeting struct {
	first  atomic.Bool
	once   sync.Once
	second chan struct{}
}

func newMeeting() *meeting { return &meeting{second: make(chan struct{})} }

func (m *meeting) wait() {
	if m.first.CompareAndSwap(false, true) {
		<-m.second
		return
	}
	m.once.Do(func() { close(m.second) })
}

// readThenWrite is an update in two steps: what is written between them is lost,
// and what is deleted comes back.
func readThenWrite(sound session.Store, d *double) {
	meet := newMeeting()
	d.update = func(ctx context.Context, id string, c session.Change, cond session.Condition) (*session.Session, error) {
		s, err := sound.Get(ctx, id)
		meet.wait()
		if err != nil {
			return nil, err
		}
		if err := cond.Check(s); err != nil {
			return nil, err
		}
		s = updated(s, c)
		_, _ = sound.Delete(ctx, id, session.Condition{})
		return s, sound.Create(ctx, s)
	}
}

// late returns rows as they were before their last update.
func late(sound session.Store, d *double) {
	var before sync.Map
	d.update = func(ctx context.Context, id string, c session.Change, cond session.Condition) (*session.Session, error) {
		if old, err := sound.Get(ctx, id); err == nil {
			before.Store(id, old)
		}
		return sound.Update(ctx, id, c, cond)
	}
	d.get = func(ctx context.Context, id string) (*session.Session, error) {
		if old, ok := before.Load(id); ok {
			return old.(*session.Session).Clone(), nil
		}
		return sound.Get(ctx, id)
	}
}

var raceFaults = []fault{
	{"updates in two steps", readThenWrite, []string{"races/OneWriterWinsEachVersion", "races/NoUpdateIsLost"}},

	{"deletes in two steps", func(sound session.Store, d *double) {
		meet := newMeeting()
		d.delete = func(ctx context.Context, id string, cond session.Condition) (*session.Session, error) {
			s, err := sound.Get(ctx, id)
			meet.wait()
			if err != nil {
				return nil, err
			}
			_, _ = sound.Delete(ctx, id, cond)
			return s, nil
		}
	}, []string{"races/OneDeleteWins"}},

	{"creates in two steps", func(sound session.Store, d *double) {
		meet := newMeeting()
		d.create = func(ctx context.Context, s *session.Session) error {
			_, err := sound.Get(ctx, s.ID)
			meet.wait()
			if err == nil {
				return session.ErrExists
			}
			_, _ = sound.Delete(ctx, s.ID, session.Condition{})
			_ = sound.Create(ctx, s)
			return nil
		}
	}, []string{"races/OneCreateOfAnIDWins"}},

	{"lets an update follow a delete at the same version", func(sound session.Store, d *double) {
		d.delete = func(ctx context.Context, id string, cond session.Condition) (*session.Session, error) {
			_, _ = sound.Delete(ctx, id, session.Condition{})
			return newSession(id), nil
		}
	}, []string{"races/OneOfSeveralWritesAtAVersionWins"}},

	{"leaves deleted rows in its index", func(sound session.Store, d *double) {
		var mu sync.Mutex
		ghosts := map[string][]*session.Session{}
		d.delete = func(ctx context.Context, id string, cond session.Condition) (*session.Session, error) {
			s, err := sound.Delete(ctx, id, cond)
			if err == nil {
				mu.Lock()
				defer mu.Unlock()
				ghosts[s.UserID] = append(ghosts[s.UserID], s)
			}
			return s, err
		}
		d.listByUser = func(ctx context.Context, userID string, q session.PageQuery) (session.Page, error) {
			all, err := everything(ctx, sound, userID, q)
			mu.Lock()
			defer mu.Unlock()
			return session.Page{Sessions: append(all, ghosts[userID]...)}, err
		}
	}, []string{"races/RowAndListsAgreeAfterARace", "crud/DeleteReturnsTheRowAndRemovesIt"}},

	{"reads from a copy that trails behind", late, []string{
		"visibility/EveryGoroutineSeesItsOwnWrites", "visibility/AWriteIsSeenByWhoHearsOfIt",
	}},

	{"shows a new version with old data", func(sound session.Store, d *double) {
		d.get = func(ctx context.Context, id string) (*session.Session, error) {
			s, err := sound.Get(ctx, id)
			if err == nil {
				s.Data = fmt.Appendf(nil, `{"step":%d}`, s.Version-1)
			}
			return s, err
		}
	}, []string{"visibility/ARowIsNeverSeenHalfWritten"}},
}
