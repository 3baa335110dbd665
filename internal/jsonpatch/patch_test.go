package jsonpatch_test

import (
	"strings"
	"testing"

	"session-api"
	"session-api/internal/jsonpatch"
)

func TestAPatchReachesEveryPlace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ data, patch, want string }{
		// The whole of data, whatever it is.
		{`{"a":1}`, `[]`, `{"a":1}`},
		{`"x"`, `[{"op":"test","path":"","value":"x"},{"op":"replace","path":"","value":7}]`, `7`},
		{`{}`, `[{"op":"add","path":"","value":null}]`, `null`},
		{`null`, `[{"op":"replace","path":"","value":[1]},{"op":"add","path":"/-","value":2}]`, `[1,2]`},
		{`{"a":[1]}`, `[{"op":"move","from":"/a","path":""}]`, `[1]`},
		{`{"a":1}`, `[{"op":"move","from":"","path":""}]`, `{"a":1}`},
		{`{"a":1}`, `[{"op":"add","path":"/b","value":2},{"op":"copy","from":"","path":"/c"}]`, `{"a":1,"b":2,"c":{"a":1,"b":2}}`},
		{`{"data":{"data":1}}`, `[{"op":"remove","path":"/data/data"}]`, `{"data":{}}`},
		// Empty names.
		{`{}`, `[{"op":"add","path":"/","value":1}]`, `{"":1}`},
		{`{"foo":{}}`, `[{"op":"add","path":"/foo/","value":1}]`, `{"foo":{"":1}}`},
		{`{"":{"":{"x":1}}}`, `[{"op":"replace","path":"///x","value":2},{"op":"copy","from":"//","path":"/y"}]`, `{"":{"":{"x":2}},"y":{"x":2}}`},
		{`{"":0,"\u007e":1,"~~":2}`, `[{"op":"move","from":"/","path":"/~0"},{"op":"test","path":"/~0~0","value":2}]`, `{"~":0,"~~":2}`},
		{`{"a":1}`, `[{"op":"add","path":"/b","value":{"":{"01":1}}},{"op":"test","path":"/b//01","value":1}]`, `{"a":1,"b":{"":{"01":1}}}`},
		// Names that look like places in a list.
		{`{"01":1,"+49":2,"-0":3,"-1":4,"1e0":5}`, `[{"op":"remove","path":"/01"},{"op":"replace","path":"/+49","value":0},{"op":"remove","path":"/-0"},{"op":"test","path":"/-1","value":4},{"op":"test","path":"/1e0","value":5}]`, `{"+49":0,"-1":4,"1e0":5}`},
		{`{"0":"a","-":"b"}`, `[{"op":"move","from":"/0","path":"/-"}]`, `{"-":"a"}`},
		// Null is a value.
		{`{"a":null,"b":[null,{"c":null}]}`, `[{"op":"test","path":"/a","value":null},{"op":"test","path":"/b","value":[null,{"c":null}]},{"op":"copy","from":"/a","path":"/b/0"},{"op":"replace","path":"/a","value":1},{"op":"remove","path":"/b/2/c"},{"op":"add","path":"/d","value":null}]`, `{"a":1,"b":[null,null,{}],"d":null}`},
		// Lists.
		{`[1,2,3,4]`, `[{"op":"remove","path":"/1"},{"op":"remove","path":"/2"}]`, `[1,3]`},
		{`["a","b"]`, `[{"op":"add","path":"/2","value":"c"}]`, `["a","b","c"]`},
		{`[{"a":[1]},2]`, `[{"op":"move","from":"/1","path":"/0/a/0"}]`, `[{"a":[2,1]}]`},
		{`[1,2]`, `[{"op":"move","from":"/1","path":"/1"}]`, `[1,2]`},
		// Members that mean nothing to an operation.
		{`{"a":1}`, `[{"op":"remove","path":"/a","from":5,"value":{},"Op":"add"}]`, `{}`},
	} {
		if got, err := patched(c.data, c.patch); err != nil || got != c.want {
			t.Errorf("%s with %s became %s, %v; want %s", c.data, c.patch, got, err, c.want)
		}
	}
}

