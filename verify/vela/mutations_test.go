package vela

import (
	"path/filepath"
	"strings"
	"testing"
)

// What a fault is found by. The first two are KubeVela's own; most faults it
// takes without a word, so that only what is made shows them.
const (
	byVet    = "vela def vet"
	byDryRun = "vela dry-run"
	byGolden = "testdata"
)

// foundBy returns what finds fault with an application and our definition, or "".
func foundBy(t *testing.T, app, ours string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "definition.cue")
	write(t, file, ours)
	if _, err := vela(t, "def", "vet", file); err != nil {
		return byVet
	}
	made, err := dryRun(t, app, ours)
	if err != nil {
		return byDryRun
	}
	if made != read(t, "testdata/session-management.yaml") {
		return byGolden
	}
	return ""
}

func TestEachFaultInTheDefinitionAndTheApplicationIsFound(t *testing.T) {
	t.Parallel()
	app, ours := applications(t)["session-management.yaml"], read(t, component+".cue")
	if by := foundBy(t, app, ours); by != "" {
		t.Errorf("without a fault %s finds one", by)
	}
	for _, m := range []struct{ by, old, new string }{
		// Of the definition.
		{byVet, "*true | bool", "*true | bool |"},
		{byVet, `type: "component"`, `type: "components"`},
		{byDryRun, `kind:       "SimpleDynamoDB"`, `kind:       "SimpleDynamoDB" & "Table"`},
		{byDryRun, "parameter.region", "parameter.zone"},
		{byDryRun, `region: *"us-west-2" | string`, "region: int"},
		{byGolden, `*"tenant-atlantis-" | string`, `*"tenant-" | string`},
		{byGolden, `*"retain" | "delete"`, `*"delete" | "retain"`},
		{byGolden, "deletionProtection: *true | bool", "deletionProtection: *false | bool"},
		{byGolden, "{key: k, value: v}", "{name: k, value: v}"},
		// Of the application.
		{byDryRun, "type: webservice", "type: webservices"},
		{byDryRun, "type: hpa", "type: hpas"},
		{byDryRun, `value: "8080"`, "value: 8080"},
		{byGolden, "name: user-sessions", "name: sessions"},
		{byGolden, "app: session-management\n", "application: session-management\n"},
		{byDryRun, "dropCapabilities", "dropCapability"},
		{byGolden, "path: /ready", "path: /readyz"},
		{byGolden, "livenessProbe:", "liveness:"},
		{byGolden, "expose: true", "exposed: true"},
		{byGolden, "terminationGracePeriodSeconds: 30", "terminationGracePeriodSeconds: 3"},
		{byGolden, "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false"},
	} {
		changedApp, changedOurs := strings.Replace(app, m.old, m.new, 1), strings.Replace(ours, m.old, m.new, 1)
		if changedApp == app && changedOurs == ours {
			t.Errorf("there is no %q to change", m.old)
			continue
		}
		if by := foundBy(t, changedApp, changedOurs); by != m.by {
			t.Errorf("%q in place of %q is found by %q, not by %s", m.new, m.old, by, m.by)
		}
	}
}
