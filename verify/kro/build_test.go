package kro

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/kubernetes-sigs/kro/api/v1alpha1"
	"github.com/kubernetes-sigs/kro/pkg/graph"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/client-go/rest"
)

// graphConfig is what kro's chart sets.
var graphConfig = graph.Config{MaxCollectionSize: 1000, MaxCollectionDimensionSize: 10}

func definition(t *testing.T) string {
	t.Helper()
	return string(read(t, "deploy/kro/simpledynamodb.yaml"))
}

// build does with text what kro does with a ResourceGraphDefinition, after what
// an API server does with it.
func build(t *testing.T, text string) (*graph.Graph, error) {
	t.Helper()
	var rgd v1alpha1.ResourceGraphDefinition
	if err := decode([]byte(text), &rgd); err != nil {
		return nil, err
	}
	c := newCluster(t)
	b, err := graph.NewBuilder(&rest.Config{}, http.DefaultClient, graph.WithSchemaResolver(c), graph.WithRESTMapper(c.mapper()))
	if err != nil {
		t.Fatal(err)
	}
	return b.NewResourceGraphDefinition(&rgd, graphConfig)
}

func mustBuild(t *testing.T) *graph.Graph {
	t.Helper()
	g, err := build(t, definition(t))
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestTheKindIsTheOneOfTheGuideAndTheComponent(t *testing.T) {
	t.Parallel()
	crd := mustBuild(t).CRD
	if got := fmt.Sprint(crd.Spec.Group, " ", crd.Spec.Versions[0].Name, " ", crd.Spec.Names.Kind, " ", crd.Spec.Scope); got != "kro.run v1alpha1 SimpleDynamoDB Namespaced" {
		t.Errorf("it is %s", got)
	}
	// "kubectl get simpledynamodb" finds it by the singular name.
	if n := crd.Spec.Names; n.Singular != "simpledynamodb" || n.Plural != "simpledynamodbs" || !slices.Equal(n.ShortNames, []string{"sdb"}) {
		t.Errorf("its names are %+v", n)
	}
}

func TestEveryColumnShowsAFieldThatThereIs(t *testing.T) {
	t.Parallel()
	crd := mustBuild(t).CRD
	v := crd.Spec.Versions[0]
	if len(v.AdditionalPrinterColumns) == 0 {
		t.Fatal("there are none")
	}
	for _, c := range v.AdditionalPrinterColumns {
		if c.JSONPath == ".metadata.creationTimestamp" {
			continue
		}
		var part, field string
		if _, err := fmt.Sscanf(c.JSONPath, ".%4s.%s", &part, &field); err != nil {
			_, err = fmt.Sscanf(c.JSONPath, ".%6s.%s", &part, &field)
			if err != nil {
				t.Errorf("%s: %q is no path to a field", c.Name, c.JSONPath)
				continue
			}
		}
		p, ok := v.Schema.OpenAPIV3Schema.Properties[part].Properties[field]
		if !ok || p.Type != c.Type {
			t.Errorf("%s shows %s as a %s, which is a %q", c.Name, c.JSONPath, c.Type, p.Type)
		}
	}
}

// wrongDefaults returns what the builder lets through and an API server does not:
// defaults of another type than their field and defaults that are none of the
// choices. Both would keep kro from making the kind.
func wrongDefaults(crd *extv1.CustomResourceDefinition) error {
	var errs []error
	for name, p := range crd.Spec.Versions[0].Schema.OpenAPIV3Schema.Properties["spec"].Properties {
		if p.Default == nil {
			continue
		}
		var value any
		if err := json.Unmarshal(p.Default.Raw, &value); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
			continue
		}
		if got := jsonType(value); got != p.Type {
			errs = append(errs, fmt.Errorf("%s is a %s, and its default %s a %s", name, p.Type, p.Default.Raw, got))
		}
		isChoice := func(c extv1.JSON) bool { return string(c.Raw) == string(p.Default.Raw) }
		if len(p.Enum) > 0 && !slices.ContainsFunc(p.Enum, isChoice) {
			errs = append(errs, fmt.Errorf("%s has the default %s, which is no choice", name, p.Default.Raw))
		}
	}
	return errors.Join(errs...)
}

func jsonType(value any) string {
	switch value.(type) {
	case bool:
		return "boolean"
	case string:
		return "string"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	}
	return "number"
}

func TestDefaultsAreOfTheirFieldsType(t *testing.T) {
	t.Parallel()
	if err := wrongDefaults(mustBuild(t).CRD); err != nil {
		t.Error(err)
	}
}