func TestAPatchKeepsDigitsCharactersAndOrder(t *testing.T) {
	t.Parallel()
	const data = `{"z":12345678901234567890123,"a":{"y":0.10,"x":1E400},"<&>":"<\u003c&\u2028\/\"","m":-0}`
	got, err := patched(data, `[{"op":"add","path":"/a/w","value":98765432109876543210.50},{"op":"copy","from":"/z","path":"/c"},{"op":"add","path":"/<>&","value":"<>&\u2028\ud83d\ude00"}]`)
	want := `{"z":12345678901234567890123,"a":{"y":0.10,"x":1E400,"w":98765432109876543210.50},"<&>":"<\u003c&\u2028\/\"","m":-0,` +
		`"c":12345678901234567890123,"<>&":"<>&` + "\u2028😀" + `"}`
	if err != nil || canonical(t, got) != canonical(t, want) || !strings.HasPrefix(got, `{"z":12345678901234567890123,"a":{"y":0.10,"x":1E400,"w":98765432109876543210.50},"<&>":`) {
		t.Errorf("got  %s, %v\nwant %s", got, err, want)
	}
}

func TestATestComparesValuesNotText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		data, value string
		same        bool
	}{
		{`1`, `1.0`, true}, {`100`, `1e2`, true}, {`100`, `1E+2`, true}, {`0.00120`, `12e-4`, true}, {`-0`, `0`, true}, {`0.0e9`, `0`, true},
		{`1e999999999999999999999`, `10e999999999999999999998`, true}, {`12345678901234567890123`, `12345678901234567890124`, false},
		{`1`, `-1`, false}, {`1`, `"1"`, false}, {`0`, `false`, false}, {`null`, `false`, false}, {`null`, `null`, true},
		{`"\u0041<"`, `"A\u003c"`, true}, {`"a"`, `"A"`, false}, {`""`, `null`, false},
		{`{"a":1,"b":[2]}`, `{"b":[2.0],"a":1}`, true}, {`{"a":1}`, `{"a":1,"b":null}`, false}, {`{"a":null}`, `{"b":null}`, false},
		{`[1,2]`, `[2,1]`, false}, {`[1]`, `[1,2]`, false}, {`[]`, `{}`, false}, {`[[],{}]`, `[[],{}]`, true},
	} {
		for _, patch := range []string{
			`[{"op":"test","path":"","value":` + c.value + `}]`,
			`[{"op":"add","path":"","value":` + c.value + `},{"op":"test","path":"","value":` + c.data + `}]`,
		} {
			if _, err := patched(c.data, patch); (err == nil) != c.same {
				t.Errorf("%s with %s: %v", c.data, patch, err)
			}
		}
	}
}

