package httpapi

import (
	"net/http"
	"sync/atomic"
	"time"
)

// date is the Date header of all answers of one second (RFC 9110 section 6.6.1).
// net/http would write it out for each of them.
type date struct {
	second int64 // of Unix time
	header []string
}

var lastDate atomic.Pointer[date]

// dateAt returns the Date header for an answer that begins then. It is shared, and
// must not be changed.
func dateAt(now time.Time) []string {
	if d := lastDate.Load(); d != nil && d.second == now.Unix() {
		return d.header
	}
	d := &date{now.Unix(), []string{now.UTC().Format(http.TimeFormat)}}
	lastDate.Store(d)
	return d.header
}
