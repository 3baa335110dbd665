package httpapi_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"session-api"
	"session-api/internal/httpapi"
)

func TestTheDoorRefusesWhatIsNotOneStrictObject(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	for body, code := range map[string]string{
		`{`:                              "malformed_json",
		`{"userId":"u"`:                  "malformed_json",
		`{"userId":"u"}x`:                "malformed_json",
		`{"userId":"u"}{}`:               "malformed_json",
		`{"userId":"u"} null`:            "malformed_json",
		`{"userId":"u",}`:                "malformed_json",
		`{userId:"u"}`:                   "malformed_json",
		`{"userId":"u","userId":"v"}`:    "malformed_json",
		`{"userId":"u","user\u0049d":1}`: "malformed_json",
		`{"userId":"u","data":{"a":1,"b":{"c":1,"c":2}}}`: "malformed_json",
		`{"userId":"u","data":NaN}`:                       "malformed_json",
		`{"userId":"u","data":01}`:                        "malformed_json",
		`{"userId":"u","data":"\ud800"}`:                  "malformed_json",
		`{"userId":"u","data":"` + "\xff" + `"}`:          "malformed_json",
		`{"userId":"u","data":"` + "\x01" + `"}`:          "malformed_json",
		"\ufeff" + `{"userId":"u"}`:                       "malformed_json",
		`[1,]`:                                            "malformed_json",
		`nul`:                                             "malformed_json",
		`   `:                                             "malformed_json",
		`[]`:                                              "invalid_body",
		`null`:                                            "invalid_body",
		`"x"`:                                             "invalid_body",
		`1`:                                               "invalid_body",
		`{"userId":"u","ttl":1}`:                          "unknown_field",
		`{"UserId":"u"}`:                                  "unknown_field",
		`{"userId":"u","Data":1}`:                         "unknown_field",
		`{}`:                                              "invalid_user_id",
		`{"data":{}}`:                                     "invalid_user_id",
		`{"userId":null}`:                                 "invalid_user_id",
		`{"userId":""}`:                                   "invalid_user_id",
		`{"userId":1}`:                                    "invalid_user_id",
		`{"userId":["u"]}`:                                "invalid_user_id",
		`{"userId":"."}`:                                  "invalid_user_id",
		`{"userId":".."}`:                                 "invalid_user_id",
		`{"userId":"a\u0000"}`:                            "invalid_user_id",
		`{"userId":"a\u0085"}`:                            "invalid_user_id",
		`{"userId":"` + strings.Repeat("é", 129) + `"}`: "invalid_user_id",
	} {
		a := h.call("POST", "/sessions", body)
		if a.status != 400 || a.member(t, "code") != code {
			t.Errorf("%q answered %d %s, want code %s", body, a.status, a.text, code)
			continue
		}
		isProblem(t, a, 400, code)
	}
	isProblem(t, h.call("PUT", "/sessions/x", `{"userId":"u"}`), 400, "unknown_field")
	if got := string(h.call("GET", "/sessions", "").members(t)["sessionCount"]); got != "0" {
		t.Errorf("refused bodies made %s sessions", got)
	}
}

func TestAnUnknownMemberIsNamed(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	a := h.call("POST", "/sessions", `{"userId":"u","`+strings.Repeat("é", 100)+`":1}`)
	isProblem(t, a, 400, "unknown_field")
	if got := a.member(t, "field"); got != strings.Repeat("é", 64)+"…" {
		t.Errorf("field is %q", got)
	}
}

func TestAnEmptyBodyIsMalformed(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	r := httptest.NewRequest("POST", "/sessions", nil)
	r.Header.Set("Content-Type", "application/json")
	isProblem(t, h.do(r), 400, "malformed_json")
}

func TestOnlyJSONInUTF8IsTaken(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	for contentType, status := range map[string]int{
		"application/json":                     201,
		"application/json; charset=utf-8":      201,
		`Application/JSON; Charset="UTF-8"`:    201,
		"application/vnd.example+json":         201,
		"application/json; charset=iso-8859-1": 415,
		"text/plain":                           415,
		"text/json":                            415,
		"application/x-www-form-urlencoded":    415,
		"application/json, text/plain":         415,
		"":                                     415,
	} {
		r := httptest.NewRequest("POST", "/sessions", strings.NewReader(`{"userId":"u"}`))
		r.Header.Set("Content-Type", contentType)
		if a := h.do(r); a.status != status {
			t.Errorf("%q answered %d %s", contentType, a.status, a.text)
		}
	}
	r := httptest.NewRequest("POST", "/sessions", strings.NewReader(`{"userId":"u"}`))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Content-Encoding", "gzip")
	isProblem(t, h.do(r), 415, "unsupported_media_type")
}

func TestABodyOverTheLimitIsRefused(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil, func(o *httpapi.Options) { o.MaxBodyBytes = 64 })
	fits := `{"userId":"u","data":"` + strings.Repeat("x", 64-24) + `"}`
	if a := h.call("POST", "/sessions", fits); len(fits) != 64 || a.status != 201 {
		t.Fatalf("%d bytes answered %d %s", len(fits), a.status, a.text)
	}
	over := strings.Replace(fits, "x", "xx", 1)
	isProblem(t, h.call("POST", "/sessions", over), 413, "too_large")

	undeclared := httptest.NewRequest("POST", "/sessions", strings.NewReader(over))
	undeclared.ContentLength = -1
	undeclared.Header.Set("Content-Type", "application/json")
	a := h.do(undeclared)
	isProblem(t, a, 413, "too_large")
	if !strings.Contains(a.member(t, "error"), "64 bytes") {
		t.Errorf("the limit is not named: %s", a.text)
	}
}

