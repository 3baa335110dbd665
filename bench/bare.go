package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
)

// serveBare is the ceiling: net/http with one handler that writes fixed bytes,
// those that session-api sends for one session, read from standard input.
func serveBare(settings) error {
	body, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	slog.New(slog.NewJSONHandler(os.Stdout, nil)).Info("listening", "addr", listener.Addr().String())
	length := strconv.Itoa(len(body))
	return http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Type", "application/json")
		h.Set("Content-Length", length)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Request-Id", "8f14e45fceea167a")
		_, _ = w.Write(body)
	}))
}

// startBare starts the bare server as a process of its own, as session-api is.
func startBare(body []byte) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return start("bare net/http", nil, strings.NewReader(string(body)), self, "bare")
}

// sessionText is the body that creates a session of user with value bytes of data.
func sessionText(user string, value int) []byte {
	const around = len(`{"padding":""}`)
	data := map[string]string{"padding": strings.Repeat("x", max(0, value-around))}
	text, err := json.Marshal(map[string]any{"userId": user, "data": data})
	if err != nil {
		panic(fmt.Sprint("a map of strings is always JSON: ", err))
	}
	return text
}
