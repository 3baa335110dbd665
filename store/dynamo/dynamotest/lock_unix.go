//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package dynamotest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
)

// lock waits until this call alone holds the file at path, among all processes,
// or until ctx ends. It returns what gives the file free; the kernel does so too
// when the process dies.
func lock(ctx context.Context, path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) // #nosec G304 -- in the cache directory of the tests
	if err != nil {
		return nil, fmt.Errorf("the lock of the test servers cannot be opened: %w", err)
	}
	taken := make(chan error, 1)
	go func() { taken <- flock(f) }()
	select {
	case err = <-taken:
	case <-ctx.Done():
		// The waiting call cannot be woken: it gives the lock back when it has it.
		go func() { _ = errors.Join(<-taken, f.Close()) }()
		return nil, fmt.Errorf("another process holds %s: %w", path, ctx.Err())
	}
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("the lock %s cannot be taken: %w", path, err)
	}
	return func() { _ = f.Close() }, nil
}

func flock(f *os.File) error {
	for {
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != syscall.EINTR {
			return err
		}
	}
}
