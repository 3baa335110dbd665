//go:build !race

package ratelimit_test

// strangers is how many callers come.
const strangers = 1_000_000
