// Package storetest is the contract of a storage engine as tests. Whatever
// passes Run keeps what session.Store promises, and every engine of this module
// does.
//
// The author of an engine writes one test:
//
//	func TestStore(t *testing.T) {
//		t.Parallel()
//		storetest.Run(t, func(t *testing.T) session.Store {
//			store := open(t.TempDir())
//			t.Cleanup(func() { store.Close() })
//			return store
//		})
//	}
//
// The function opens an empty store for each subtest and sees to its closing;
// subtests run in parallel, each on its own store. Some of them close the store
// themselves, and the cleanup then closes it again, which the contract allows.
//
// A subtest is named concern/Claim, as in "conditions/StaleVersionIsRefused", and
// a claim that fails says what the engine did and what it should have done. An
// engine on a server that cannot keep a claim names it in Options.Except with the
// reason, which the test's log then shows.
//
// All the sessions, aliases and records here live in the year 2100. An engine is
// free to remove what is over by the real clock, and what a subtest calls expired
// is expired only by the time that the subtest passes in.
//
// What cannot be seen through the interface is left to each engine's own tests:
// that acknowledged writes outlast a crash, and that a row which cannot be
// understood gives ErrUnreadable and breaks no list.
//
// The whole suite takes less than 20 seconds when each call takes 2 ms, so that
// it can be run against a server. It depends on the domain package and the
// standard library only.
package storetest
