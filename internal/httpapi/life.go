package httpapi

import (
	"net/http"

	"session-api"
)

func (a *API) touchSession(x *exchange, r *http.Request) error {
	if _, err := a.readOptionalObject(x, r); err != nil {
		return err
	}
	// That it changes a time of the row is not worth a line: it happens all the while.
	touched, err := a.service(x).Touch(&x.ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	return x.sendSession(http.StatusOK, touched)
}

func (a *API) extendSession(x *exchange, r *http.Request) error {
	match, err := ifMatch(r.Header, false)
	if err != nil {
		return err
	}
	b, err := a.readObject(x, r, "ttlSeconds")
	if err != nil {
		return err
	}
	ttl, err := a.lifetime(b, "ttlSeconds")
	if err != nil {
		return err
	}
	extended, err := a.service(x).Extend(&x.ctx, r.PathValue("id"), ttl, match)
	if err != nil {
		return err
	}
	x.did("Extended", extended)
	return x.sendSession(http.StatusOK, extended)
}

func (a *API) rotateSession(x *exchange, r *http.Request) error {
	match, err := ifMatch(r.Header, false)
	if err != nil {
		return err
	}
	b, err := a.readOptionalObject(x, r, "graceSeconds", "authTime", "amr", "acr")
	if err != nil {
		return err
	}
	rotation, err := b.rotation()
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	rotated, err := a.service(x).Rotate(&x.ctx, id, rotation, match)
	if err != nil {
		return err
	}
	x.did("Rotated", rotated)
	x.sessionID, x.newID = id, rotated.ID
	x.locate(rotated)
	return x.sendSession(http.StatusOK, rotated)
}

// rotation returns what the body asks for. What it says of authentication is one
// statement: with any part of it the former one is void.
func (b body) rotation() (r session.Rotation, err error) {
	if r.Grace, err = b.seconds("graceSeconds", session.InvalidGrace); err != nil {
		return r, err
	}
	if b.get("authTime") == nil && b.get("amr") == nil && b.get("acr") == nil {
		return r, nil
	}
	auth, err := b.auth()
	r.Auth = &auth
	return r, err
}
