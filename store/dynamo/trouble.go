package dynamo

import (
	"log/slog"
	"sync"
	"time"
)

// troubleEvery is how often one kind of trouble is logged at most.
const troubleEvery = time.Minute

// remedies say what a person must do about faults that no retry mends.
var remedies = map[class]string{
	denied: "DynamoDB refuses a call of this service. Allow its role dynamodb:BatchGetItem, DeleteItem, DescribeTable, " +
		"GetItem, PutItem, Query, Scan and UpdateItem on the table and its index.",
	unsigned: "There are no AWS credentials that DynamoDB accepts. Give the service a role, or check AWS_PROFILE, " +
		"AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN: they may be missing or have expired.",
	skewed: "DynamoDB does not accept the signature of a call. Check AWS_SECRET_ACCESS_KEY and this machine's clock.",
	untrusted: "The certificate of the DynamoDB endpoint cannot be verified. Check AWS_ENDPOINT_URL_DYNAMODB, and name the " +
		"certificates to trust in AWS_CA_BUNDLE where the endpoint or a proxy has its own.",
	tableMissing: "There is no such table in this region. Check DYNAMODB_TABLE_NAME and AWS_REGION, or make the table with " +
		`"session-api table create".`,
}

// trouble logs what a person must mend.
type trouble struct {
	log   *slog.Logger
	place []any // attributes that say which table
	now   func() time.Time

	mu   sync.Mutex
	told map[class]time.Time
}

func newTrouble(o Options) *trouble {
	return &trouble{
		log: o.Logger, now: o.now, told: map[class]time.Time{},
		place: []any{"table", o.Table, "region", o.Region},
	}
}

// note logs the fault if there is a remedy and it was not logged just now.
func (t *trouble) note(f *fault) {
	remedy, has := remedies[f.class]
	if !has || !t.due(f.class) {
		return
	}
	t.log.Error(remedy, append([]any{"error", f.Error()}, t.place...)...)
}

func (t *trouble) due(c class) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	if last, told := t.told[c]; told && now.Sub(last) < troubleEvery {
		return false
	}
	t.told[c] = now
	return true
}
