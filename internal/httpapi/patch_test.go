package httpapi_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"session-api"
	"session-api/store/memory"
)

const (
	mergeType = "application/merge-patch+json"
	patchType = "application/json-patch+json"
)

func (h *harness) patch(path, mediaType, body string) answer {
	h.t.Helper()
	return h.send("PATCH", path, body, "Content-Type", mediaType)
}

func TestAPatchChangesDataAndNothingElse(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	path := "/sessions/" + h.create("u", `{"theme":"dark","n":12345678901234567890123,"gone":1}`)
	h.advance(time.Minute)
	for _, c := range []struct{ mediaType, patch, data string }{
		{mergeType, ` {"theme" : "light", "gone": null, "new": [ {"a": 1e3}]} `, `{"theme":"light","n":12345678901234567890123,"new":[{"a":1e3}]}`},
		{patchType, `[{"op":"test","path":"/theme","value":"light"}, {"op":"add","path":"/l","value":[ 1 ]}, {"op":"move","from":"/n","path":"/l/0"}]`, `{"theme":"light","new":[{"a":1e3}],"l":[12345678901234567890123,1]}`},
		{mergeType + "; charset=UTF-8", `{}`, `{"theme":"light","new":[{"a":1e3}],"l":[12345678901234567890123,1]}`},
		{patchType, `[]`, `{"theme":"light","new":[{"a":1e3}],"l":[12345678901234567890123,1]}`},
		{mergeType, `"text"`, `"text"`},
		{patchType, `[{"op":"replace","path":"","value":null}]`, `null`},
		{mergeType, `{"a":{"b":null}}`, `{"a":{}}`},
	} {
		a := h.patch(path, c.mediaType, c.patch)
		got := h.call("GET", path, "")
		if a.status != 200 || string(a.members(t)["data"]) != c.data || got.text != a.text {
			t.Errorf("%s answered %d %s, and then %s", c.patch, a.status, a.text, got.text)
		}
		if a.member(t, "updatedAt") != "2025-12-24T10:01:00.123456Z" || a.member(t, "expiresAt") != "2025-12-25T10:00:00Z" {
			t.Errorf("%s: %s", c.patch, a.text)
		}
	}
}

func TestAPatchThatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	path := "/sessions/" + h.create("u", `{"a":1}`)
	before := h.call("GET", path, "").text
	for _, mediaType := range []string{mergeType, patchType} {
		for _, body := range []string{``, `{`, `[`, `{"a":1}{}`, `[] []`, `{"a":1,"a":2}`, `[{"op":"add","path":"/a","op":"remove"}]`, "{\"a\":\"\xff\"}", `{"a":"\ud800"}`, `[01]`} {
			isProblem(t, h.patch(path, mediaType, body), 400, "malformed_json")
		}
		isProblem(t, h.patch(path, mediaType, `["`+strings.Repeat("x", 400<<10)+`"]`), 413, "too_large")
	}
	for body, field := range map[string]string{
		`{}`: "", `[1]`: "/0", `[{"op":"test","path":"/a","value":1},{"op":"spam","path":""}]`: "/1/op", `[{"op":"add","path":"a","value":1}]`: "/0/path",
	} {
		a := h.patch(path, patchType, body)
		isProblem(t, a, 400, "invalid_patch")
		if a.member(t, "field") != field {
			t.Errorf("%s: field is %q, want %q", body, a.member(t, "field"), field)
		}
	}
	for body, field := range map[string]string{
		`[{"op":"test","path":"/a","value":2}]`: "/0", `[{"op":"add","path":"/b","value":1},{"op":"remove","path":"/c"}]`: "/1",
	} {
		a := h.patch(path, patchType, body)
		isProblem(t, a, 409, "patch_failed")
		if a.member(t, "field") != field || a.header.Get("Retry-After") != "" {
			t.Errorf("%s: field is %q, want %q; Retry-After %q", body, a.member(t, "field"), field, a.header.Get("Retry-After"))
		}
	}
	if after := h.call("GET", path, "").text; after != before {
		t.Errorf("a refused patch changed the session to %s", after)
	}
	isProblem(t, h.patch("/sessions/unknown", mergeType, `{}`), 404, "session_not_found")
}

