package table

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// step is one part of an upgrade. Each looks for itself what is still to do, so
// that it may follow an interrupted one.
type step struct {
	// text says what it does, as an order.
	text string
	run  func(*Admin, context.Context) error
}

// plan returns what has to be done to a table that refusal lets through. The
// setting comes first because it takes seconds: an index may take hours, in
// which somebody may end the program.
func plan(s state) []step {
	var steps []step
	if !s.ttl.on(attrTTL) {
		steps = append(steps, step{"switch time to live on for " + attrTTL, (*Admin).settleTTL})
	}
	ix := index(s.table)
	switch {
	case ix == nil:
		steps = append(steps, step{"add the index " + indexName + " (" + indexKeyText + "; KEYS_ONLY" + capacityText(s.table) + ") and wait until it is filled", (*Admin).settleIndex})
	case ix.IndexStatus == types.IndexStatusDeleting:
		steps = append(steps, step{"wait until the index " + indexName + " is deleted, add it again and wait until it is filled", (*Admin).settleIndex})
	case ix.IndexStatus == types.IndexStatusCreating:
		steps = append(steps, step{"wait until the index " + indexName + " is filled", (*Admin).settleIndex})
	}
	return steps
}

// capacityText says what the index of a provisioned table will be charged for;
// "" on demand.
func capacityText(t *types.TableDescription) string {
	c := indexThroughput(t)
	if c == nil {
		return ""
	}
	return fmt.Sprintf("; %d RCU, %d WCU as the table has", aws.ToInt64(c.ReadCapacityUnits), aws.ToInt64(c.WriteCapacityUnits))
}

// refusal returns nil if an upgrade can make the table right, else why not and
// what can be done instead.
func refusal(p place, s state) error {
	if s.ttl.err != nil {
		return s.ttl.err
	}
	for _, f := range compare(p, s) {
		if f.Level != Wrong || f.upgrades {
			continue
		}
		remedy := ""
		if len(f.Mend) > 0 {
			remedy = " What helps: " + strings.Join(f.Mend, "; then ")
		}
		return failf(nil, "nothing was changed, because of the %s of the table %s in %s: found %s, expected %s. %s%s",
			f.Property, p.table, p.region, f.Found, f.Expected, f.Why, remedy)
	}
	return nil
}
