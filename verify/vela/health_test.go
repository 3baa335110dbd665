package vela

import (
	"strings"
	"testing"

	"github.com/oam-dev/kubevela/pkg/cue/definition/health"
	"sigs.k8s.io/yaml"
)

// policies returns what the rendered definition says of health and status.
func policies(t *testing.T) *health.StatusRequest {
	t.Helper()
	var d struct {
		Spec struct {
			Status struct{ HealthPolicy, CustomStatus string }
		}
	}
	if err := yaml.Unmarshal([]byte(read(t, component+".yaml")), &d); err != nil {
		t.Fatal(err)
	}
	s := d.Spec.Status
	if s.HealthPolicy == "" || s.CustomStatus == "" {
		t.Fatal("the definition has none")
	}
	return &health.StatusRequest{Health: s.HealthPolicy, Custom: s.CustomStatus}
}

// instance returns the SimpleDynamoDB as the API server has it, with that status.
func instance(status map[string]any) map[string]any {
	o := map[string]any{
		"apiVersion": "kro.run/v1alpha1", "kind": "SimpleDynamoDB",
		"metadata": map[string]any{"name": "user-sessions", "namespace": "default", "generation": 1},
		"spec":     map[string]any{"tableName": "tenant-atlantis-user-sessions", "region": "us-west-2"},
	}
	if status != nil {
		o["status"] = status
	}
	return o
}

// phases returns what kro tells of a table in each phase, and what is not ACK's
// but kro's own to tell.
func phases(t *testing.T) map[string]map[string]any {
	t.Helper()
	var told map[string]map[string]any
	if err := yaml.Unmarshal([]byte(read(t, top+"/verify/kro/testdata/phases.yaml")), &told); err != nil {
		t.Fatal(err)
	}
	all := map[string]map[string]any{}
	for name, status := range told {
		all[name] = instance(status)
	}
	refused := map[string]any{"type": "Ready", "status": "False", "observedGeneration": 1, "message": "tables is forbidden"}
	all["missing"] = instance(nil)
	all["refused"] = instance(map[string]any{"state": "ERROR", "conditions": []any{refused}})
	all["refused without a word"] = instance(map[string]any{"state": "ERROR"})
	all["changed since"] = instance(told["active"])
	all["changed since"]["metadata"].(map[string]any)["generation"] = 2
	all["going"] = instance(told["active"])
	all["going"]["metadata"].(map[string]any)["deletionTimestamp"] = "2026-11-25T16:00:00Z"
	return all
}

func TestHealthAndMessageAreRightInEveryPhase(t *testing.T) {
	t.Parallel()
	const (
		arn  = "arn:aws:dynamodb:us-west-2:111122223333:table/tenant-atlantis-user-sessions"
		wait = ", waiting until ACK has made it as asked for"
	)
	want := map[string]struct {
		healthy bool
		message string
	}{
		"missing":                {false, "kro has not looked at it yet; is the ResourceGraphDefinition simpledynamodb active?"},
		"unseen":                 {false, "not there yet" + wait},
		"creating":               {false, "CREATING" + wait},
		"without TTL":            {false, "ACTIVE" + wait},
		"active":                 {true, "ACTIVE, " + arn},
		"recovered":              {true, "ACTIVE, " + arn},
		"updating":               {false, "UPDATING" + wait},
		"updating by hand":       {false, "UPDATING" + wait},
		"deleting":               {false, "DELETING" + wait},
		"terminal":               {false, "not there yet, and ACK has given up until the spec changes: ValidationException: One or more parameter values were invalid"},
		"active with a problem":  {false, "ACTIVE, and ACK has given up until the spec changes: ValidationException: a tag"},
		"denied":                 {false, "not there yet, and ACK goes on trying: AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/ack is not authorized to perform: dynamodb:CreateTable"},
		"refused":                {false, "kro cannot apply it: tables is forbidden"},
		"refused without a word": {false, "kro cannot apply it"},
		"changed since":          {false, "ACTIVE, and kro has not looked at the last change yet"},
		"going":                  {false, "its object is being deleted"},
	}
	all := phases(t)
	if len(all) != len(want) {
		t.Errorf("there are %d phases, and %d are expected", len(all), len(want))
	}
	for name, output := range all {
		got, err := health.GetStatus(map[string]any{"name": "user-sessions", "output": output}, policies(t))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		w := want[name]
		if w.message = "Table tenant-atlantis-user-sessions: " + w.message; got.Healthy != w.healthy || got.Message != w.message {
			t.Errorf("%s: healthy %v, %q; want %v, %q", name, got.Healthy, got.Message, w.healthy, w.message)
		}
	}
}

// TestAPolicyThatIsWrongIsSeen shows that the test above can fail: KubeVela takes
// a policy that it cannot evaluate for an unhealthy component without a message.
func TestAPolicyThatIsWrongIsSeen(t *testing.T) {
	t.Parallel()
	active := map[string]any{"name": "user-sessions", "output": phases(t)["active"]}
	twice := *policies(t)
	twice.Custom += "\nmessage: \"another\""
	if got, err := health.GetStatus(active, &twice); err == nil || got.Message != "" {
		t.Errorf("a message that is assigned twice is %q, %v", got.Message, err)
	}
	other := *policies(t)
	other.Health = strings.ReplaceAll(other.Health, "status.state", "status.phase")
	if got, _ := health.GetStatus(active, &other); got.Healthy {
		t.Error("a policy that reads another field finds the table healthy")
	}
}
