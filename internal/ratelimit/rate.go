package ratelimit

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// Rate is how often a caller may call.
type Rate struct {
	// RPS is how many requests a second, over time; 0 means any number.
	RPS float64
	// Burst is how many at once, after a while without any; 0 means two seconds'
	// worth of RPS, and at least one.
	Burst int
}

// MaxBurst bounds Rate.Burst, so that a field of the header holds it (RFC 9651
// section 3.3.1: 15 digits).
const MaxBurst = 1_000_000_000

// plan is a Rate with what follows from it.
type plan struct {
	given  Rate
	rate   Rate // given, with the Burst that it stands for
	window int  // see newPlan
	policy string
}

// policyName is what the header fields call the policy. There is one for each caller.
const policyName = "default"

func newPlan(r Rate) *plan {
	given := r
	if r.Burst <= 0 {
		r.Burst = int(min(max(math.Ceil(2*r.RPS), 1), MaxBurst))
	}
	// The fields speak of a window, which a bucket has not. Told is the time in which
	// an empty one fills, in whole seconds: over that, Burst is no more than RPS.
	window := int(min(max(math.Ceil(float64(r.Burst)/r.RPS), 1), MaxBurst))
	return &plan{given: given, rate: r, window: window, policy: fmt.Sprintf("%q;q=%d;w=%d", policyName, r.Burst, window)}
}

// timeFor is the time for so many tokens; at most a year, so that it is no overflow.
func (p *plan) timeFor(tokens float64) time.Duration {
	const year = 365 * 24 * time.Hour
	return time.Duration(min(max(tokens, 0)/p.rate.RPS*float64(time.Second), float64(year)))
}

// Verdict is what a Limiter says of one request. The zero Verdict is that of a request
// for which there is no limit.
type Verdict struct {
	// Refused reports whether the limit is exceeded.
	Refused bool

	plan *plan
	left int
	wait time.Duration // until there is one more
}

// Limited reports whether there is a limit. The other methods are for where there is.
func (v Verdict) Limited() bool { return v.plan != nil }

// Policy returns the value of RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers-11
// section 3).
func (v Verdict) Policy() string { return v.plan.policy }

// Field returns the value of RateLimit (draft-ietf-httpapi-ratelimit-headers-11 section
// 4). While requests are left, the time in which they must do is the whole window: told
// less, a caller could take the bucket's rest for a rate to go on with (section 8.5).
func (v Verdict) Field() string {
	b := make([]byte, 0, 32)
	b = append(append(append(b, '"'), policyName...), `";r=`...)
	b = strconv.AppendInt(b, int64(v.left), 10)
	return string(strconv.AppendInt(append(b, ";t="...), int64(v.seconds()), 10))
}

// RetryAfter returns the value of Retry-After. It is the same time as Field's, as
// section 6 of the draft asks.
func (v Verdict) RetryAfter() string { return strconv.Itoa(v.seconds()) }

func (v Verdict) seconds() int {
	if v.left > 0 {
		return v.plan.window
	}
	return int(min(max(math.Ceil(v.wait.Seconds()), 1), MaxBurst))
}
