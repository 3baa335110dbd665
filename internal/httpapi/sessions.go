package httpapi

import (
	"net/http"
	"net/url"

	"github.com/go-json-experiment/json/jsontext"

	"session-api"
)

// emptyData is what absent data means.
const emptyData = `{}`

func (a *API) createSession(x *exchange, r *http.Request) error {
	b, err := a.readBody(x, r, "userId", "data")
	if err != nil {
		return err
	}
	userID, err := b.user()
	if err != nil {
		return err
	}
	created, err := a.svc.Create(x.ctx, userID, b.dataOrEmpty())
	if err != nil {
		return err
	}
	x.did("Created", created)
	x.Header().Set("Location", "/sessions/"+url.PathEscape(created.ID))
	return x.send(http.StatusCreated, jsonType, encodeSession(created))
}

func (a *API) getSession(x *exchange, r *http.Request) error {
	found, err := a.svc.Get(x.ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	return x.send(http.StatusOK, jsonType, encodeSession(found))
}

func (a *API) updateSession(x *exchange, r *http.Request) error {
	b, err := a.readBody(x, r, "data")
	if err != nil {
		return err
	}
	updated, err := a.svc.Update(x.ctx, r.PathValue("id"), b.dataOrEmpty(), nil)
	if err != nil {
		return err
	}
	x.did("Updated", updated)
	return x.send(http.StatusOK, jsonType, encodeSession(updated))
}

func (a *API) deleteSession(x *exchange, r *http.Request) error {
	deleted, err := a.svc.Delete(x.ctx, r.PathValue("id"), nil)
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

// user returns the body's user id as text. What a user id may hold is the
// Service's to say; here it must be there and be a string.
func (b body) user() (string, error) {
	sentence := ""
	switch {
	case b.userID == nil:
		sentence = "userId is required"
	case b.userID.Kind() != jsontext.KindString:
		sentence = "userId must be a string"
	default:
		text, err := jsontext.AppendUnquote(nil, []byte(b.userID))
		return string(text), err
	}
	return "", &session.Error{Code: session.CodeInvalidUserID, Message: sentence, Field: "userId"}
}

func (b body) dataOrEmpty() []byte {
	if b.data == nil {
		return []byte(emptyData)
	}
	return b.data
}
