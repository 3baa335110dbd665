//go:build race

package ratelimit_test

// strangers is how many callers come: fewer, because the race detector has each of them
// take many times as long, and still twice as many as are remembered.
const strangers = 150_000
