package kro

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/kubernetes-sigs/kro/pkg/graph"
	"github.com/kubernetes-sigs/kro/pkg/runtime"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// object returns the one object in a file of the repository.
func object(t *testing.T, path string) map[string]any {
	t.Helper()
	var o map[string]any
	if err := decode(read(t, path), &o); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return o
}

// stored returns instance as an API server stores it: with the defaults of the
// kind, and with what every object has.
func stored(t *testing.T, g *graph.Graph, instance map[string]any) *unstructured.Unstructured {
	t.Helper()
	u := (&unstructured.Unstructured{Object: instance}).DeepCopy()
	u.SetNamespace("default")
	u.SetGeneration(1)
	spec := u.Object["spec"].(map[string]any)
	for name, p := range g.CRD.Spec.Versions[0].Schema.OpenAPIV3Schema.Properties["spec"].Properties {
		if _, given := spec[name]; given || p.Default == nil {
			continue
		}
		var value any
		if err := json.Unmarshal(p.Default.Raw, &value); err != nil {
			t.Fatal(err)
		}
		spec[name] = value
	}
	return u
}

// reconcile returns kro's runtime for instance and its one node, the table.
func reconcile(g *graph.Graph, instance *unstructured.Unstructured) (*runtime.Runtime, *runtime.Node, error) {
	rt, err := runtime.FromGraph(g, graphConfig, runtime.WithInstance(instance))
	if err != nil {
		return nil, nil, err
	}
	if len(rt.Nodes()) != 1 {
		return nil, nil, errors.New("the graph has not one node")
	}
	return rt, rt.Nodes()[0], nil
}

// tableOf returns the Table that kro makes of instance.
func tableOf(g *graph.Graph, instance *unstructured.Unstructured) (map[string]any, error) {
	_, node, err := reconcile(g, instance)
	if err != nil {
		return nil, err
	}
	desired, err := node.GetDesired()
	if err != nil {
		return nil, err
	}
	table := desired[0].DeepCopy()
	table.SetNamespace("") // the manifest names none
	return table.Object, nil
}

// example returns the instance in deploy/kro without what stands there only to be
// shown: every value that is the default.
func example(t *testing.T) map[string]any {
	t.Helper()
	o := object(t, "deploy/kro/example.yaml")
	spec := o["spec"].(map[string]any)
	for _, name := range []string{"deletionPolicy", "deletionProtection", "pointInTimeRecovery"} {
		delete(spec, name)
	}
	return o
}

func TestTheExampleShowsTheDefaults(t *testing.T) {
	t.Parallel()
	g := mustBuild(t)
	whole := object(t, "deploy/kro/example.yaml")
	if found := faults(openAPI(t, g.CRD), whole); found != nil {
		t.Errorf("the example does not fit its kind: %v", found)
	}
	short := stored(t, g, example(t))
	if diff := cmp.Diff(stored(t, g, whole).Object, short.Object); diff != "" {
		t.Errorf("without its defaults the example is another:\n%s", diff)
	}
}

func TestTheTableOfAnInstanceIsTheOneOfThePlainManifests(t *testing.T) {
	t.Parallel()
	g := mustBuild(t)
	got, err := tableOf(g, stored(t, g, example(t)))
	if err != nil {
		t.Fatal(err)
	}
	want := object(t, "deploy/kubernetes/table/table.yaml")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("deploy/kubernetes/table and what kro makes of deploy/kro/example.yaml differ:\n%s", diff)
	}
	if found := faults(newCluster(t).table, want); found != nil {
		t.Errorf("the table does not fit its kind: %v", found)
	}
}

func TestEachParameterReachesTheTable(t *testing.T) {
	t.Parallel()
	g := mustBuild(t)
	o := example(t)
	o["metadata"] = map[string]any{"name": "another"}
	o["spec"] = map[string]any{
		"tableName": "other-sessions", "region": "eu-central-1", "deletionPolicy": "delete", "deletionProtection": false,
		"pointInTimeRecovery": true, "tags": []any{map[string]any{"key": "team", "value": "identity"}, map[string]any{"key": "a", "value": "b"}},
	}
	got, err := tableOf(g, stored(t, g, o))
	if err != nil {
		t.Fatal(err)
	}
	table := unstructured.Unstructured{Object: got}
	spec := got["spec"].(map[string]any)
	for what, pair := range map[string][2]any{
		"name":                {table.GetName(), "another"},
		"region":              {table.GetAnnotations()["services.k8s.aws/region"], "eu-central-1"},
		"deletion policy":     {table.GetAnnotations()["services.k8s.aws/deletion-policy"], "delete"},
		"adoption fields":     {table.GetAnnotations()["services.k8s.aws/adoption-fields"], `{"tableName": "other-sessions"}`},
		"table name":          {spec["tableName"], "other-sessions"},
		"deletion protection": {spec["deletionProtectionEnabled"], false},
		"recovery":            {spec["continuousBackups"], map[string]any{"pointInTimeRecoveryEnabled": true}},
		"tags":                {spec["tags"], o["spec"].(map[string]any)["tags"]},
	} {
		if diff := cmp.Diff(pair[1], pair[0]); diff != "" {
			t.Errorf("%s:\n%s", what, diff)
		}
	}
}

func TestInstancesThatCannotBeServedAreRefused(t *testing.T) {
	t.Parallel()
	g := mustBuild(t)
	s := openAPI(t, g.CRD)
	for name, change := range map[string]func(spec map[string]any){
		"no table name":         func(spec map[string]any) { delete(spec, "tableName") },
		"no region":             func(spec map[string]any) { delete(spec, "region") },
		"a table name too long": func(spec map[string]any) { spec["tableName"] = string(make([]byte, 256)) },
		"a blank in the name":   func(spec map[string]any) { spec["tableName"] = "user sessions" },
		"an availability zone":  func(spec map[string]any) { spec["region"] = "us-west-2a" },
		"another policy":        func(spec map[string]any) { spec["deletionPolicy"] = "orphan" },
		"a switch as text":      func(spec map[string]any) { spec["deletionProtection"] = "true" },
		"a tag without a value": func(spec map[string]any) { spec["tags"] = []any{map[string]any{"key": "a"}} },
		"a misspelt parameter":  func(spec map[string]any) { spec["pointInTimeRecover"] = true },
	} {
		o := object(t, "deploy/kro/example.yaml")
		change(o["spec"].(map[string]any))
		if faults(s, o) == nil {
			t.Errorf("an instance with %s is taken", name)
		}
	}
}
