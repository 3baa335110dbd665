package door_test

import (
	"errors"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"session-api/internal/door"
)

// pipes is a listener whose connections are of this process, so that time is played.
type pipes chan net.Conn

func (p pipes) Accept() (net.Conn, error) { return <-p, nil }
func (p pipes) Close() error              { return nil }
func (p pipes) Addr() net.Addr            { return &net.TCPAddr{} }

// accepted returns both ends of a connection of a door, the door's first. It must be
// called in a bubble.
func accepted(t *testing.T) (ours, theirs net.Conn) {
	t.Helper()
	listener := make(pipes, 1)
	inner, theirs := net.Pipe()
	listener <- inner
	ours, err := door.New(listener, door.Options{}).Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, _ = ours.Close(), theirs.Close()
		time.Sleep(2 * late) // played; until the door sees that there is none any more
	})
	return ours, theirs
}

// late is how long after its time a connection may be cut.
const late = 250 * time.Millisecond

func TestAConnectionIsCutWhenItsTimeIsOver(t *testing.T) {
	t.Parallel()
	for name, way := range map[string]struct {
		set func(net.Conn, time.Time) error
		use func(net.Conn, []byte) (int, error)
	}{
		"read":            {net.Conn.SetReadDeadline, net.Conn.Read},
		"write":           {net.Conn.SetWriteDeadline, net.Conn.Write},
		"read, as either": {net.Conn.SetDeadline, net.Conn.Read}, "write, as either": {net.Conn.SetDeadline, net.Conn.Write},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c, _ := accepted(t)
				_ = way.set(c, time.Now().Add(time.Hour))
				_ = way.set(c, time.Now().Add(10*time.Second)) // the last one counts
				begin := time.Now()
				_, err := way.use(c, []byte("x"))
				if took := time.Since(begin); !errors.Is(err, os.ErrDeadlineExceeded) || took < 10*time.Second || took > 10*time.Second+late {
					t.Errorf("after %v it failed with %v", took, err)
				}
			})
		})
	}
}

func TestATimeThatMovedOnCutsNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, other := accepted(t)
		_ = c.SetReadDeadline(time.Now().Add(time.Second))
		_ = c.SetReadDeadline(time.Now().Add(time.Minute))
		go func() {
			time.Sleep(30 * time.Second)
			_, _ = other.Write([]byte("x"))
			time.Sleep(time.Hour)
			_, _ = other.Write([]byte("x"))
		}()
		for range 2 {
			if _, err := c.Read(make([]byte, 1)); err != nil {
				t.Errorf("a read failed with %v", err)
			}
			_ = c.SetReadDeadline(time.Time{}) // never
		}
	})
}

// TestAReadThatNobodyWaitsForEndsAtOnce, as net/http wants it when its handler is done.
func TestAReadThatNobodyWaitsForEndsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, other := accepted(t)
		ended := make(chan error)
		go func() {
			_, err := c.Read(make([]byte, 1))
			ended <- err
		}()
		synctest.Wait()
		begin := time.Now()
		_ = c.SetReadDeadline(time.Unix(1, 0))
		if err := <-ended; !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(begin) > 0 {
			t.Errorf("after %v it failed with %v", time.Since(begin), err)
		}
		_ = c.SetReadDeadline(time.Now().Add(time.Second)) // and the next request comes
		go func() { _, _ = other.Write([]byte("x")) }()
		if _, err := c.Read(make([]byte, 1)); err != nil {
			t.Errorf("the read after it failed with %v", err)
		}
	})
}

func TestAConnectionThatWasCutMayGoOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, other := accepted(t)
		_ = c.SetReadDeadline(time.Now().Add(time.Second))
		if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatalf("it failed with %v", err)
		}
		_ = c.SetReadDeadline(time.Now().Add(time.Second))
		go func() { _, _ = other.Write([]byte("x")) }()
		if _, err := c.Read(make([]byte, 1)); err != nil {
			t.Errorf("the read after it failed with %v", err)
		}
	})
}