func TestAFailedOperationIsNamedByItsIndex(t *testing.T) {
	t.Parallel()
	const good = `{"op":"add","path":"/x","value":0},{"op":"add","path":"/y","value":0},`
	for _, bad := range []string{
		`{"op":"test","path":"/nothing","value":null}`, `{"op":"test","path":"/l/00","value":1}`, `{"op":"test","path":"/l/-","value":1}`,
		`{"op":"test","path":"/l/1e0","value":2}`, `{"op":"test","path":"/o/a/b","value":1}`, `{"op":"test","path":"/l/-1","value":2}`,
		`{"op":"remove","path":"/nothing"}`, `{"op":"remove","path":"/l/2"}`, `{"op":"remove","path":"/l/-"}`, `{"op":"remove","path":"/l/-1"}`,
		`{"op":"remove","path":"/"}`, `{"op":"remove","path":"/l/"}`, `{"op":"remove","path":"/o/a/b"}`, `{"op":"remove","path":"/l/99999999999999999999"}`,
		`{"op":"replace","path":"/nothing","value":1}`, `{"op":"replace","path":"/","value":1}`, `{"op":"replace","path":"/l/2","value":1}`, `{"op":"replace","path":"/l/-","value":1}`,
		`{"op":"add","path":"/nothing/a","value":1}`, `{"op":"add","path":"/l/3","value":1}`, `{"op":"add","path":"/l/01","value":1}`,
		`{"op":"add","path":"/l/+1","value":1}`, `{"op":"add","path":"/l/-0","value":1}`, `{"op":"add","path":"/l/-1","value":1}`, `{"op":"add","path":"/l/a","value":1}`,
		`{"op":"add","path":"/o/a/b","value":1}`, `{"op":"add","path":"/null/b","value":1}`, `{"op":"add","path":"//a","value":1}`,
		`{"op":"copy","from":"/nothing","path":"/a"}`, `{"op":"copy","from":"/","path":"/a"}`, `{"op":"copy","from":"/l/1e0","path":"/a"}`,
		`{"op":"move","from":"/nothing","path":"/a"}`, `{"op":"move","from":"/l/-","path":"/a"}`, `{"op":"move","from":"/l/0","path":"/nothing/a"}`,
	} {
		refuses(t, "after two", `{"l":[1,2],"o":{"a":"text"},"null":null}`, `[`+good+bad+`,`+strings.TrimSuffix(good, ",")+`]`, session.CodePatchFailed, "/2")
		refuses(t, "after a test", `{"l":[1,2],"o":{"a":"text"},"null":null}`, `[`+good+`{"op":"test","path":"/x","value":0},`+bad+`]`, session.CodePatchFailed, "/3")
	}
}

func TestATextThatIsNoPatchIsRefused(t *testing.T) {
	t.Parallel()
	for patch, field := range map[string]string{
		`{}`: "", `null`: "", `"[]"`: "", `{"op":"add","path":"","value":1}`: "",
		`[1]`: "/0", `[null]`: "/0", `[[]]`: "/0",
		`[{}]`: "/0/op", `[{"op":"spam","path":""}]`: "/0/op", `[{"op":"Add","path":"","value":1}]`: "/0/op", `[{"op":["add"],"path":"","value":1}]`: "/0/op", `[{"op":null,"path":""}]`: "/0/op",
		`[{"op":"test","path":"","value":1},{"op":"add","value":1}]`: "/1/path",
		`[{"op":"add","path":null,"value":1}]`:                       "/0/path", `[{"op":"add","path":7,"value":1}]`: "/0/path", `[{"op":"add","path":"a/b","value":1}]`: "/0/path",
		`[{"op":"add","path":"/~","value":1}]`: "/0/path", `[{"op":"add","path":"/a~2b","value":1}]`: "/0/path", `[{"op":"add","path":"/~~0","value":1}]`: "/0/path",
		`[{"op":"add","path":"/a"}]`: "/0/value", `[{"op":"replace","path":"/a"}]`: "/0/value", `[{"op":"test","path":"/a"}]`: "/0/value",
		`[{"op":"move","path":"/a"}]`: "/0/from", `[{"op":"copy","path":"/a","from":"b"}]`: "/0/from", `[{"op":"copy","path":"/a","from":null}]`: "/0/from",
		`[{"op":"move","from":"/a","path":"/a/b"}]`: "/0/path", `[{"op":"move","from":"","path":"/a"}]`: "/0/path",
		`[{"op":"remove","path":""}]`: "/0/path",
	} {
		refuses(t, "no patch", `{"a":1}`, patch, jsonpatch.CodeInvalid, field)
	}
}

