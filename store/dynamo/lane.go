package dynamo

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// lane is the reads of one consistency. It says which reads leave together, and
// when: a read joins only what has not left yet, so it sees every write that was
// answered before it began.
type lane struct {
	reads      *reads
	consistent bool

	mu sync.Mutex
	// next collects what is to leave together; nil if nothing waits.
	next *sharedRead
	// underWay are the calls that have left and have not returned.
	underWay int
	// left is when the last call left.
	left time.Time
	// took and size are what a call takes and what a row holds, as a rule.
	took time.Duration
	size int
	// timer is for what waits, nil before anything did.
	timer *time.Timer
}

// read gets a row, in a call of its own or one that others share. The error is
// that of one attempt.
func (l *lane) read(ctx context.Context, id string) (item, error) {
	begin := time.Now()
	s, seat := l.board(id, begin)
	if s == nil {
		return l.alone(ctx, id)
	}
	select {
	case <-s.done:
	case <-ctx.Done():
		l.leave(s, seat)
		return nil, l.late(s, time.Since(begin), ctx.Err())
	}
	if s.dissolved {
		return l.alone(ctx, id)
	}
	return s.told(seat)
}

// board counts a call that leaves at once, or finds a seat in the one that is to
// leave.
func (l *lane) board(id string, now time.Time) (s *sharedRead, seat int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.next == nil {
		if l.mayLeave(now) || l.most() == 1 {
			l.depart(now)
			return nil, 0
		}
		l.next = newSharedRead()
		l.wake(now)
	}
	s, seat = l.next, l.next.seat(id)
	l.send(now)
	return s, seat
}

// alone makes a call that was counted when it left.
func (l *lane) alone(ctx context.Context, id string) (item, error) {
	begin := time.Now()
	row, err := l.reads.alone(ctx, id, l.consistent)
	l.returned(begin, err == nil, dataBytes(row), 1)
	return row, err
}

// leave takes a reader away who no longer waits. A call that nobody waits for is
// not made, or is given up.
func (l *lane) leave(s *sharedRead, seat int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s.seats[seat].readers--
	s.readers--
	switch {
	case s.readers > 0:
	case s == l.next:
		l.next = nil
	case s.dissolved: // it was to go by itself
		l.underWay--
		l.send(time.Now())
	default:
		s.cancel()
	}
}

// late returns the fault of a reader who left a shared call because of err. Where
// others are answered in a small part of the time that he waited, one of those he was
// with is slow. Where everything is slow, as when this machine has too much to do,
// sharing calls is what helps; and a caller in a hurry says nothing of the call.
func (l *lane) late(s *sharedRead, waited time.Duration, err error) *fault {
	f := &fault{op: batchOp, class: lost, text: errUnended.Error(), cause: err, company: true}
	l.mu.Lock()
	others := l.took
	l.mu.Unlock()
	if errors.Is(err, context.DeadlineExceeded) && others < waited/8 {
		l.reads.blame(s, f)
	}
	return f
}

// run makes the call of s.
func (l *lane) run(s *sharedRead) {
	begin := time.Now()
	bytes := l.reads.ask(s, l.consistent)
	close(s.done)
	s.cancel()
	l.returned(begin, s.err == nil, bytes, len(s.keys))
}

// dataBytes is about what a row holds.
func dataBytes(row item) int {
	if data, ok := row[AttributeData].(*types.AttributeValueMemberS); ok {
		return len(data.Value)
	}
	return 0
}
