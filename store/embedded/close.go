package embedded

import (
	"errors"
	"time"

	session "session-api"
)

// close does what Close says, within closeWithin.
func (s *Store) close() error {
	// A timer rather than a context: whatever waits below waits for health too.
	timer := time.AfterFunc(s.options.closeWithin, func() {
		s.health.fail(errors.New("the disk does not let the database close"))
	})
	defer timer.Stop()
	s.gate.close()
	s.sweeper.stop()
	halted := s.health.halted()
	if s.gate.wait(halted) && s.drain(halted) && s.shut(halted) {
		return nil
	}
	// Whatever Pebble still wants to write is held back from now on, so that the
	// next owner of the directory finds it at rest.
	cause := s.health.cause()
	s.health.abandon(errClosed)
	return errors.Join(session.Unavailable(cause), s.dir.close())
}

// drain ends the committer after its last commit; false if it cannot.
func (s *Store) drain(halted <-chan struct{}) bool {
	s.committer.close()
	select {
	case <-s.committer.ended:
		return true
	case <-halted:
		return false
	}
}

// shut closes the database; false if it cannot. Memtables are written out
// first, so that the next open has no log to read back.
func (s *Store) shut(halted <-chan struct{}) bool {
	closed := make(chan error, 1)
	go func() {
		err := s.db.Flush()
		closed <- errors.Join(err, s.db.Close(), s.dir.close())
	}()
	select {
	case err := <-closed:
		if err != nil {
			s.options.Logger.Error("The data directory was not closed cleanly; nothing acknowledged is lost.", "error", redacted(err))
		}
		return true
	case <-halted:
		return false
	}
}