func TestPatchesThatCostTooMuchAreRefused(t *testing.T) {
	t.Parallel()
	half := `"` + strings.Repeat("x", session.MaxDataBytes/2) + `"`
	copies := strings.Repeat(`{"op":"copy","from":"/a","path":"/b"},`, 3)
	refuses(t, "copies", `{"a":`+half+`}`, `[`+copies+`{"op":"remove","path":"/b"}]`, session.CodeTooLarge, "")
	doubling := strings.Repeat(`{"op":"copy","from":"/a","path":"/a/-"},`, 40)
	refuses(t, "doubling", `{"a":[0]}`, `[`+doubling+`{"op":"remove","path":"/a"}]`, session.CodeTooLarge, "")

	large := `{"a":1,"b":[` + strings.Repeat(`0,`, session.MaxDataBytes/2-10) + `0]}`
	down := strings.Repeat("[", 5000) + half + strings.Repeat("]", 5000)
	for name, c := range map[string]struct{ data, patch string }{
		"tests and changes by turns":   {large, strings.Repeat(`{"op":"replace","path":"/a","value":1},{"op":"test","path":"/a","value":1},`, 40)},
		"insertions into a long list":  {large, strings.Repeat(`{"op":"add","path":"/b/0","value":1},`, 5000)},
		"insertions that make it long": {`{"b":[]}`, strings.Repeat(`{"op":"add","path":"/b/0","value":1},`, 9000)},
		"a long way down":              {`{"b":` + down + `}`, `{"op":"add","path":"/b` + strings.Repeat("/0", 5000) + `","value":1},`},
		"a long way into a new value":  {`{}`, `{"op":"add","path":"/b","value":` + down + `},{"op":"add","path":"/b` + strings.Repeat("/0", 5000) + `","value":1},`},
	} {
		refuses(t, name, c.data, `[`+c.patch+`{"op":"remove","path":"/b"}]`, session.CodeTooLarge, "")
	}
	if got, err := patched(`{"a":[],"b":2}`, `[`+strings.Repeat(`{"op":"add","path":"/a/0","value":1},{"op":"test","path":"/a/0","value":1},`, 300)+`{"op":"replace","path":"/a","value":0}]`); err != nil || got != `{"a":0,"b":2}` {
		t.Errorf("600 operations on a small object gave %s, %v", got, err)
	}
}

func TestDataThatNoPatchCanReadIsNotPatched(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", 9990) + strings.Repeat("]", 9990)
	for _, data := range []string{`{"a":1,"a":2}`, `{"b":"\ud800"}`, `{"b":` + strings.Repeat("[", 9999) + strings.Repeat("]", 9999) + `}`} {
		refuses(t, "JSON Patch", data, `[{"op":"add","path":"/c","value":1}]`, session.CodePatchFailed, "")
		refuses(t, "veiled", data, `[{"op":"add","path":"/","value":1}]`, session.CodePatchFailed, "")
	}
	for _, data := range []string{`{"a":1,"a":2}`, `{"b":"\ud800"}`} {
		if got, err := jsonpatch.Merge([]byte(data), []byte(`{"c":1}`)); err == nil {
			t.Errorf("%s was merged to %s", data, got)
		}
	}
	refuses(t, "nesting", strings.Repeat("[", 20)+strings.Repeat("]", 20), `[{"op":"add","path":"`+strings.Repeat("/0", 19)+`/-","value":`+deep+`}]`, session.CodePatchFailed, "")
}

func TestAPatchCanBeAppliedAgain(t *testing.T) {
	t.Parallel()
	p, err := jsonpatch.Parse([]byte(`[{"op":"add","path":"/a","value":{"l":[]}},{"op":"add","path":"/a/l/-","value":1}]`))
	if err != nil {
		t.Fatal(err)
	}
	data := []byte(`{"z":0}`)
	for range 3 {
		got, err := p.Apply(data)
		if err != nil || string(got) != `{"z":0,"a":{"l":[1]}}` || string(data) != `{"z":0}` {
			t.Errorf("got %s, %v from %s", got, err, data)
		}
	}
}
