package kro

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// plain returns an object without what KubeVela puts on it to find it again.
func plain(t *testing.T, text []byte) map[string]any {
	t.Helper()
	var o map[string]any
	if err := yaml.Unmarshal(text, &o); err != nil {
		t.Fatal(err)
	}
	u := unstructured.Unstructured{Object: o}
	u.SetLabels(nil)
	u.SetNamespace("")
	u.SetAnnotations(withoutKubeVelas(u.GetAnnotations()))
	if labels, found, _ := unstructured.NestedStringMap(o, "spec", "template", "metadata", "labels"); found {
		maps.DeleteFunc(labels, func(name, _ string) bool { return name != "app.oam.dev/component" })
		if err := unstructured.SetNestedStringMap(o, labels, "spec", "template", "metadata", "labels"); err != nil {
			t.Fatal(err)
		}
	}
	withoutDefaults(o)
	return o
}

// withoutDefaults takes out what says nothing: what an API server would put into
// probes, and empty lists.
func withoutDefaults(value any) {
	switch v := value.(type) {
	case map[string]any:
		maps.DeleteFunc(v, func(name string, value any) bool {
			list, is := value.([]any)
			return name == "initialDelaySeconds" && value == 0.0 || name == "successThreshold" && value == 1.0 || is && len(list) == 0
		})
		for _, field := range v {
			withoutDefaults(field)
		}
	case []any:
		for _, item := range v {
			withoutDefaults(item)
		}
	}
}

func withoutKubeVelas(annotations map[string]string) map[string]string {
	maps.DeleteFunc(annotations, func(name, _ string) bool { return strings.Contains(name, "oam.dev/") })
	if len(annotations) == 0 {
		return nil
	}
	return annotations
}

// alike fails t where two sets of objects differ in more than order and in what
// KubeVela adds.
func alike(t *testing.T, what string, some, others map[string][]byte) {
	t.Helper()
	if a, b := slices.Sorted(maps.Keys(some)), slices.Sorted(maps.Keys(others)); !slices.Equal(a, b) {
		t.Fatalf("%s: one has %v, the other %v", what, a, b)
	}
	for key := range some {
		a, b := plain(t, some[key]), plain(t, others[key])
		if !equality.Semantic.DeepEqual(a, b) {
			t.Errorf("%s: %s differs:\n%s", what, key, cmp.Diff(a, b))
		}
	}
}

func TestWithAndWithoutKubeVelaIsTheSame(t *testing.T) {
	t.Parallel()
	g := mustBuild(t)
	app := rendered(t, "session-management.yaml")
	instance := as[map[string]any](t, app, "SimpleDynamoDB user-sessions")
	table, err := tableOf(g, stored(t, g, *instance))
	if err != nil {
		t.Fatal(err)
	}
	delete(app, "SimpleDynamoDB user-sessions")
	if app["Table user-sessions"], err = yaml.Marshal(table); err != nil {
		t.Fatal(err)
	}
	alike(t, "the application and deploy/kubernetes/overlays/eks", app, kustomize(t, "deploy/kubernetes/overlays/eks"))
}

func TestOnALaptopWithAndWithoutKubeVelaIsTheSame(t *testing.T) {
	t.Parallel()
	app := rendered(t, "session-management-laptop.yaml")
	maps.Copy(app, kustomize(t, "deploy/laptop/emulator"))
	alike(t, "deploy/laptop/kubevela and deploy/laptop/plain", app, kustomize(t, "deploy/laptop/plain"))
}

func TestTheSeedsPathLeadsToTheApplication(t *testing.T) {
	t.Parallel()
	if !bytes.Equal(read(t, "definitions/examples/session-management-app.yaml"), read(t, "deploy/kubevela/session-management-app.yaml")) {
		t.Error("definitions/examples has another application than deploy/kubevela")
	}
}
