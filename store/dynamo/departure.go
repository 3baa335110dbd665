package dynamo

import "time"

// A call leaves at once while fewer than Options.CoalesceFrom are under way. Beyond
// that one leaves for each lanePart of the time that a call takes, so that no read
// waits for longer than that for others to come along; and less often in the
// measure in which more calls are under way, as when DynamoDB has become slow.
const (
	lanePart = 16
	// longestWait bounds that wait, whatever calls take.
	longestWait = 5 * time.Millisecond
	// So many calls leave as if CoalesceFrom were no less: then eight are under way
	// where there is enough to ask for, and no read waits for a large part of a call.
	leastFrom = 4
)

// sharedBytes is about how much data one shared call asks for. Its answer is taken
// apart by one core and all readers wait for the last row: where rows are large,
// few go together, and there is little to gain by more.
const sharedBytes = 256 << 10

// mayLeave reports whether a call may leave now.
func (l *lane) mayLeave(now time.Time) bool {
	return l.underWay < l.reads.from() || now.Sub(l.left) >= l.gap()
}

// gap is the least time between two calls that leave.
func (l *lane) gap() time.Duration {
	from := time.Duration(max(l.reads.from(), leastFrom))
	return min(l.took/lanePart*time.Duration(l.underWay)/from, l.reads.store.options.longestWait)
}

// most is how many rows go together.
func (l *lane) most() int {
	return max(1, min(sharedBytes/max(l.size, 1), maxBatchKeys))
}

func (l *lane) depart(now time.Time) {
	l.underWay++
	l.left = now
}

// send lets go what waits, if it may. One reader goes by itself: only calls that
// are shared run on when a reader leaves.
func (l *lane) send(now time.Time) {
	s := l.next
	if s == nil || !l.mayLeave(now) && len(s.seats) < l.most() {
		return
	}
	l.next = nil
	l.depart(now)
	if s.readers == 1 {
		s.dissolved = true
		close(s.done)
		return
	}
	s.leave()
	l.reads.running.Go(func() { l.run(s) })
}

// wake has what waits looked at when its time has come.
func (l *lane) wake(now time.Time) {
	d := l.left.Add(l.gap()).Sub(now)
	if l.timer == nil {
		l.timer = time.AfterFunc(d, l.due)
		return
	}
	l.timer.Reset(d)
}

func (l *lane) due() {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if l.send(now); l.next != nil {
		l.wake(now)
	}
}

// returned counts a call that has returned and lets go what waits for that. bytes
// are the data of all its rows.
func (l *lane) returned(begin time.Time, answered bool, bytes, rows int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	l.underWay--
	if answered {
		l.took += (now.Sub(begin) - l.took) / 8
		l.size += (bytes/rows - l.size) / 8
	}
	l.send(now)
}

// stop ends the timer.
func (l *lane) stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.timer != nil {
		l.timer.Stop()
	}
}
