package dynamo

import (
	"encoding/json"
	"testing"

	"session-api/store/dynamo/faultproxy"
)

// TestTheReadOfARecordIsConsistent though reads of sessions need not be: a write
// goes by what it finds.
func TestTheReadOfARecordIsConsistent(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	b.options.ConsistentRead = false
	b.create(t, newSession("a"))
	b.putRecord(t, "key", 1)
	var consistent []bool
	b.fail("GetItem", 0, func(x *faultproxy.Exchange) {
		var request struct{ ConsistentRead bool }
		if err := json.Unmarshal(x.Body, &request); err != nil {
			t.Error(err)
		}
		consistent = append(consistent, request.ConsistentRead)
		passOn(x)
	})
	if _, err := b.Get(t.Context(), "a"); err != nil {
		t.Errorf("Get: %v", err)
	}
	if _, err := b.Record(t.Context(), "key"); err != nil {
		t.Errorf("Record: %v", err)
	}
	if len(consistent) != 2 || consistent[0] || !consistent[1] {
		t.Errorf("the reads of a session and of a record are consistent: %v; want false, true", consistent)
	}
}
