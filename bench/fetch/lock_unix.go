//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package fetch

import (
	"os"
	"syscall"
)

// lock waits until this process alone holds the file at path, and returns what
// gives it free. The kernel does so too when the process ends.
func lock(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
		if err == nil {
			return func() { _ = f.Close() }, nil
		}
		if err != syscall.EINTR {
			_ = f.Close()
			return nil, err
		}
	}
}
