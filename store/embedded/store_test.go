package embedded

import (
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	session "session-api"
	"session-api/storetest"
)

func TestStoreKeepsTheContractOfEngines(t *testing.T) {
	t.Parallel()
	t.Run("on disk", func(t *testing.T) {
		t.Parallel()
		storetest.Run(t, func(t *testing.T) session.Store { return open(t, Options{Dir: t.TempDir()}) })
	})
	t.Run("in memory", func(t *testing.T) {
		t.Parallel()
		storetest.Run(t, func(t *testing.T) session.Store { return open(t, Options{fs: vfs.NewMem()}) })
	})
}
