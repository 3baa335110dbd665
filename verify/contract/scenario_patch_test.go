package contract

import (
	"net/http"
	"strings"
)

// The headers of the two formats of a patch.
var (
	mergePatch = http.Header{"Content-Type": {"application/merge-patch+json"}}
	jsonPatch  = http.Header{"Content-Type": {"application/json-patch+json"}}
)

func (d *driver) drivePatches(s *service) {
	path := d.session(s)
	send := func(header http.Header, body string, is keeping, status int, code string) {
		d.send(s, call{operation: patch, path: path, header: header, body: body, is: is, status: status, code: code})
	}
	for _, body := range []string{`{"theme":"light","n":12345678901234567890123,"gone":null}`, `{}`, `[1]`, `null`, `{"l":[1]}`} {
		send(mergePatch, body, good, 200, "")
	}
	for _, body := range []string{
		`[]`,
		`[{"op":"add","path":"/l/-","value":null},{"op":"copy","from":"/l","path":"/m"},{"op":"move","from":"/m","path":"/~0~1"},{"op":"test","path":"/~0~1/0","value":1.0},{"op":"remove","path":"/l","more":1}]`,
		`[{"op":"replace","path":"","value":{"a":1}}]`,
	} {
		send(jsonPatch, body, good, 200, "")
	}
	for _, body := range []string{"", "{", `[] []`, `[{"op":"remove","path":"/a","path":"/b"}]`, `["\ud800"]`} {
		send(mergePatch, body, unsaid, 400, "malformed_json")
		send(jsonPatch, body, unsaid, 400, "malformed_json")
	}
	deep := strings.Repeat("[", 101) + strings.Repeat("]", 101)
	send(mergePatch, deep, unsaid, 400, "too_deep")
	send(jsonPatch, `[{"op":"replace","path":"","value":`+deep+`}]`, unsaid, 400, "too_deep")
	for _, body := range []string{
		`{}`, `[1]`, `[{"op":"spam","path":""}]`, `[{"op":"add","path":"/a"}]`, `[{"op":"add","path":"a","value":1}]`, `[{"op":"remove","path":"/~2"}]`,
		`[{"op":"move","path":"/a"}]`, `[{"op":"copy","from":"x","path":"/a"}]`, `[{"op":"remove","path":""}]`, `[{"path":"/a"}]`, `[{"op":"test","path":7,"value":1}]`,
	} {
		send(jsonPatch, body, bad, 400, "invalid_patch")
	}
	send(jsonPatch, `[{"op":"move","from":"/a","path":"/a/b"}]`, unsaid, 400, "invalid_patch")
	for _, body := range []string{`[{"op":"test","path":"/a","value":2}]`, `[{"op":"remove","path":"/nothing"}]`} {
		send(jsonPatch, body, good, 409, "patch_failed")
	}
	for _, contentType := range []string{"application/json", "text/plain"} {
		send(http.Header{"Content-Type": {contentType}}, `{}`, bad, 415, "unsupported_media_type")
	}
	send(mergePatch, `"`+strings.Repeat("x", maxBody)+`"`, unsaid, 413, "too_large")
}
