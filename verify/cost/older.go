package main

import (
	"fmt"
	"strings"
)

// olderTable is how many sessions the older service's table is taken to hold:
// its lists cost in proportion.
const olderTable = 1_000_000

// older is what a request cost with the service before this one. Its calls are
// derived from how it behaved: it read a session eventually consistently (the
// SDK's default), read before it updated, deleted without a look (ending a session
// that was not there was a success), and found a user's sessions, as all sessions,
// by reading the whole table. Its units follow from its stored form by AWS's
// rules. Nothing of it is measured.
type older struct {
	calls string
	units units
}

// olderCosts are the costs of its requests for one size of data.
type olderCosts struct{ bytes, updated int }

// newOlderCosts derives its items from one of ours: no version and no writeId,
// and an id that ends in 12 hexadecimal digits.
func newOlderCosts(ours item) (olderCosts, error) {
	theirs := item{}
	for _, name := range []string{"userId", "data", "createdAt", "ttl"} {
		theirs[name] = ours[name]
	}
	id := "session-" + *ours["userId"].S + "-" + strings.Repeat("0", 12)
	theirs["id"] = attribute{S: &id}
	bytes, err := theirs.size()
	if err != nil {
		return olderCosts{}, err
	}
	theirs["updatedAt"] = theirs["createdAt"]
	updated, err := theirs.size()
	return olderCosts{bytes, updated}, err
}

func (o olderCosts) create() older {
	return older{"1 PutItem", units{tableWrite: writeUnits(o.bytes)}}
}

func (o olderCosts) get() older {
	return older{"1 GetItem", units{tableRead: eventual(readUnits(o.bytes))}}
}

func (o olderCosts) getNothing() older {
	return older{"1 GetItem", units{tableRead: eventual(readUnits(0))}}
}

func (o olderCosts) update() older {
	return older{"1 GetItem, 1 UpdateItem", units{tableRead: eventual(readUnits(o.bytes)), tableWrite: writeUnits(o.updated)}}
}

func (o olderCosts) remove() older {
	return older{"1 DeleteItem", units{tableWrite: writeUnits(o.bytes)}}
}

func (o olderCosts) removeNothing() older {
	return older{"1 DeleteItem", units{tableWrite: writeUnits(0)}}
}

// list reads the whole table.
func (o olderCosts) list() older {
	all := olderTable * o.bytes
	return older{fmt.Sprintf("%.0f Scan", started(all, pageBytes)), units{tableRead: eventual(readUnits(all))}}
}
