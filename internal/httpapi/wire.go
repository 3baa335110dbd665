package httpapi

import (
	"net/http"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"session-api"
)

const jsonType = "application/json"

// Forms of times in answers: RFC 3339 in UTC. Sessions end on whole seconds.
const (
	microsecondsForm = "2006-01-02T15:04:05.000000Z"
	secondsForm      = "2006-01-02T15:04:05Z"
)

// sessionBody is a session as callers see it. Names and order are those that
// existing clients parse.
type sessionBody struct {
	SessionID string         `json:"sessionId"`
	UserID    string         `json:"userId"`
	Data      jsontext.Value `json:"data,omitzero"` // lists of everything leave it out
	CreatedAt string         `json:"createdAt"`
	UpdatedAt string         `json:"updatedAt,omitzero"`
	ExpiresAt string         `json:"expiresAt"`
}

func newSessionBody(s *session.Session) sessionBody {
	b := sessionBody{
		SessionID: s.ID,
		UserID:    s.UserID,
		Data:      s.Data,
		CreatedAt: microseconds(s.CreatedAt),
		ExpiresAt: s.ExpiresAt.UTC().Format(secondsForm),
	}
	if !s.UpdatedAt.IsZero() {
		b.UpdatedAt = microseconds(s.UpdatedAt)
	}
	return b
}

func microseconds(t time.Time) string { return t.UTC().Format(microsecondsForm) }

type listBody struct {
	SessionCount int           `json:"sessionCount"`
	Sessions     []sessionBody `json:"sessions"`
	NextCursor   string        `json:"nextCursor,omitzero"`
}

type userListBody struct {
	UserID       string        `json:"userId"`
	SessionCount int           `json:"sessionCount"`
	Sessions     []sessionBody `json:"sessions"`
	NextCursor   string        `json:"nextCursor,omitzero"`
}

func newListBody(l session.List) listBody {
	b := listBody{SessionCount: len(l.Sessions), Sessions: make([]sessionBody, 0, len(l.Sessions)), NextCursor: l.NextCursor}
	for _, s := range l.Sessions {
		b.Sessions = append(b.Sessions, newSessionBody(s))
	}
	return b
}

func newUserListBody(userID string, l session.List) userListBody {
	b := newListBody(l)
	return userListBody{UserID: userID, SessionCount: b.SessionCount, Sessions: b.Sessions, NextCursor: b.NextCursor}
}

type messageBody struct {
	Message string `json:"message"`
}

// asStored lets data pass through the encoder as it is: its strings keep their
// escapes, and its names, which the door checked, are not checked again.
var asStored = json.JoinOptions(jsontext.PreserveRawStrings(true), jsontext.AllowDuplicateNames(true))

// sendJSON answers with v.
func (x *exchange) sendJSON(status int, contentType string, v any) error {
	text, err := json.Marshal(v, asStored)
	if err != nil {
		return err
	}
	return x.send(status, contentType, text)
}

// send answers with text. A caller that went away is no error of ours: there is
// nobody left to tell.
func (x *exchange) send(status int, contentType string, text []byte) error {
	h := x.Header()
	h["Content-Type"] = []string{contentType}
	h["Content-Length"] = []string{strconv.Itoa(len(text))}
	x.WriteHeader(status)
	_, _ = x.Write(text)
	return nil
}

var _ http.ResponseWriter = (*exchange)(nil)
