package kro

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"session-api/store/dynamo"
)

// TestTheTableHasTheNamesThatTheProgramKnows compares with the program's own
// constants; that the program is content with the table is shown elsewhere.
func TestTheTableHasTheNamesThatTheProgramKnows(t *testing.T) {
	t.Parallel()
	c, err := callsFor(object(t, "deploy/kubernetes/table/table.yaml")["spec"].(map[string]any))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, k := range c.create.KeySchema {
		found = append(found, fmt.Sprint("table ", *k.AttributeName, " ", k.KeyType))
	}
	for _, ix := range c.create.GlobalSecondaryIndexes {
		for _, k := range ix.KeySchema {
			found = append(found, fmt.Sprint(*ix.IndexName, " ", *k.AttributeName, " ", k.KeyType))
		}
	}
	found = append(found, "ttl "+*c.ttl.AttributeName)
	want := []string{
		"table " + dynamo.AttributeID + " HASH",
		dynamo.IndexName + " " + dynamo.AttributeUserID + " HASH",
		dynamo.IndexName + " " + dynamo.AttributeCreatedAt + " RANGE",
		"ttl " + dynamo.AttributeTTL,
	}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Error(diff)
	}
}

// option matches a row of the reference of options.
var option = regexp.MustCompile("(?m)^\\| `([A-Z_]+)` \\| `--[a-z-]+` \\| (?:`([^`]*)`)?")

// options returns the variables that the program knows, with their defaults.
func options(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, m := range option.FindAllStringSubmatch(string(read(t, "docs/configuration.md")), -1) {
		all[m[1]] = m[2]
	}
	if all["PORT"] == "" || all["DYNAMODB_TABLE_NAME"] == "" {
		t.Fatalf("the reference is read wrongly: %v", all)
	}
	return all
}

func environment(c corev1.Container) map[string]string {
	env := map[string]string{}
	for _, v := range c.Env {
		env[v.Name] = v.Value
	}
	return env
}

func TestTheContainersOptionsAreTheProgramsOwn(t *testing.T) {
	t.Parallel()
	known := options(t)
	for source, objects := range sources(t) {
		env := environment(container(t, deployment(t, objects, "session-api")))
		for name := range env {
			// The SDK's own are no options of the program.
			if _, ok := known[name]; !ok && !slices.Contains([]string{"AWS_ENDPOINT_URL_DYNAMODB", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}, name) {
				t.Errorf("%s sets %s, which the program does not know", source, name)
			}
		}
		// One name and one region, in the container, the table and the program.
		for name, want := range map[string]string{
			"SESSION_STORE": "dynamodb", "HOST": "0.0.0.0", "PORT": known["PORT"], "SHUTDOWN_GRACE": known["SHUTDOWN_GRACE"],
			// Behind a network policy: the curl commands of the guide have no credentials.
			"AUTH_MODE": "", "ALLOW_UNAUTHENTICATED": "true",
			"DYNAMODB_TABLE_NAME": known["DYNAMODB_TABLE_NAME"], "AWS_REGION": known["AWS_REGION"],
		} {
			if env[name] != want {
				t.Errorf("%s: %s is %q, not %q", source, name, env[name], want)
			}
		}
	}
	table := unstructured.Unstructured{Object: object(t, "deploy/kubernetes/table/table.yaml")}
	name, _, _ := unstructured.NestedString(table.Object, "spec", "tableName")
	region := table.GetAnnotations()["services.k8s.aws/region"]
	if name != known["DYNAMODB_TABLE_NAME"] || region != known["AWS_REGION"] {
		t.Errorf("the table is %s in %s; the program's are %s in %s", name, region, known["DYNAMODB_TABLE_NAME"], known["AWS_REGION"])
	}
}

func TestTheLaptopsJobMakesTheTableThatIsServed(t *testing.T) {
	t.Parallel()
	objects := kustomize(t, "deploy/laptop/plain")
	job := as[batchv1.Job](t, objects, "Job user-sessions").Spec.Template.Spec.Containers[0]
	service := container(t, deployment(t, objects, "session-api"))
	if job.Image != service.Image || !slices.Equal(job.Args, []string{"table", "create"}) {
		t.Errorf("it runs %s %v; the service is %s", job.Image, job.Args, service.Image)
	}
	served := environment(service)
	for name, value := range environment(job) {
		if served[name] != value {
			t.Errorf("%s is %q for the job and %q for the service", name, value, served[name])
		}
	}
	emulator := as[corev1.Service](t, objects, "Service dynamodb")
	endpoint := fmt.Sprintf("http://%s:%d", emulator.Name, emulator.Spec.Ports[0].Port)
	policy := as[networkingv1.NetworkPolicy](t, objects, "NetworkPolicy session-api").Spec.Egress[1]
	if served["AWS_ENDPOINT_URL_DYNAMODB"] != endpoint || policy.Ports[0].Port.IntVal != emulator.Spec.Ports[0].Port ||
		!maps.Equal(policy.To[0].PodSelector.MatchLabels, emulator.Spec.Selector) {
		t.Errorf("the emulator is at %s; the service calls %s and may call %+v", endpoint, served["AWS_ENDPOINT_URL_DYNAMODB"], policy)
	}
}
