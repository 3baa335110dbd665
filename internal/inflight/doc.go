// Package inflight owns how many requests may run at once. A service that takes in
// more work than it can do answers all of it late; one that refuses what is too much,
// at once and cheaply, goes on answering the rest as fast as ever.
//
// How many requests are too many depends on what keeps the sessions, so a Limit is
// either a number or one that looks for it (tuner.go). What a refusal looks like, and
// what is never refused, is the caller's.
package inflight
