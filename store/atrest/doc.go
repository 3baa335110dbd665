// Package atrest keeps secret what an engine stores: who copies its disk or table
// finds no session id and no data there. It is a session.Store before another one,
// and owns what is kept in place of ids and data; when, where and under which
// conditions is the engine's, the rules are the service's, and the files with the
// keys are whoever's who opens the store.
//
// Both are apart. With IDKeys a row is kept under a handle, which is a keyed hash of
// the id: lists show it, and it ends a session and does nothing else. With
// datakeys.Keys the data is encrypted, bound to its row. Neither costs a call more
// of the engine. What else a row says stays in the clear: the user, the times, the
// client, the authentication.
//
//	store.go    one row
//	apply.go    transactions and records
//	lists.go    the lists
//	ids.go      handles, and the keys that they are made with
//	seal.go     what those keys encrypt
//	data.go     how data is stored
package atrest
