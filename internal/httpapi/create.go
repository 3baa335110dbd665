package httpapi

import (
	"net/http"
	"net/url"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"session-api"
)

// emptyData is what absent data means.
const emptyData = `{}`

func (a *API) createSession(x *exchange, r *http.Request) error {
	key, err := idempotencyKey(r.Header)
	if err != nil {
		return err
	}
	b, err := a.readObject(x, r, "userId", "data", "ttlSeconds", "idleTimeoutSeconds", "client", "authTime", "amr", "acr")
	if err != nil {
		return err
	}
	n, err := a.newSession(b)
	if err != nil {
		return err
	}
	created, replayed, err := a.create(x, key, n)
	if err != nil {
		return err
	}
	if replayed {
		x.Header().Set("Idempotency-Replayed", "true")
	} else {
		x.did("Created", created)
	}
	x.locate(created)
	return x.sendSession(http.StatusCreated, created)
}

func (a *API) create(x *exchange, key string, n session.New) (created *session.Session, replayed bool, err error) {
	if key != "" {
		return a.service(x).CreateOnce(&x.ctx, key, n)
	}
	x.single = true
	created, err = a.service(x).Create(&x.ctx, n)
	return created, false, err
}

// locate says where the session is.
func (x *exchange) locate(s *session.Session) {
	x.Header().Set("Location", "/sessions/"+url.PathEscape(s.ID))
}

// newSession returns what the body asks for.
func (a *API) newSession(b body) (n session.New, err error) {
	if n.UserID, err = b.user(); err != nil {
		return n, err
	}
	if n.Data, err = b.data(); err != nil {
		return n, err
	}
	if n.TTL, err = a.lifetime(b, "ttlSeconds"); err != nil {
		return n, err
	}
	if n.IdleTimeout, err = a.lifetime(b, "idleTimeoutSeconds"); err != nil {
		return n, err
	}
	if n.Client, err = b.client(); err != nil {
		return n, err
	}
	n.Auth, err = b.auth()
	return n, err
}

// lifetime returns a member that is a number of seconds; 0 if it is absent, and only
// then: to the Service that means the usual time.
func (a *API) lifetime(b body, field string) (ttl time.Duration, err error) {
	ttl, err = b.seconds(field, func() error { return a.svc.InvalidSeconds(field) })
	if err == nil && ttl == 0 && b.get(field) != nil {
		err = a.svc.InvalidSeconds(field)
	}
	return ttl, err
}

// user returns the body's user id as text. What a user id may hold is the
// Service's to say; here it must be there and be a string.
func (b body) user() (string, error) {
	sentence := "userId is required"
	if value := b.get("userId"); value != nil {
		if value.Kind() == jsontext.KindString {
			return unquote(value)
		}
		sentence = "userId must be a string"
	}
	return "", &session.Error{Code: session.CodeInvalidUserID, Message: sentence, Field: "userId"}
}

// data returns the body's data without white space, which costs room in the store
// and means nothing.
func (b body) data() ([]byte, error) {
	value := b.get("data")
	if value == nil {
		return []byte(emptyData), nil
	}
	return value, value.Compact()
}
