package dynamo

import (
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"session-api"
)

// Options say which table a Store is on and how it is called. Credentials and
// endpoint are not among them: they come from the SDK's default chain, as for
// every AWS client (AWS_PROFILE, AWS_ACCESS_KEY_ID, web identity,
// AWS_ENDPOINT_URL_DYNAMODB, AWS_CA_BUNDLE, HTTPS_PROXY, …).
type Options struct {
	// Table is the table's name or ARN.
	Table string
	// Region is the table's AWS region.
	Region string
	// ConsistentRead makes reads see every write that returned before them, as
	// the contract of engines asks. Without it they cost half and may trail
	// behind for a moment.
	ConsistentRead bool
	// CoalesceReads has reads of single rows share a call, a BatchGetItem, while many
	// are under way. It costs the same read units and less CPU time.
	CoalesceReads bool
	// CoalesceFrom is how many calls of single rows must be under way before reads
	// wait for others to share theirs; 0 means 16.
	CoalesceFrom int
	// Attempts is how often a call is sent at most, the first time included; 0
	// means 3. Attempts that meet a transaction on the same row do not count.
	Attempts int
	// AttemptTimeout bounds one attempt to read or write one row; 0 means 300 ms.
	AttemptTimeout time.Duration
	// CallTimeout bounds all attempts of such a call; 0 means 1 s. Calls on
	// many rows at once may take that long for each attempt.
	CallTimeout time.Duration
	// IdleConns is how many idle connections are kept; 0 means 256. The SDK's
	// default of 10 makes every burst dial anew.
	IdleConns int
	// ScanSegments is in how many parts a table without the index is scanned at
	// a time; 0 means 4.
	ScanSegments int
	// CursorKey is what Store.CursorKey returns: session.CursorKeyBytes secret
	// bytes; nil means derived from Region and Table.
	CursorKey []byte
	// Logger takes what the engine has to say; nil discards it. No session id is
	// ever logged.
	Logger *slog.Logger

	// The rest is for this package's tests; zero values are what is served with.

	// longestWait is how long a read waits for others at most; 0 means the constant.
	longestWait time.Duration
	// endpoint goes before that of the default chain.
	endpoint string
	// now is the clock of caches and log limits; nil means time.Now.
	now func() time.Time
	// jitter returns a pause from 0 to longest; nil means a random one.
	jitter func(longest time.Duration) time.Duration
}

// What Options mean where they say nothing. Measured with the SDK's own: a call
// into a black hole was still waiting after 20 s, and three throttled attempts
// took 2.5 s.
const (
	defaultCoalesceFrom   = 16
	defaultAttempts       = 3
	defaultAttemptTimeout = 300 * time.Millisecond
	defaultCallTimeout    = time.Second
	defaultIdleConns      = 256
	defaultScanSegments   = 4
)

func (o Options) withDefaults() Options {
	orDefault(&o.CoalesceFrom, defaultCoalesceFrom)
	orDefault(&o.longestWait, longestWait)
	orDefault(&o.Attempts, defaultAttempts)
	orDefault(&o.AttemptTimeout, defaultAttemptTimeout)
	orDefault(&o.CallTimeout, defaultCallTimeout)
	orDefault(&o.IdleConns, defaultIdleConns)
	orDefault(&o.ScanSegments, defaultScanSegments)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.now == nil {
		o.now = time.Now
	}
	if o.jitter == nil {
		// #nosec G404 -- a pause is no secret
		o.jitter = func(longest time.Duration) time.Duration { return rand.N(longest + 1) }
	}
	return o
}

func orDefault[T comparable](v *T, otherwise T) {
	var zero T
	if *v == zero {
		*v = otherwise
	}
}

// maxScanSegments is DynamoDB's bound of TotalSegments (AWS: API reference, Scan).
const maxScanSegments = 1_000_000

// validate returns a sentence about the first option that cannot be.
func (o Options) validate() error {
	switch {
	case o.Table == "":
		return errors.New("the DynamoDB table has no name")
	case o.Region == "":
		return errors.New("the AWS region of the DynamoDB table is not given")
	case o.CoalesceFrom < 1:
		return fmt.Errorf("reads share calls from at least 1 call on, not %d", o.CoalesceFrom)
	case o.Attempts < 1:
		return fmt.Errorf("a DynamoDB call needs at least 1 attempt, not %d", o.Attempts)
	case o.AttemptTimeout < 0 || o.CallTimeout < 0:
		return fmt.Errorf("the times of a DynamoDB call must be positive, not %v and %v", o.AttemptTimeout, o.CallTimeout)
	case o.IdleConns < 1:
		return fmt.Errorf("at least 1 idle connection must be kept, not %d", o.IdleConns)
	case o.ScanSegments < 1 || o.ScanSegments > maxScanSegments:
		return fmt.Errorf("a table is scanned in 1 to %d segments, not %d", maxScanSegments, o.ScanSegments)
	case o.CursorKey != nil && len(o.CursorKey) != session.CursorKeyBytes:
		return fmt.Errorf("the cursor key must have %d bytes, not %d", session.CursorKeyBytes, len(o.CursorKey))
	}
	return nil
}
