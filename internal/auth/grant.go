package auth

import (
	"errors"
	"fmt"

	"session-api"
)

// PrefixForm says what a user prefix must be.
const PrefixForm = "the beginning of a user id: not empty, at most 255 bytes, without control characters"

// FitPrefix reports whether prefix is the beginning of a user id that can be.
func FitPrefix(prefix string) bool {
	return prefix != "" && session.ValidateUserID(prefix+"x") == nil
}

// grant is what entries of both files say of a caller, as their JSON has it.
type grant struct {
	Scopes     []string `json:"scopes"`
	UserPrefix *string  `json:"userPrefix,omitempty"`
	Rate       *rate    `json:"rate,omitempty"`
}

type rate struct {
	RPS   float64 `json:"rps"`
	Burst int     `json:"burst"`
}

// caller returns the caller of that name.
func (g grant) caller(name string) (*Caller, error) {
	scopes, err := ParseScopes(g.Scopes)
	if err != nil {
		return nil, fmt.Errorf("scopes %w", err)
	}
	c := &Caller{Name: name, Scopes: scopes}
	if g.UserPrefix != nil {
		// Restricted to nobody in particular is not restricted: most likely a slip.
		if c.UserPrefix = *g.UserPrefix; !FitPrefix(c.UserPrefix) {
			return nil, errors.New("userPrefix must be " + PrefixForm)
		}
	}
	if g.Rate != nil {
		if c.Rate, err = g.Rate.rate(); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (r rate) rate() (*Rate, error) {
	switch {
	case !(r.RPS > 0 && r.RPS <= maxRate):
		return nil, fmt.Errorf("rate.rps must be more than 0 and at most %d", maxRate)
	case r.Burst < 1 || r.Burst > maxRate:
		return nil, fmt.Errorf("rate.burst must be a whole number from 1 to %d", maxRate)
	}
	return &Rate{RPS: r.RPS, Burst: r.Burst}, nil
}
