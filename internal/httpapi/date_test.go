package httpapi_test

import (
	"net/http"
	"testing"
	"time"

	"session-api/internal/httpapi"
)

func TestADateIsThatOfItsSecond(t *testing.T) {
	t.Parallel()
	for _, offset := range []time.Duration{0, 400 * time.Millisecond, 700 * time.Millisecond, time.Hour, -time.Minute} {
		at := start.Add(offset)
		want := at.UTC().Format(http.TimeFormat)
		if got := httpapi.DateAt(at); len(got) != 1 || got[0] != want {
			t.Errorf("the Date of %v is %q, not %q", at, got, want)
		}
	}
}

func TestAnswersCarryTheDate(t *testing.T) {
	t.Parallel()
	begin := time.Now().Truncate(time.Second)
	got := newHarness(t, nil).call("GET", "/health", "").header.Get("Date")
	if at, err := http.ParseTime(got); err != nil || at.Before(begin) || at.After(time.Now()) {
		t.Errorf("the Date of an answer of now is %q", got)
	}
}
