package auth

import (
	"errors"

	"session-api"
)

// The codes of this package's errors. They are part of the contract.
const (
	// CodeUnauthenticated: nobody who is known here calls.
	CodeUnauthenticated session.Code = "unauthenticated"
	// CodeNoKeys: tokens cannot be verified yet, because their keys were never fetched.
	CodeNoKeys session.Code = "token_keys_unavailable"
)

// The errors of Authenticate, for errors.Is.
var (
	// ErrNoCredentials says that the request brings none, or none of a kind that is
	// taken here.
	ErrNoCredentials = errors.New("no credentials")
	// ErrNoKeys says that a token cannot be judged for want of keys.
	ErrNoKeys = &session.Error{
		Code:    CodeNoKeys,
		Message: "Tokens cannot be verified yet, because the keys of their issuer could not be fetched; try again shortly",
	}
)

// refused returns the one error for credentials that are not good, whatever is wrong
// with them: an honest caller looks at all of it, and an attacker learns nothing. why
// is for the log.
func refused(why string) error {
	return &session.Error{
		Code:    CodeUnauthenticated,
		Message: "These credentials are not accepted: they must be known to this service, in force now, and made for it",
		Cause:   errors.New(why),
	}
}
