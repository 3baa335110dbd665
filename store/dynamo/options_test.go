package dynamo

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"session-api"
)

func TestOptionsThatCannotBeAreRefused(t *testing.T) {
	t.Parallel()
	for says, change := range map[string]func(*Options){
		"has no name":     func(o *Options) { o.Table = "" },
		"region":          func(o *Options) { o.Region = "" },
		"1 attempt":       func(o *Options) { o.Attempts = -1 },
		"times":           func(o *Options) { o.AttemptTimeout = -time.Second },
		"must be pos":     func(o *Options) { o.CallTimeout = -time.Second },
		"idle connection": func(o *Options) { o.IdleConns = -1 },
		"segments":        func(o *Options) { o.ScanSegments = maxScanSegments + 1 },
		"1 to 1000000":    func(o *Options) { o.ScanSegments = -1 },
		"32 bytes":        func(o *Options) { o.CursorKey = []byte("short") },
	} {
		o := Options{Table: "sessions", Region: testRegion}
		change(&o)
		store, err := Open(t.Context(), o)
		if err == nil {
			t.Errorf("an option is accepted that should be refused with %q", says)
			_ = store.Close()
			continue
		}
		if !strings.Contains(err.Error(), says) {
			t.Errorf("the error %q does not say %q", err, says)
		}
	}
}

func TestTheCursorKeyIsTheTables(t *testing.T) {
	t.Parallel()
	key := func(o Options) []byte { return (&Store{options: o}).CursorKey() }
	one := key(Options{Table: "sessions", Region: "us-west-2"})
	if len(one) != session.CursorKeyBytes || !bytes.Equal(one, key(Options{Table: "sessions", Region: "us-west-2"})) {
		t.Error("two processes on one table have two keys")
	}
	for _, other := range []Options{
		{Table: "others", Region: "us-west-2"}, {Table: "sessions", Region: "eu-west-1"}, {Table: "2sessions", Region: "us-west-"},
	} {
		if bytes.Equal(one, key(other)) {
			t.Errorf("%s in %s has the key of another table", other.Table, other.Region)
		}
	}
	given := bytes.Repeat([]byte{7}, session.CursorKeyBytes)
	got := key(Options{Table: "sessions", Region: "us-west-2", CursorKey: given})
	if !bytes.Equal(got, given) {
		t.Error("a key that is given is not taken")
	}
	got[0]++
	if given[0] != 7 {
		t.Error("the key that is handed out is the option itself")
	}
}
