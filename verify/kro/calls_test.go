package kro

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
)

// calls are what ACK sends to AWS for the spec of a Table.
type calls struct {
	create   dynamodb.CreateTableInput
	ttl      types.TimeToLiveSpecification
	recovery types.PointInTimeRecoverySpecification
}

// callsFor splits the spec of a Table into the requests that it stands for. The
// names of the SDK's fields are those of the spec, up to the case of letters, so
// a name or a type that AWS does not know is an error.
func callsFor(spec map[string]any) (calls, error) {
	var c calls
	rest := map[string]any{}
	for name, value := range spec {
		into := any(nil)
		switch name {
		case "timeToLive":
			into = &c.ttl
		case "continuousBackups":
			into = &c.recovery
		default:
			rest[name] = value
			continue
		}
		if err := recode(value, into); err != nil {
			return c, err
		}
	}
	return c, recode(rest, &c.create)
}

func recode(value, into any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

// TestTheKindTableIsTheAPIOfDynamoDB holds the schema that the definition is built
// against to the SDK, since a mistake there would hide one in the definition.
func TestTheKindTableIsTheAPIOfDynamoDB(t *testing.T) {
	t.Parallel()
	spec := tableCRD(t).Spec.Versions[0].Schema.OpenAPIV3Schema.Properties["spec"]
	if _, err := callsFor(specimen(&spec).(map[string]any)); err != nil {
		t.Error(err)
	}
}

// specimen returns a value of the schema's type in which every field is set.
func specimen(p *extv1.JSONSchemaProps) any {
	switch p.Type {
	case "object":
		o := map[string]any{}
		for name, field := range p.Properties {
			o[name] = specimen(&field)
		}
		return o
	case "array":
		return []any{specimen(p.Items.Schema)}
	case "boolean":
		return true
	case "integer":
		return 1
	}
	return "text"
}
