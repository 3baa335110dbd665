//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package dynamotest

import (
	"context"
	"sync"
)

var processLock sync.Mutex

// lock orders the callers of this process only: the standard library has no file
// lock here. Test packages that need a server run one after another with
// "go test -p 1", or after the prepare command has installed the servers.
func lock(context.Context, string) (unlock func(), err error) {
	processLock.Lock()
	return processLock.Unlock, nil
}
