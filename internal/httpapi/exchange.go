package httpapi

import (
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	"session-api/internal/auth"
	"session-api/internal/inflight"
)

// exchange is one request on its way through: the writer of its answer, and
// what its log line will say.
type exchange struct {
	http.ResponseWriter
	ctx    deadline // the request's context, with its deadline
	route  string
	id     string       // the session that the path names, if the mux has not seen it
	caller *auth.Caller // nil where nobody asks who calls, or nobody known does
	start  time.Time
	status int // 0 until the answer begins

	place   *inflight.Limit // where it has a place in flight, if it has one
	entered time.Duration   // when it took it, after start
	single  bool            // its work is one call of the store, for which it waits and for nobody else

	operation string // "Created", …; "" for requests that change nothing
	sessionID string // redacted when it is logged, never before
	newID     string // of a rotated session, as sessionID
	userID    string
	many      int // how many sessions of the user it was about, if sessionID is ""

	// Values of headers, kept here so that a request allocates once for all.
	// The first is the request's id.
	requestIDs, contentTypes, contentLengths, etags [1]string
}

// WriteHeader notes the status and begins the answer.
func (x *exchange) WriteHeader(status int) {
	if x.status == 0 {
		x.begin(status)
	}
	x.ResponseWriter.WriteHeader(status)
}

// Write begins the answer if need be and goes on with it.
func (x *exchange) Write(b []byte) (int, error) {
	if x.status == 0 {
		x.begin(http.StatusOK)
	}
	return x.ResponseWriter.Write(b) // #nosec G705 -- JSON, and static pages of ours; nosniff goes with all
}

// begin notes that the answer begins: its place in flight is free from then on.
func (x *exchange) begin(status int) {
	x.status = status
	x.Header()["Date"] = dateAt(time.Now())
	x.leave()
}

// Unwrap lets http.ResponseController reach the connection.
func (x *exchange) Unwrap() http.ResponseWriter { return x.ResponseWriter }

// maxRequestIDChars bounds a request id taken over from a caller.
const maxRequestIDChars = 128

// requestID returns the caller's X-Request-Id when it is sane, else a new one.
// Sane is what may stand in a log line as it is, and cannot be a session id.
func requestID(h http.Header) string {
	if ids := h["X-Request-Id"]; len(ids) == 1 && saneRequestID(ids[0]) {
		return ids[0]
	}
	// Request ids tell requests apart and guard nothing: a fast generator will do.
	return strconv.FormatUint(rand.Uint64()|1<<63, 16) // #nosec G404 -- as said above
}

func saneRequestID(id string) bool {
	if id == "" || len(id) > maxRequestIDChars || strings.Contains(id, "session-") {
		return false
	}
	for i := range len(id) {
		c := id[i]
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		digit := '0' <= c && c <= '9'
		if !letter && !digit && strings.IndexByte("._~:/+=@-", c) < 0 {
			return false
		}
	}
	return true
}
