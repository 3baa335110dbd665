// Package auth owns who calls and what a caller may: API keys, tokens (JWT), client
// certificates, and the files that map them to scopes. What a scope opens is the
// route table's to say (internal/httpapi); what belongs to a user prefix is the
// session package's.
//
// To find your way: authenticator.go is what every protected request passes, key.go
// and keysfile.go are the API keys, token.go is a JWT and remote.go where its keys
// come from, certificate.go is mTLS, mapping.go is the file of callers.
//
// A refusal has one text for whatever is wrong with credentials. Why is in the cause,
// for the log, in words of this package alone: no part of a credential is in it.
package auth