func TestAPatchWhoseResultIsTooLargeIsRefused(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	half := `"` + strings.Repeat("x", session.MaxDataBytes/2) + `"`
	path := "/sessions/" + h.create("u", `{"a":`+half+`}`)
	isProblem(t, h.patch(path, mergeType, `{"b":`+half+`}`), 413, "too_large")
	isProblem(t, h.patch(path, patchType, `[{"op":"add","path":"/b","value":`+half+`}]`), 413, "too_large")
	isProblem(t, h.patch(path, patchType, `[{"op":"copy","from":"/a","path":"/b"},{"op":"copy","from":"/a","path":"/c"}]`), 413, "too_large")
	if a := h.patch(path, mergeType, `{"a":`+half+`}`); a.status != 200 {
		t.Errorf("what fits answered %d", a.status)
	}
}

func TestPatchFormatsAndDataAreNotMixedUp(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	path := "/sessions/" + h.create("u", `{}`)
	for _, mediaType := range []string{"application/json", "application/vnd.example+json", "text/plain", "", mergeType + "; charset=latin1", mergeType + ", " + patchType} {
		a := h.patch(path, mediaType, `{}`)
		isProblem(t, a, 415, "unsupported_media_type")
		if got := a.header.Get("Accept-Patch"); got != mergeType+", "+patchType {
			t.Errorf("%q: Accept-Patch is %q", mediaType, got)
		}
	}
	isProblem(t, h.send("PATCH", path, `{}`, "Content-Type", mergeType, "Content-Encoding", "gzip"), 415, "unsupported_media_type")
	for _, mediaType := range []string{mergeType, patchType, "Application/Merge-Patch+JSON; charset=utf-8"} {
		isProblem(t, h.send("PUT", path, `{"data":1}`, "Content-Type", mediaType), 415, "unsupported_media_type")
		isProblem(t, h.send("POST", "/sessions", `{"userId":"u"}`, "Content-Type", mediaType), 415, "unsupported_media_type")
	}
}

func TestSixtyFourPatchesOfOneSessionAllSurvive(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	server := httptest.NewServer(h.api)
	defer server.Close()
	url := server.URL + "/sessions/" + h.create("u", `{}`)
	var done sync.WaitGroup
	for i := range 64 {
		done.Go(func() {
			mediaType, body := mergeType, fmt.Sprintf(`{"k%d":%d}`, i, i)
			if i%2 == 1 {
				mediaType, body = patchType, fmt.Sprintf(`[{"op":"add","path":"/k%d","value":%d}]`, i, i)
			}
			r, _ := http.NewRequest("PATCH", url, strings.NewReader(body))
			r.Header.Set("Content-Type", mediaType)
			res, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Error(err)
				return
			}
			if a := read(t, res); a.status != 200 {
				t.Errorf("patch %d answered %d %s", i, a.status, a.text)
			}
		})
	}
	done.Wait()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	got := read(t, res)
	for i := range 64 {
		if want := fmt.Sprintf(`"k%d":%d`, i, i); !strings.Contains(got.text, want) {
			t.Errorf("%s is lost", want)
		}
	}
	if string(got.members(t)["version"]) != "65" {
		t.Errorf("the session is %s", got.text)
	}
}

func TestAPatchThatOthersKeepComingBeforeIsToBeTriedAgain(t *testing.T) {
	t.Parallel()
	mem := memory.New()
	h := newHarness(t, double{Store: mem, update: func(context.Context, string, session.Change, session.Condition) (*session.Session, error) {
		return nil, session.Conflict(7)
	}})
	path := "/sessions/" + h.create("u", `{}`)
	a := h.patch(path, mergeType, `{}`)
	isProblem(t, a, 409, "write_contention")
	if a.header.Get("Retry-After") == "" || a.header.Get("ETag") != "" {
		t.Errorf("it was answered with %v", a.header)
	}
}

func TestDataThatAnotherWriterStoredBadlyIsNotPatched(t *testing.T) {
	t.Parallel()
	store := memory.New()
	h := newHarness(t, store)
	old := &session.Session{ID: "session-u-0123456789ab", UserID: "u", Data: []byte(`{"secret":1,"secret":2}`), CreatedAt: start, ExpiresAt: start.Add(time.Hour)}
	if err := store.Create(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	for mediaType, body := range map[string]string{mergeType: `{"a":1}`, patchType: `[{"op":"add","path":"/a","value":1}]`} {
		a := h.patch("/sessions/"+old.ID, mediaType, body)
		isProblem(t, a, 409, "patch_failed")
		if strings.Contains(a.text, "secret") {
			t.Errorf("it was answered %s", a.text)
		}
	}
}
