package auth

// Caller is who makes a request, and what it may.
type Caller struct {
	// Name tells callers apart, in logs and wherever something is kept for each of
	// them: "key:web-1", "jwt:system:serviceaccount:shop:web", "cert:spiffe://…". It
	// stays the same when a credential is renewed, and is never a secret.
	Name string
	// Scopes are what the caller may.
	Scopes Scopes
	// UserPrefix restricts the caller to users whose id begins with it; "" does not.
	UserPrefix string
	// Rate is the caller's own; nil leaves it to the server's options.
	Rate *Rate
}

// Rate bounds how often a caller calls, as a token bucket.
type Rate struct {
	// RPS is how many requests a second are let through on average.
	RPS float64
	// Burst is how many may come at once.
	Burst int
}

// maxRate bounds both numbers of a Rate: more is a slip, or means no limit at all.
const maxRate = 1_000_000
