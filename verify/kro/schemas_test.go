package kro

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	k8sschema "k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/kube-openapi/pkg/validation/spec"
	"k8s.io/kube-openapi/pkg/validation/strfmt"
	"k8s.io/kube-openapi/pkg/validation/validate"
	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

// top is the top of the repository.
const top = "../.."

// read returns a file of the repository.
func read(t *testing.T, path ...string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{top}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// tableCRD returns the kind Table of ACK's.
func tableCRD(t *testing.T) *extv1.CustomResourceDefinition {
	t.Helper()
	var crd extv1.CustomResourceDefinition
	if err := decode(read(t, "verify/kro/testdata/tables.crd.yaml"), &crd); err != nil {
		t.Fatal(err)
	}
	return &crd
}

// cluster is what the graph builder asks of an API server that knows the kind
// Table and no other.
type cluster struct {
	kind  k8sschema.GroupVersionKind
	table *spec.Schema
}

func newCluster(t *testing.T) cluster {
	t.Helper()
	crd := tableCRD(t)
	s := openAPI(t, crd)
	s.Properties["metadata"] = objectMeta()
	return cluster{
		kind:  k8sschema.GroupVersionKind{Group: crd.Spec.Group, Version: crd.Spec.Versions[0].Name, Kind: crd.Spec.Names.Kind},
		table: s,
	}
}

// ResolveSchema implements the schema resolver of the builder.
func (c cluster) ResolveSchema(kind k8sschema.GroupVersionKind) (*spec.Schema, error) {
	if kind != c.kind {
		return nil, fmt.Errorf("there is no %v", kind)
	}
	return c.table, nil
}

func (c cluster) mapper() meta.RESTMapper {
	m := meta.NewDefaultRESTMapper(nil)
	m.Add(c.kind, meta.RESTScopeNamespace)
	return m
}

// openAPI returns the schema of the kind's first version, whole: kro's own
// conversion leaves choices out.
func openAPI(t *testing.T, crd *extv1.CustomResourceDefinition) *spec.Schema {
	t.Helper()
	text, err := json.Marshal(crd.Spec.Versions[0].Schema.OpenAPIV3Schema)
	if err != nil {
		t.Fatal(err)
	}
	var s spec.Schema
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	return &s
}

// decode puts one YAML document into into, as strictly as an API server: no name
// twice, none that into does not know, and none in other letters.
func decode(text []byte, into any) error {
	asJSON, err := yaml.YAMLToJSONStrict(text)
	if err != nil {
		return err
	}
	strict, err := kjson.UnmarshalStrict(asJSON, into)
	return errors.Join(append(strict, err)...)
}

// objectMeta is what an API server says of metadata in place of the empty object
// that stands in a definition, as far as it matters here.
func objectMeta() spec.Schema {
	words := *spec.MapProperty(spec.StringProperty())
	words.Type = []string{"object"}
	return spec.Schema{SchemaProps: spec.SchemaProps{Type: []string{"object"}, Properties: map[string]spec.Schema{
		"name": *spec.StringProperty(), "namespace": *spec.StringProperty(), "labels": words, "annotations": words,
	}}}
}

// faults returns what an API server would say against object: what does not fit
// the schema s, and fields that s does not know.
func faults(s *spec.Schema, object map[string]any) []string {
	found := unknown(s, object, "")
	for _, err := range validate.NewSchemaValidator(s, nil, "", strfmt.Default).Validate(object).Errors {
		found = append(found, err.Error())
	}
	return found
}

// unknown returns the fields of value that s does not know.
func unknown(s *spec.Schema, value any, at string) []string {
	var found []string
	switch v := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			p, ok := s.Properties[name]
			switch {
			case ok:
				found = append(found, unknown(&p, v[name], at+"."+name)...)
			case s.AdditionalProperties == nil && at != ".metadata":
				found = append(found, "unknown field "+at+"."+name)
			}
		}
	case []any:
		for _, item := range v {
			if s.Items != nil {
				found = append(found, unknown(s.Items.Schema, item, at+"[]")...)
			}
		}
	}
	return found
}
