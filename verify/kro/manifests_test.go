package kro

import (
	"bytes"
	"fmt"
	"path/filepath"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

// typed are the kinds of Kubernetes that the manifests use.
var typed = map[string]func() any{
	"apps/v1 Deployment":                       func() any { return &appsv1.Deployment{} },
	"autoscaling/v2 HorizontalPodAutoscaler":   func() any { return &autoscalingv2.HorizontalPodAutoscaler{} },
	"batch/v1 Job":                             func() any { return &batchv1.Job{} },
	"v1 Service":                               func() any { return &corev1.Service{} },
	"v1 ServiceAccount":                        func() any { return &corev1.ServiceAccount{} },
	"networking.k8s.io/v1 NetworkPolicy":       func() any { return &networkingv1.NetworkPolicy{} },
	"policy/v1 PodDisruptionBudget":            func() any { return &policyv1.PodDisruptionBudget{} },
	"rbac.authorization.k8s.io/v1 ClusterRole": func() any { return &rbacv1.ClusterRole{} },
}

// kustomize returns the objects of a kustomization of the repository, by kind and
// name ("Service session-api").
func kustomize(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), filepath.Join(top, dir))
	if err != nil {
		t.Fatalf("%s: %v", dir, err)
	}
	objects := map[string][]byte{}
	for _, r := range built.Resources() {
		text, err := r.AsYAML()
		if err != nil {
			t.Fatal(err)
		}
		objects[r.GetKind()+" "+r.GetName()] = text
	}
	return objects
}

// rendered returns the objects that KubeVela makes of the application in file, of
// verify/vela/testdata.
func rendered(t *testing.T, file string) map[string][]byte {
	t.Helper()
	objects := map[string][]byte{}
	for _, text := range documents(read(t, "verify/vela/testdata", file)) {
		var o struct {
			Kind     string
			Metadata struct{ Name string }
		}
		if err := yaml.Unmarshal(text, &o); err != nil {
			t.Fatal(err)
		}
		if o.Kind == "" {
			continue // a heading of the dry run's
		}
		// Without a cluster KubeVela takes it for one before 1.23.
		text = bytes.Replace(text, []byte("apiVersion: autoscaling/v2beta2\n"), []byte("apiVersion: autoscaling/v2\n"), 1)
		objects[o.Kind+" "+o.Metadata.Name] = text
	}
	return objects
}

// documents splits a file into its YAML documents.
func documents(text []byte) [][]byte {
	return bytes.Split(append([]byte("\n"), text...), []byte("\n---\n"))
}

func deployment(t *testing.T, objects map[string][]byte, name string) *appsv1.Deployment {
	t.Helper()
	return as[appsv1.Deployment](t, objects, "Deployment "+name)
}

// as returns one of objects as what it is, strictly decoded.
func as[T any](t *testing.T, objects map[string][]byte, key string) *T {
	t.Helper()
	text, ok := objects[key]
	if !ok {
		t.Fatalf("there is no %s", key)
	}
	var o T
	if err := decode(text, &o); err != nil {
		t.Fatalf("%s: %v", key, err)
	}
	return &o
}

func container(t *testing.T, d *appsv1.Deployment) corev1.Container {
	t.Helper()
	if len(d.Spec.Template.Spec.Containers) != 1 {
		t.Fatalf("%s has not one container", d.Name)
	}
	return d.Spec.Template.Spec.Containers[0]
}

// check returns what an API server with strict validation would say of an object.
func check(t *testing.T, text []byte) error {
	t.Helper()
	var o map[string]any
	if err := decode(text, &o); err != nil {
		return err
	}
	switch kind := fmt.Sprint(o["apiVersion"], " ", o["kind"]); kind {
	case "dynamodb.services.k8s.aws/v1alpha1 Table":
		if found := faults(newCluster(t).table, o); found != nil {
			return fmt.Errorf("%v", found)
		}
	case "kro.run/v1alpha1 SimpleDynamoDB":
		if found := faults(openAPI(t, mustBuild(t).CRD), o); found != nil {
			return fmt.Errorf("%v", found)
		}
	default:
		into, ok := typed[kind]
		if !ok {
			return fmt.Errorf("no manifest here should hold a %s", kind)
		}
		return decode(text, into())
	}
	return nil
}

// sources are all ways to have the service, by what they are.
func sources(t *testing.T) map[string]map[string][]byte {
	t.Helper()
	return map[string]map[string][]byte{
		"the application":                rendered(t, "session-management.yaml"),
		"the application on a laptop":    rendered(t, "session-management-laptop.yaml"),
		"deploy/kubernetes/base":         kustomize(t, "deploy/kubernetes/base"),
		"deploy/kubernetes/overlays/eks": kustomize(t, "deploy/kubernetes/overlays/eks"),
		"deploy/laptop/plain":            kustomize(t, "deploy/laptop/plain"),
	}
}

func TestEveryManifestFitsItsKind(t *testing.T) {
	t.Parallel()
	for source, objects := range sources(t) {
		for key, text := range objects {
			if err := check(t, text); err != nil {
				t.Errorf("%s: %s: %v", source, key, err)
			}
		}
	}
	if err := check(t, read(t, "deploy/kro/rbac.yaml")); err != nil {
		t.Errorf("deploy/kro/rbac.yaml: %v", err)
	}
}

func TestAManifestWithAMisspeltFieldDoesNotPass(t *testing.T) {
	t.Parallel()
	base := kustomize(t, "deploy/kubernetes/base")
	for key, old := range map[string]string{
		"Deployment session-api": "terminationGracePeriodSeconds", "NetworkPolicy session-api": "policyTypes", "PodDisruptionBudget session-api": "maxUnavailable",
	} {
		if check(t, bytes.ReplaceAll(base[key], []byte(old), []byte(old+"s"))) == nil {
			t.Errorf("%s with %ss passes", key, old)
		}
	}
}
