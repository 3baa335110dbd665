// Package ratelimit owns how often a caller may call: a token bucket for each, and
// the header fields that tell callers of it. The bucket is golang.org/x/time/rate's;
// what is here is a table of them that stays small however many callers there are.
//
// Who the caller of a request is, and what a refusal looks like, is decided elsewhere.
package ratelimit
