package kro

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/kubernetes-sigs/kro/pkg/graph"
	"github.com/kubernetes-sigs/kro/pkg/runtime"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// update writes the files in testdata anew that tests compare with.
var update = flag.Bool("update", false, "write the files in testdata that tests compare with")

// phase is a moment in the life of a table, as ACK reports it.
type phase struct {
	name  string
	table map[string]any // the status of the Table; nil before ACK has seen it
	ready bool
}

// phases are the moments that health, status and columns must be right in. What
// kro makes of each is in testdata/phases.yaml, from which verify/vela goes on.
func phases() []phase {
	const denied = "AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/ack is not authorized to perform: dynamodb:CreateTable"
	return []phase{
		{name: "unseen"},
		{name: "creating", table: ack("CREATING", condition("ACK.ResourceSynced", "False", ""))},
		// TTL is switched on after the table is ACTIVE.
		{name: "without TTL", table: ack("ACTIVE", condition("ACK.ResourceSynced", "False", ""))},
		{name: "active", table: ack("ACTIVE", condition("ACK.ResourceSynced", "True", "")), ready: true},
		{name: "updating", table: ack("UPDATING", condition("ACK.ResourceSynced", "False", ""))},
		// Somebody else adds an index, after ACK's last look.
		{name: "updating by hand", table: ack("UPDATING", condition("ACK.ResourceSynced", "True", ""))},
		{name: "terminal", table: ack("", condition("ACK.ResourceSynced", "False", ""),
			condition("ACK.Terminal", "True", "ValidationException: One or more parameter values were invalid"))},
		{name: "denied", table: ack("", condition("ACK.ResourceSynced", "Unknown", ""), condition("ACK.Recoverable", "True", denied))},
		// A condition that was there and is over stays with status False.
		{name: "recovered", table: ack("ACTIVE", condition("ACK.Recoverable", "False", ""), condition("ACK.ResourceSynced", "True", "")), ready: true},
		{name: "active with a problem", table: ack("ACTIVE", condition("ACK.Terminal", "True", "ValidationException: a tag"),
			condition("ACK.ResourceSynced", "False", ""))},
		{name: "deleting", table: ack("DELETING", condition("ACK.ResourceSynced", "False", ""))},
	}
}

// ack returns the status of a Table as ACK writes it.
func ack(status string, conditions ...any) map[string]any {
	s := map[string]any{
		"ackResourceMetadata": map[string]any{"ownerAccountID": "111122223333", "region": "us-west-2"},
		"conditions":          conditions,
	}
	if status != "" {
		s["tableStatus"] = status
		s["ackResourceMetadata"].(map[string]any)["arn"] = "arn:aws:dynamodb:us-west-2:111122223333:table/tenant-atlantis-user-sessions"
	}
	return s
}

func condition(kind, status, message string) any {
	c := map[string]any{"type": kind, "status": status}
	if message != "" {
		c["message"] = message
	}
	return c
}

// judge returns what kro writes into the status of instance in each phase of its
// table, as YAML, or an error if it finds a table ready that is not, or not ready
// that is.
func judge(g *graph.Graph, instance *unstructured.Unstructured) ([]byte, error) {
	statuses := map[string]any{}
	for _, p := range phases() {
		rt, node, err := reconcile(g, instance)
		if err != nil {
			return nil, err
		}
		desired, err := node.GetDesired()
		if err != nil {
			return nil, err
		}
		observed := desired[0].DeepCopy()
		if p.table != nil {
			observed.Object["status"] = p.table
		}
		node.SetObserved([]*unstructured.Unstructured{observed})
		err = node.CheckReadiness()
		if ready := err == nil; ready != p.ready || (err != nil && !errors.Is(err, runtime.ErrWaitingForReadiness)) {
			return nil, fmt.Errorf("%s: the table is ready: %v, %w", p.name, ready, err)
		}
		if statuses[p.name], err = statusOf(rt, p.ready); err != nil {
			return nil, fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return yaml.Marshal(statuses)
}

// statusOf returns the fields that the definition asks for and, beside them, the
// state and the condition that kro's controller adds.
func statusOf(rt *runtime.Runtime, ready bool) (map[string]any, error) {
	desired, err := rt.Instance().GetDesired()
	if err != nil {
		return nil, err
	}
	status, _, err := unstructured.NestedMap(desired[0].Object, "status")
	if err != nil {
		return nil, err
	}
	if status == nil {
		status = map[string]any{}
	}
	state, is, message := "IN_PROGRESS", "Unknown", "awaiting resource readiness"
	if ready {
		state, is, message = "ACTIVE", "True", ""
	}
	status["state"] = state
	status["conditions"] = []any{map[string]any{"type": "Ready", "status": is, "message": message, "observedGeneration": int64(1)}}
	return status, nil
}

// golden compares got with a file in testdata, or writes it.
func golden(file string, got []byte) error {
	path := "testdata/" + file
	if *update {
		return os.WriteFile(path, got, 0o644)
	}
	want, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if !bytes.Equal(want, got) {
		return fmt.Errorf("it is not what %s holds (go test -run %s -update writes it anew):\n%s", path, "TestWhatKroTells", got)
	}
	return nil
}

func TestWhatKroTellsOfATableInEachPhase(t *testing.T) {
	t.Parallel()
	g := mustBuild(t)
	got, err := judge(g, stored(t, g, example(t)))
	if err != nil {
		t.Fatal(err)
	}
	if err := golden("phases.yaml", got); err != nil {
		t.Error(err)
	}
}
