package httpapi

import (
	"net/http"

	"session-api"
)

func (a *API) getSession(x *exchange, r *http.Request) error {
	known, err := ifNoneMatch(r.Header)
	if err != nil {
		return err
	}
	id := x.pathID(r)
	x.single = true
	found, err := a.service(x).Get(&x.ctx, id)
	if err != nil {
		return err
	}
	if found.ID != id {
		// The id is a former one, and works for a short while yet.
		x.Header().Set("Session-Id", found.ID)
	}
	if known.weakly(found.Version) {
		x.setETag(etag(found.Version))
		x.WriteHeader(http.StatusNotModified)
		return nil
	}
	return x.sendSession(http.StatusOK, found)
}

func (a *API) updateSession(x *exchange, r *http.Request) error {
	match, err := ifMatch(r.Header, a.requireIfMatch)
	if err != nil {
		return err
	}
	b, err := a.readObject(x, r, "data")
	if err != nil {
		return err
	}
	data, err := b.data()
	if err != nil {
		return err
	}
	updated, err := a.service(x).Update(&x.ctx, r.PathValue("id"), data, match)
	if err != nil {
		return err
	}
	x.did("Updated", updated)
	return x.sendSession(http.StatusOK, updated)
}

func (a *API) deleteSession(x *exchange, r *http.Request) error {
	match, err := ifMatch(r.Header, a.requireIfMatch)
	if err != nil {
		return err
	}
	deleted, err := a.service(x).Delete(&x.ctx, r.PathValue("id"), match)
	if err != nil {
		return err
	}
	x.did("Deleted", deleted)
	return x.sendJSON(http.StatusOK, jsonType, messageBody{Message: "Session deleted successfully"})
}

// did notes what the request changed, for its log line.
func (x *exchange) did(operation string, s *session.Session) {
	x.operation, x.sessionID, x.userID = operation, s.ID, s.UserID
}
