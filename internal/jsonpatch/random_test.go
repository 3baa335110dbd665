package jsonpatch_test

import (
	"encoding/json"
	"errors"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"session-api"
	"session-api/internal/jsonpatch"
)

// draw makes random documents and patches of the names and values that are easily
// got wrong.
type draw struct{ *rand.Rand }

func (d draw) of(all ...string) string { return all[d.IntN(len(all))] }

func (d draw) name() string {
	return d.of("", "a", "b", "0", "1", "2", "01", "+1", "-0", "-1", "-", "~", "~1", "/", "<", "data")
}

func (d draw) value(depth int) any {
	switch n := d.IntN(8); {
	case n < 3 && depth > 0:
		object := map[string]any{}
		for range d.IntN(4) {
			object[d.name()] = d.value(depth - 1)
		}
		return object
	case n < 6 && depth > 0:
		list := []any{}
		for range d.IntN(4) {
			list = append(list, d.value(depth-1))
		}
		return list
	}
	return d.scalar()
}

// scalar is a value that stands for itself.
func (d draw) scalar() any {
	switch d.IntN(4) {
	case 0:
		return nil
	case 1:
		return json.Number(d.of("0", "1", "1.0", "10e-1", "1E400"))
	case 2:
		return d.IntN(2) == 0
	}
	return d.of("", "x", "\u2028<&>")
}

// path mostly leads to what is in doc or beside it.
func (d draw) path(doc any) string {
	var b strings.Builder
	for d.IntN(4) > 0 {
		name := d.name()
		switch inner := doc.(type) {
		case map[string]any:
			if names := slices.Sorted(maps.Keys(inner)); len(names) > 0 && d.IntN(8) > 0 {
				name = names[d.IntN(len(names))]
			}
			doc = inner[name]
		case []any:
			if i := d.IntN(len(inner) + 1); i < len(inner) && d.IntN(8) > 0 {
				name, doc = strconv.Itoa(i), inner[i]
			}
		default:
			if d.IntN(8) > 0 {
				return b.String()
			}
		}
		b.WriteString("/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name))
	}
	return b.String()
}

func (d draw) operation(doc any) map[string]any {
	path := d.path(doc)
	o := map[string]any{"op": d.of("add", "add", "remove", "replace", "move", "copy", "test"), "path": path}
	switch o["op"] {
	case "move", "copy":
		o["from"] = d.path(doc)
	case "add", "replace", "test":
		o["value"] = d.value(1)
	}
	if found, err := at(doc, tokens(path)); o["op"] == "test" && err == nil && d.IntN(4) > 0 {
		o["value"] = found
	}
	return o
}

func text(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestRandomPatchesDoWhatTheReferenceDoes(t *testing.T) {
	t.Parallel()
	d := draw{rand.New(rand.NewPCG(6902, 7396))}
	applied := 0
	for range 3000 {
		doc, patch := d.value(3), []any{}
		for range 1 + d.IntN(3) {
			patch = append(patch, d.operation(doc))
		}
		data := text(t, doc)
		got, err := patched(data, text(t, patch))
		if errors.Is(err, &session.Error{Code: jsonpatch.CodeInvalid}) {
			continue
		}
		want, wantErr := patchReference(t, decode(t, data), text(t, patch))
		switch {
		case (err == nil) != (wantErr == nil):
			t.Fatalf("%s with %s: %q, %v; want %v, %v", data, text(t, patch), got, err, want, wantErr)
		case err == nil:
			applied++
			if !reflect.DeepEqual(decode(t, got), want) {
				t.Fatalf("%s with %s became %s, want %s", data, text(t, patch), got, text(t, want))
			}
		}
	}
	if applied < 500 {
		t.Errorf("only %d patches applied", applied)
	}
}
