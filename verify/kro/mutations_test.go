package kro

import (
	"errors"
	"flag"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// The checks that a definition passes, in their order.
const (
	byBuilder  = "the graph builder"
	byDefaults = "the check of defaults"
	byKind     = "the kind as it was"
	byTable    = "the table of the plain manifests"
	byPhases   = "the phases of a table"
)

// examine puts the text of a definition through all checks. It returns the first
// one that finds a fault, and the fault.
func examine(t *testing.T, text string) (by string, fault error) {
	t.Helper()
	g, err := build(t, text)
	if err != nil {
		return byBuilder, err
	}
	if err := wrongDefaults(g.CRD); err != nil {
		return byDefaults, err
	}
	kind, err := yaml.Marshal(g.CRD)
	if err != nil {
		t.Fatal(err)
	}
	if err := golden("simpledynamodbs.crd.yaml", kind); err != nil {
		return byKind, err
	}
	instance := stored(t, g, example(t))
	table, err := tableOf(g, instance)
	if err != nil {
		return byTable, err
	}
	if diff := cmp.Diff(object(t, "deploy/kubernetes/table/table.yaml"), table); diff != "" {
		return byTable, errors.New(diff)
	}
	phases, err := judge(g, instance)
	if err != nil {
		return byPhases, err
	}
	return byPhases, golden("phases.yaml", phases)
}

func TestTheDefinitionPassesEveryCheck(t *testing.T) {
	t.Parallel()
	if by, fault := examine(t, definition(t)); fault != nil {
		t.Errorf("%s: %v", by, fault)
	}
}

func TestEachFaultInTheDefinitionIsFound(t *testing.T) {
	t.Parallel()
	if flag.Lookup("update").Value.String() == "true" {
		t.Skip("it would write what the faults make")
	}
	for _, m := range []struct{ by, old, new string }{
		{byBuilder, "readyWhen:", "readywhen:"},
		{byBuilder, "id: table", "id: the-table"},
		{byBuilder, "kind: Table\n", "kind: Tables\n"},
		{byBuilder, "dynamodb.services.k8s.aws/v1alpha1", "dynamodb.services.k8s.aws/v1beta1"},
		{byBuilder, "billingMode:", "billingmode:"},
		{byBuilder, "projectionType:", "type:"},
		{byBuilder, "enabled: true", `enabled: "yes"`},
		{byBuilder, "${schema.spec.pointInTimeRecovery}", "${schema.spec.tableName}"},
		{byBuilder, "${schema.spec.pointInTimeRecovery}", "${schema.spec.recovery}"},
		{byBuilder, "${table.status.tableStatus}", "${table.status.state}"},
		{byBuilder, "${table.status.ackResourceMetadata.arn}", "${table.status.arn}"},
		{byBuilder, `${table.status.tableStatus == "ACTIVE"}`, "${table.status.tableStatus}"},
		{byBuilder, `c.status == "True")}`, `c.status == "True"}`},
		{byBuilder, `c.status == "True")}`, `c.status == true)}`},
		{byBuilder, "minLength=3", "atLeast=3"},
		{byBuilder, "minLength=3", "minLength=three"},
		{byBuilder, "boolean | default=false", "bool | default=false"},
		{byBuilder, "'[]Tag |", "'[]Tags |"},
		{byBuilder, "scope: Namespaced\n", "scope: Cluster\n"},
		{byDefaults, `default="retain" enum`, `default="keep" enum`},
		{byKind, `enum="retain,delete"`, `enum="retain,remove"`},
		{byKind, "tableName: string | required=true immutable=true", "tableName: string | required=true"},
		{byKind, "region: string | required=true immutable=true", "region: string | immutable=true"},
		{byKind, `default="retain"`, `default="delete"`},
		{byKind, "deletionProtection: boolean | default=true", "deletionProtection: boolean | default=false"},
		{byKind, "jsonPath: .status.tableStatus", "jsonPath: .status.status"},
		{byKind, "- sdb", "- table"},
		{byTable, "indexName: userId-index", "indexName: user-index"},
		{byTable, "attributeName: id\n              keyType", "attributeName: userId\n              keyType"},
		{byTable, "keyType: RANGE", "keyType: HASH"},
		{byTable, "KEYS_ONLY", "ALL"},
		{byTable, "attributeName: ttl", "attributeName: expires"},
		{byTable, "PAY_PER_REQUEST", "PROVISIONED"},
		{byTable, "attributeType: S", "attributeType: B"},
		{byTable, "            services.k8s.aws/adoption-policy: adopt-or-create\n", ""},
		{byTable, "            services.k8s.aws/region: ${schema.spec.region}\n", ""},
		{byTable, "deletion-policy: ${schema.spec.deletionPolicy}", "deletion-policy: delete"},
		{byTable, `'{"tableName": "${schema.spec.tableName}"}'`, `'{"tableName": "${schema.metadata.name}"}'`},
		{byTable, "name: ${schema.metadata.name}\n", "name: ${schema.spec.tableName}\n"},
		{byTable, "deletionProtectionEnabled: ${schema.spec.deletionProtection}", "deletionProtectionEnabled: false"},
		{byTable, "          tags: ${schema.spec.tags}\n", ""},
		{byTable, "tags: ${schema.spec.tags}", "tags: ${schema.spec.tags.map(t, t.key)}"},
		{byPhases, `"ACTIVE"}`, `"CREATING"}`},
		{byPhases, `        - ${table.status.tableStatus == "ACTIVE"}` + "\n", ""},
		{byPhases, `        - ${table.status.conditions.exists(c, c.type == "ACK.ResourceSynced" && c.status == "True")}` + "\n", ""},
		{byPhases, `(c.type == "ACK.Terminal" ||`, `(c.type == "Terminal" ||`},
		{byPhases, `c.?message.orValue("")`, "c.type"},
	} {
		text := strings.Replace(definition(t), m.old, m.new, 1)
		if text == definition(t) {
			t.Errorf("there is no %q to change", m.old)
			continue
		}
		by, fault := examine(t, text)
		switch {
		case fault == nil:
			t.Errorf("%q in place of %q passes", m.new, m.old)
		case by != m.by:
			t.Errorf("%q in place of %q is found by %s, not by %s: %v", m.new, m.old, by, m.by, fault)
		}
	}
}
