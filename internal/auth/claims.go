package auth

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4/jwt"
)

// claims is what a token says.
type claims struct {
	jwt.Claims
	Scope *scopeClaim `json:"scope"`
	SCP   *scopeClaim `json:"scp"`
}

// scopeClaim is a list of scopes: one text with spaces (RFC 8693 section 4.2), or, as
// some issuers have it, a list of texts.
type scopeClaim []string

// UnmarshalJSON reads either form.
func (s *scopeClaim) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*s = strings.Fields(one)
		return nil
	}
	return json.Unmarshal(text, (*[]string)(s))
}

// check refuses a token that lacks a claim or whose claims do not hold.
func (t *Tokens) check(c *claims, now time.Time) error {
	switch {
	case c.Issuer != t.issuer:
		return refused("the token is of another issuer, or of none")
	case !c.Audience.Contains(t.audience):
		return refused("the token is for another audience, or for none")
	case c.Expiry == nil:
		return refused("the token has no end")
	case !c.subject().fits():
		return refused("the token has no subject, or one that cannot be written down")
	case !now.Before(c.end()):
		return refused("the token has expired")
	case c.ValidateWithLeeway(jwt.Expected{Time: now}, leeway) != nil:
		return refused("the token is not valid yet")
	}
	return nil
}

// end returns the instant from which the token is refused.
func (c *claims) end() time.Time { return c.Expiry.Time().Add(leeway) }

func (c *claims) subject() identity { return identity{kindSubject, c.Subject} }

// caller returns who has the token. What a file says of the subject goes before what
// the token says of itself.
func (c *claims) caller(m *Mapping) *Caller {
	id := c.subject()
	if m != nil {
		if caller := m.find(id); caller != nil {
			return caller
		}
	}
	said := c.Scope
	if said == nil {
		said = c.SCP
	}
	caller := &Caller{Name: id.callerName()}
	if said != nil {
		caller.Scopes = known(*said)
	}
	return caller
}
