package main

import (
	"log/slog"
	"net"

	"session-api/internal/clientaddr"
	"session-api/internal/config"
	"session-api/internal/door"
	"session-api/internal/httpapi"
	"session-api/internal/inflight"
	"session-api/internal/ratelimit"
)

// How many requests are in flight. Up to fewInFlight nothing is refused, however slow the
// table seems: so many parallel requests of a few backends are nothing unusual, and a
// machine that is busy for a moment looks as a slow table does. A burst of usualInFlight
// is done within DYNAMODB_ATTEMPT_TIMEOUT by a table that does 430 a second, which is
// little. More than manyInFlight writers at once do not make the embedded engine's
// commits faster (docs/security.md).
const (
	fewInFlight   = 32
	usualInFlight = 128
	manyInFlight  = 256
)

// newInFlight returns how many requests may be in flight; nil for any number.
func newInFlight(c *config.Config) *inflight.Limit {
	switch n := c.Limits.MaxInFlight; n {
	case config.Auto:
		name, _ := c.Store.Engine()
		return engines[name].inFlight(&c.Store)
	case 0:
		return nil
	default:
		return inflight.Fixed(n)
	}
}

// alwaysManyInFlight is for engines that work on this machine: what is too much for its
// processors never gets as far as being in flight.
func alwaysManyInFlight(*config.Store) *inflight.Limit { return inflight.Fixed(manyInFlight) }

// asManyAsTheTableTakes is for a table elsewhere, of which nobody knows how much it
// takes. More than the connections that are kept to it would have to open new ones.
func asManyAsTheTableTakes(c *config.Store) *inflight.Limit {
	return inflight.Adaptive(inflight.Bounds{Floor: fewInFlight, Rest: usualInFlight, Ceiling: c.IdleConns})
}

// newLimiter returns how often callers may call. Without a limit it still counts those
// who fail to say who they are.
func newLimiter(c config.Limits) *ratelimit.Limiter {
	return ratelimit.New(ratelimit.Options{Rate: ratelimit.Rate{RPS: float64(c.RateRPS), Burst: c.RateBurst}})
}

// newClients returns who says from where a request comes.
func newClients(c config.Limits) (*clientaddr.Resolver, error) {
	trusted, err := clientaddr.ParseNetworks(c.TrustedProxies)
	return clientaddr.New(trusted), err
}

// newDoor returns the door before l.
func newDoor(l net.Listener, c config.Limits, tls bool, log *slog.Logger) *door.Door {
	return door.New(l, door.Options{MaxConnections: c.MaxConnections, TLS: tls, Refusal: httpapi.Refusal, Logger: log})
}
