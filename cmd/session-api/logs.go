package main

import (
	"io"
	"log"
	"log/slog"
	"os"
	"strings"

	"golang.org/x/term"

	"session-api/internal/config"
)

// newLogger returns a logger that writes to out as c says.
func newLogger(c config.Logs, out io.Writer) *slog.Logger {
	o := &slog.HandlerOptions{Level: c.Level}
	if c.Format == config.TextLogs || c.Format == "" && isTerminal(out) {
		return slog.New(slog.NewTextHandler(out, o))
	}
	return slog.New(slog.NewJSONHandler(out, o))
}

func isTerminal(out io.Writer) bool {
	f, ok := out.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// serverLog takes what net/http's server has to say of itself.
func serverLog(l *slog.Logger) *log.Logger { return log.New(lineLog{l}, "", 0) }

// lineLog is an io.Writer that logs the first line of each text as a warning.
type lineLog struct{ log *slog.Logger }

// Write logs text. Of all that net/http writes only the report of a panic can
// hold what came with a request, in the value that was thrown; it is left out.
// The API answers and logs the panics of its handlers itself.
func (l lineLog) Write(text []byte) (int, error) {
	line, _, _ := strings.Cut(string(text), "\n")
	if strings.HasPrefix(line, "http: panic serving ") {
		line = "http: panic outside of the API"
	}
	if strings.HasPrefix(line, "http: TLS handshake error ") {
		// Everybody can cause one without a word, and load balancers do all day.
		l.log.Debug(line)
		return len(text), nil
	}
	l.log.Warn(line)
	return len(text), nil
}
