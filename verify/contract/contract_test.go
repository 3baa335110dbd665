package contract

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"

	"session-api/api"
)

// check compares the document with itself and with the service, over the calls that
// drive makes.
func check(t *testing.T, d document, drive func(*driver)) faults {
	t.Helper()
	driver, err := newDriver(t, d)
	if err != nil {
		return faults{err.Error()}
	}
	drive(driver)
	all := driver.faults
	all = append(all, driver.neverDriven()...)
	all = append(all, routeFaults(d, startService(t, 0).api.Routes())...)
	all = append(all, exampleFaults(d.withStrays().closed())...)
	return append(all, codeFaults(d)...)
}

func published(t *testing.T) document {
	t.Helper()
	d, err := parse(api.JSON())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestTheServiceKeepsItsContract(t *testing.T) {
	t.Parallel()
	for _, fault := range check(t, published(t), (*driver).driveAll) {
		t.Error(fault)
	}
}

func TestTheContractIsAValidOpenAPIDocument(t *testing.T) {
	t.Parallel()
	for name, text := range map[string][]byte{"openapi.yaml": api.YAML(), "openapi.json": api.JSON()} {
		parsed, err := libopenapi.NewDocument(text)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		v, errs := validator.NewValidator(parsed)
		if len(errs) > 0 {
			t.Fatalf("%s: %v", name, errs)
		}
		if ok, errs := v.ValidateDocument(); !ok {
			t.Errorf("%s: %s", name, texts(errs))
		}
		v.Release()
	}
}

// TestTheJSONSaysWhatTheYAMLSays reads the YAML by another parser than the one
// that the JSON was made with.
func TestTheJSONSaysWhatTheYAMLSays(t *testing.T) {
	t.Parallel()
	var written, converted any
	if err := yaml.Unmarshal(api.YAML(), &written); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(api.JSON(), &converted); err != nil {
		t.Fatal(err)
	}
	if w, c := plain(written), plain(converted); !reflect.DeepEqual(w, c) {
		t.Error(`openapi.json is not what openapi.yaml says; run "go generate ./api" in the main module`)
	}
}

// plain brings the numbers of both parsers to one type.
func plain(node any) any {
	switch n := node.(type) {
	case map[string]any:
		for name, child := range n {
			n[name] = plain(child)
		}
	case []any:
		for i, child := range n {
			n[i] = plain(child)
		}
	case uint64, int64, int, float64:
		return fmt.Sprint(n)
	}
	return node
}

// TestDriftIsNoticed changes the document in each way in which it could part from
// the service, and expects the fault by name.
func TestDriftIsNoticed(t *testing.T) {
	t.Parallel()
	for name, drift := range drifts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := published(t)
			drift.change(d)
			found := check(t, d, (*driver).driveBasics)
			if !strings.Contains(strings.Join(found, "\n"), drift.fault) {
				t.Errorf("want the fault %q, got %q", drift.fault, found)
			}
		})
	}
}
