package table

import (
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Words of the findings about the index and the time to live.
const (
	indexActive  = indexName + ", ACTIVE"
	indexKeyText = attrUserID + ", " + attrCreatedAt
	ttlEnabled   = "ENABLED on " + attrTTL
)

// indexFindings looks at the index for users. The properties of one that is not
// there are not listed: they would all be mended at once.
func indexFindings(p place, t *types.TableDescription) []Finding {
	ix := index(t)
	if ix == nil {
		return []Finding{{Property: "index", Level: Wrong, Found: "none", Expected: indexActive, upgrades: true,
			Why:  "A user's sessions are then found by reading the whole table, each time.",
			Mend: []string{p.program("upgrade")}}}
	}
	found := []Finding{indexStatus(p, ix)}
	if ix.IndexStatus != types.IndexStatusDeleting {
		found = append(found, indexKeySchema(p, ix), indexProjection(p, ix))
	}
	return found
}

func indexStatus(p place, ix *types.GlobalSecondaryIndexDescription) Finding {
	const property = "index"
	found := indexName + ", " + string(ix.IndexStatus)
	f := Finding{Property: property, Level: Wrong, Found: found, Expected: indexActive, Mend: []string{p.program("upgrade")}, upgrades: true}
	switch ix.IndexStatus {
	case types.IndexStatusActive:
		return ok(property, found)
	case types.IndexStatusUpdating:
		return Finding{Property: property, Level: Note, Found: found, Expected: indexActive, Why: "It serves while DynamoDB changes its capacity."}
	case types.IndexStatusDeleting:
		f.Why = "It is being deleted. The command waits for that and adds it again."
	default:
		f.Why = "DynamoDB is still filling it; until then a user's sessions are found by reading the whole table. The command waits for it."
	}
	return f
}

func indexKeySchema(p place, ix *types.GlobalSecondaryIndexDescription) Finding {
	const property = "index keys"
	found := keyNamed(ix.KeySchema, types.KeyTypeHash)
	if r := keyNamed(ix.KeySchema, types.KeyTypeRange); r != "" {
		found += ", " + r
	}
	if found == indexKeyText {
		return ok(property, found)
	}
	return Finding{Property: property, Level: Wrong, Found: found, Expected: indexKeyText,
		Why:  "An index of this name with other keys cannot list a user's sessions. It must be deleted before the right one can be added: look first who else uses it.",
		Mend: []string{p.dropIndex(), p.program("upgrade")}}
}

func indexProjection(p place, ix *types.GlobalSecondaryIndexDescription) Finding {
	const property, expected = "index projection", string(types.ProjectionTypeKeysOnly)
	found := "unknown"
	if ix.Projection != nil {
		found = string(ix.Projection.ProjectionType)
	}
	if found == expected {
		return ok(property, found)
	}
	return Finding{Property: property, Level: Note, Found: found, Expected: expected,
		Why: "It works, but each update of a session may write the index too and then costs about twice as much. " +
			"While it is deleted and added again, a user's sessions are found by reading the whole table.",
		Mend: []string{p.dropIndex(), p.program("upgrade")}}
}

func timeToLive(p place, s ttlState) Finding {
	const property = "time to live"
	if s.err != nil {
		return unseen(property, ttlEnabled, s.err)
	}
	found := string(s.status)
	if s.attribute != "" && s.status != types.TimeToLiveStatusDisabled {
		found += " on " + s.attribute
	}
	f := Finding{Property: property, Level: Wrong, Found: found, Expected: ttlEnabled}
	switch {
	case s.on(attrTTL):
		return ok(property, found)
	case s.busyOrOn():
		f.Why = "DynamoDB deletes rows by another attribute, and by one only: expired sessions stay, and rows with that attribute may go too early. " +
			"It takes one change of this setting an hour, so the second command may have to wait that long."
		f.Mend = []string{p.ttlOff(s.attribute), p.program("upgrade")}
	default:
		f.Why, f.upgrades = "Nothing deletes expired sessions: they are never served, but they are stored and paid for.", true
		f.Mend = []string{p.program("upgrade")}
	}
	return f
}
