// Command scs is a contender of the bench: sessions with alexedwards/scs in
// Redis, behind a small handler, as a Go team writes one. The session is that of
// the cookie; its data is kept as JSON text.
package main

import (
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/alexedwards/scs/goredisstore"
	"github.com/alexedwards/scs/v2"
	"github.com/redis/go-redis/v9"
)

type app struct{ sessions *scs.SessionManager }

func main() {
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	sessions := scs.New()
	sessions.Store = goredisstore.New(redis.NewClient(&redis.Options{Addr: os.Getenv("REDIS_ADDR")}))
	sessions.Lifetime = 24 * time.Hour
	a := &app{sessions}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /session", a.create)
	mux.HandleFunc("GET /session", a.get)
	mux.HandleFunc("PUT /session", a.update)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Error("cannot listen", "error", err)
		os.Exit(1)
	}
	log.Info("listening", "addr", listener.Addr().String())
	log.Error("ended", "error", http.Serve(listener, sessions.LoadAndSave(mux)))
}

// body is what a client sends, and session what it gets.
type body struct {
	UserID string          `json:"userId"`
	Data   json.RawMessage `json:"data"`
}

type session struct {
	UserID    string          `json:"userId"`
	Data      json.RawMessage `json:"data"`
	ExpiresAt time.Time       `json:"expiresAt"`
}

func (a *app) create(w http.ResponseWriter, r *http.Request) {
	var in body
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.UserID == "" {
		http.Error(w, "a session needs a userId", http.StatusBadRequest)
		return
	}
	if err := a.sessions.RenewToken(r.Context()); err != nil {
		http.Error(w, "no session could be made", http.StatusInternalServerError)
		return
	}
	a.sessions.Put(r.Context(), "userId", in.UserID)
	a.sessions.Put(r.Context(), "data", string(in.Data))
	a.answer(w, r, http.StatusCreated)
}

func (a *app) get(w http.ResponseWriter, r *http.Request) {
	if !a.sessions.Exists(r.Context(), "userId") {
		http.Error(w, "no such session", http.StatusNotFound)
		return
	}
	a.answer(w, r, http.StatusOK)
}

func (a *app) update(w http.ResponseWriter, r *http.Request) {
	var in body
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, "the body is no JSON", http.StatusBadRequest)
		return
	}
	if !a.sessions.Exists(r.Context(), "userId") {
		http.Error(w, "no such session", http.StatusNotFound)
		return
	}
	a.sessions.Put(r.Context(), "data", string(in.Data))
	a.answer(w, r, http.StatusOK)
}

func (a *app) answer(w http.ResponseWriter, r *http.Request, status int) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(session{
		UserID:    a.sessions.GetString(r.Context(), "userId"),
		Data:      json.RawMessage(a.sessions.GetString(r.Context(), "data")),
		ExpiresAt: a.sessions.Deadline(r.Context()),
	})
}
