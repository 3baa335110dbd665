package atrest_test

import (
	"testing"

	"session-api"
	"session-api/store/atrest"
	"session-api/storetest"
)

// tooLarge are the checks that store the most data there can be, which encrypted
// is more than an engine on disk takes. What fits is TestTheMostDataThatFits.
var tooLarge = map[string]string{
	"values/DataOfEverySizeIsKept":             "encrypted data takes a third more room, so less fits",
	"values/TheLargestSessionFits":             "encrypted data takes a third more room, so less fits",
	"paging/ListShowsLargeSessionsWithoutData": "encrypted data takes a third more room, so less fits",
	"paging/APageEndsWithItsData":              "encrypted data takes a third more room, so less fits",
	"ids/IDsOnlyPassesLargeSessions":           "encrypted data takes a third more room, so less fits",
}

func TestSecretsAreKeptWithinTheContractOfAnEngine(t *testing.T) {
	t.Parallel()
	for mode, o := range modes(t) {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			storetest.Run(t, func(t *testing.T) session.Store { return opened(t, "memory", o) })
		})
	}
	t.Run("both on disk", func(t *testing.T) {
		t.Parallel()
		o := modes(t)["both"]
		open := func(t *testing.T) session.Store { return opened(t, "embedded", o) }
		storetest.RunWith(t, open, storetest.Options{Except: tooLarge})
	})
}

// opened returns a fresh store before an engine, as the suite can look at it.
func opened(t *testing.T, engine string, o atrest.Options) session.Store {
	t.Helper()
	store := atrest.New(engines[engine](t), o)
	closed(t, store)
	return newNamed(store, o)
}