// TestALengthIsBelievedWhenTheBytesAreThere cannot run beside others, whose memory it
// would count.
func TestALengthIsBelievedWhenTheBytesAreThere(t *testing.T) {
	h := newHarness(t, nil)
	const promised, requests = 380_000, 50
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range requests {
		r := httptest.NewRequest("POST", "/sessions", strings.NewReader("{"))
		r.Header.Set("Content-Type", "application/json")
		r.ContentLength = promised
		isProblem(t, h.do(r), 400, "malformed_json")
	}
	runtime.ReadMemStats(&after)
	if each := (after.TotalAlloc - before.TotalAlloc) / requests; each > promised/4 {
		t.Errorf("a promise of %d bytes takes %d", promised, each)
	}
}

func TestDataThatNoEngineCouldHoldIsRefused(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil, func(o *httpapi.Options) { o.MaxBodyBytes = 1 << 20 })
	id := h.create("u", `"`+strings.Repeat("x", session.MaxDataBytes-2)+`"`)
	over := `"` + strings.Repeat("x", session.MaxDataBytes-1) + `"`
	isProblem(t, h.call("POST", "/sessions", `{"userId":"u","data":`+over+`}`), 413, "too_large")
	isProblem(t, h.call("PUT", "/sessions/"+id, `{"data":`+over+`}`), 413, "too_large")
}

func TestABodyIsNestedToABoundAndNoDeeper(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	deep := func(levels int) string { return strings.Repeat("[", levels) + strings.Repeat("]", levels) }
	const most = session.MaxDataDepth
	id := h.create("u", deep(most))
	if a := h.call("GET", "/sessions/"+id, ""); !strings.Contains(a.text, deep(most)) {
		t.Errorf("the data did not come back: %s", a.text)
	}
	for _, c := range [][3]string{
		{"POST", "", `{"userId":"u","data":` + deep(most+1) + `}`},
		{"POST", "", `{"userId":"u","data":` + deep(most+2) + `}`},
		{"POST", "", strings.Repeat("[", 150_000)}, // nobody closes them
		{"POST", "", strings.Repeat(`{"a":`, 50_000)},
		{"PUT", "/" + id, `{"data":` + deep(most+1) + `}`},
		{"POST", "/" + id + "/extend", `{"ttlSeconds":` + deep(most+2) + `}`},
	} {
		a := h.call(c[0], "/sessions"+c[1], c[2])
		isProblem(t, a, 400, "too_deep")
		if !strings.Contains(a.member(t, "error"), "100") {
			t.Errorf("the limit is not named: %s", a.text)
		}
	}
	for mediaType, body := range map[string]string{
		mergeType: deep(most + 1), patchType: `[{"op":"replace","path":"","value":` + deep(most+1) + `}]`,
	} {
		isProblem(t, h.send("PATCH", "/sessions/"+id, body, "Content-Type", mediaType), 400, "too_deep")
	}
	for mediaType, body := range map[string]string{
		mergeType: deep(most), patchType: `[{"op":"replace","path":"","value":` + deep(most) + `}]`,
	} {
		if a := h.send("PATCH", "/sessions/"+id, body, "Content-Type", mediaType); a.status != 200 {
			t.Errorf("a patch as deep as may be is answered %d %s", a.status, a.text)
		}
	}
}

func TestPatchesCannotDeepenDataBeyondTheBound(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	id := h.create("u", `{"a":{}}`)
	// Each puts the whole into itself, or goes on where the one before ended.
	path := "/a"
	for levels := 2; levels <= session.MaxDataDepth+1; levels++ {
		a := h.send("PATCH", "/sessions/"+id, `[{"op":"add","path":"`+path+`/a","value":{}}]`, "Content-Type", patchType)
		if levels < session.MaxDataDepth && a.status != 200 {
			t.Fatalf("at %d levels a patch is answered %d %s", levels, a.status, a.text)
		}
		if levels >= session.MaxDataDepth {
			isProblem(t, a, 400, "too_deep")
			break
		}
		path += "/a"
	}
	id = h.create("u", `{"a":{}}`)
	doubling := `{"op":"copy","from":"","path":"/a/a"}`
	isProblem(t, h.send("PATCH", "/sessions/"+id, "["+strings.Repeat(doubling+",", 60)+doubling+"]", "Content-Type", patchType), 400, "too_deep")
}

// FuzzTheDoor holds the door against encoding/json: what it lets in must be an
// object for that parser too, with the same data.
func FuzzTheDoor(f *testing.F) {
	for _, seed := range []string{
		`{"userId":"u","data":{"a":[1,2.5e3,"x\ud83d\ude00"]}}`, `{"userId":"u"}`, `{"data":1,"data":2}`, `[]`, `{"userId":"\ud800"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		userID, data, err := httpapi.ParseBody(text)
		if err != nil {
			var known *session.Error
			if !asError(err, &known) || known.Code == "" || known.Message == "" {
				t.Fatalf("%q: not one of our errors: %v", text, err)
			}
			return
		}
		var lax struct {
			UserID json.RawMessage `json:"userId"`
			Data   json.RawMessage `json:"data"`
		}
		if err := json.Unmarshal(text, &lax); err != nil {
			t.Fatalf("%q was let in, but %v", text, err)
		}
		if data != nil && !sameJSON(t, data, lax.Data) {
			t.Fatalf("%q: data became %s", text, data)
		}
		if userID != nil && !sameJSON(t, userID, lax.UserID) {
			t.Fatalf("%q: userId became %s", text, userID)
		}
	})
}

func sameJSON(t *testing.T, a, b []byte) bool {
	t.Helper()
	return canonical(t, a) == canonical(t, b)
}

func canonical(t *testing.T, text []byte) string {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return fmt.Sprintf("%#v", v)
}
