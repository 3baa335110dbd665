package table

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// compare returns a finding for every property of the table.
func compare(p place, s state) []Finding {
	t := s.table
	found := []Finding{
		tableStatus(p, t), hashKey(p, t), rangeKey(p, t), attributeTypes(t),
		billing(p, t), tableClass(p, t),
	}
	found = append(found, indexFindings(p, t)...)
	found = append(found, timeToLive(p, s.ttl), protection(p, t), recovery(p, s.recovery))
	if len(t.Replicas) > 0 {
		found = append(found, replicas(t))
	}
	return found
}

// ok is a property that is as it should be.
func ok(property, found string) Finding {
	return Finding{Property: property, Level: OK, Found: found, Expected: found}
}

// unseen is a property that err kept from being looked at.
func unseen(property, expected string, err error) Finding {
	found := "unknown: " + err.Error()
	if action := deniedAction(err); action != "" {
		found = "unknown: access denied (needs " + action + ")"
	}
	return Finding{Property: property, Level: Unknown, Found: found, Expected: expected,
		Why: "It could not be looked at: " + err.Error() + "."}
}

func missing(p place) Finding {
	return Finding{Property: "table", Level: Wrong, Found: "there is none of this name", Expected: "ACTIVE",
		Why: "Without a table the service answers 503. Is the region the right one?", Mend: []string{p.program("create")}}
}

func tableStatus(p place, t *types.TableDescription) Finding {
	const property, expected = "table", "ACTIVE"
	status := string(t.TableStatus)
	f := Finding{Property: property, Level: Wrong, Found: status, Expected: expected}
	switch t.TableStatus {
	case types.TableStatusActive:
		return ok(property, status)
	case types.TableStatusUpdating:
		f.Level, f.Why = Note, "It serves while DynamoDB changes something of it."
	case types.TableStatusCreating:
		f.Why, f.Mend, f.upgrades = "DynamoDB is still making it.", []string{p.program("upgrade")}, true
	case types.TableStatusDeleting:
		f.Why = "It is about to be gone, with all of its rows."
	case types.TableStatusInaccessibleEncryptionCredentials:
		f.Why = "DynamoDB cannot use the KMS key that encrypts it; after seven days it is archived."
	default:
		f.Why = "It does not serve in this state."
	}
	return f
}

// anotherTable says that keys are for ever.
const anotherTable = "The keys of a table cannot be changed: the sessions need another table, made under another name."

func hashKey(p place, t *types.TableDescription) Finding {
	found := keyNamed(t.KeySchema, types.KeyTypeHash)
	if found == attrID {
		return ok("hash key", found)
	}
	return Finding{Property: "hash key", Level: Wrong, Found: found, Expected: attrID, Why: anotherTable, Mend: p.createOther()}
}

func rangeKey(p place, t *types.TableDescription) Finding {
	found := keyNamed(t.KeySchema, types.KeyTypeRange)
	if found == "" {
		return ok("range key", "none")
	}
	return Finding{Property: "range key", Level: Wrong, Found: found, Expected: "none", Why: anotherTable, Mend: p.createOther()}
}

// createOther returns the command that makes a table beside this one.
func (p place) createOther() []string {
	return []string{place{p.table + "-2", p.region}.program("create")}
}

// attributeTypes looks at the types of the attributes that are keys here. An
// attribute that is declared for another index with another type keeps ours from
// being added.
func attributeTypes(t *types.TableDescription) Finding {
	const property = "attribute types"
	var found, expected []string
	wrong := false
	for _, d := range t.AttributeDefinitions {
		name, declared := aws.ToString(d.AttributeName), d.AttributeType
		found = append(found, name+" "+string(declared))
		if ours := slices.Contains([]string{attrID, attrUserID, attrCreatedAt}, name); ours && declared != types.ScalarAttributeTypeS {
			wrong, declared = true, types.ScalarAttributeTypeS
		}
		expected = append(expected, name+" "+string(declared))
	}
	if !wrong {
		return ok(property, strings.Join(found, ", "))
	}
	return Finding{Property: property, Level: Wrong, Found: strings.Join(found, ", "), Expected: strings.Join(expected, ", "),
		Why: "The service stores strings there. A type can be changed only by deleting whatever has the attribute as a key: the table itself for id, the index for another."}
}

func billing(p place, t *types.TableDescription) Finding {
	const property, expected = "billing", "on-demand"
	if onDemand(t) {
		return ok(property, expected)
	}
	found := "provisioned"
	if c := t.ProvisionedThroughput; c != nil {
		found = fmt.Sprintf("provisioned, %d RCU, %d WCU", aws.ToInt64(c.ReadCapacityUnits), aws.ToInt64(c.WriteCapacityUnits))
	}
	return Finding{Property: property, Level: Note, Found: found, Expected: expected,
		Why:  "Calls above the provisioned capacity are throttled and answered 503.",
		Mend: []string{p.aws("update-table", "--billing-mode", "PAY_PER_REQUEST")}}
}

func tableClass(p place, t *types.TableDescription) Finding {
	const property = "table class"
	// The summary is left out for a table that always had the standard class.
	if t.TableClassSummary == nil || t.TableClassSummary.TableClass == types.TableClassStandard {
		return ok(property, string(types.TableClassStandard))
	}
	return Finding{Property: property, Level: Note, Found: string(t.TableClassSummary.TableClass), Expected: string(types.TableClassStandard),
		Why:  "In this class reads and writes, which are most of the cost of sessions, are dearer; only storage is cheaper.",
		Mend: []string{p.aws("update-table", "--table-class", "STANDARD")}}
}

func protection(p place, t *types.TableDescription) Finding {
	const property = "deletion protection"
	if aws.ToBool(t.DeletionProtectionEnabled) {
		return ok(property, "on")
	}
	return Finding{Property: property, Level: Note, Found: "off", Expected: "on",
		Why:  "One call deletes the table and ends every session.",
		Mend: []string{p.aws("update-table", "--deletion-protection-enabled")}}
}

// recovery is never worse than a note: sessions end by themselves, and a table
// can be run without backups on purpose.
func recovery(p place, s recoveryState) Finding {
	const property, expected = "point-in-time recovery", "on"
	switch {
	case s.err != nil:
		f := unseen(property, expected, s.err)
		f.Level = Note
		return f
	case s.on:
		return ok(property, expected)
	}
	return Finding{Property: property, Level: Note, Found: "off", Expected: expected,
		Why:  "Rows that are deleted or overwritten by mistake cannot be had back.",
		Mend: []string{p.recoveryOn()}}
}

func replicas(t *types.TableDescription) Finding {
	var regions []string
	for _, r := range t.Replicas {
		regions = append(regions, aws.ToString(r.RegionName))
	}
	return Finding{Property: "replicas", Level: Note, Found: strings.Join(regions, ", "), Expected: "none",
		Why: "Conditions hold within one region. Of writes to one session in two regions the later wins, so keep each user in one region."}
}
