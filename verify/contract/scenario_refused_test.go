package contract

import (
	"net/http"
	"strings"
)

func (d *driver) driveRefusedBodies(s *service) {
	path := d.session(s)
	d.refuseBodies(s, call{operation: create}, "data", `{"userId":"u"}`)
	d.refuseBodies(s, call{operation: update, path: path}, "data", `{}`)
	d.refuseBodies(s, call{operation: extend, path: path + "/extend"}, "ttlSeconds", `{"ttlSeconds":60}`)
	d.refuseBodies(s, call{operation: rotate, path: path + "/rotate"}, "acr", `{}`)
	d.refuseBodies(s, call{operation: touch, path: path + "/touch"}, "", `{}`)
}

// refuseBodies sends bodies that no operation takes to the one of to, which knows
// member, and one that it would take, declared as something else.
func (d *driver) refuseBodies(s *service, to call, member, good string) {
	refuse := func(is keeping, status int, code, body, contentType string) {
		c := to
		c.is, c.status, c.code, c.body = is, status, code, body
		c.header = http.Header{"Content-Type": {contentType}}
		d.send(s, c)
	}
	const isJSON = "application/json"
	malformed := []string{"{", `{}{}`, `{"\ud800":1}`, "{\"\xff\":1}", `{NaN:1}`}
	if to.operation != touch && to.operation != rotate { // these need none
		malformed = append(malformed, "")
	}
	for _, value := range []string{`1}{`, `1,"` + member + `":1`, `{"a":1,"a":1}`, `NaN`, "\"\xff\"", `"\ud800"`} {
		if member != "" {
			malformed = append(malformed, `{"`+member+`":`+value+`}`)
		}
	}
	refuse(unsaid, 400, "too_deep", strings.Repeat("[", 103)+strings.Repeat("]", 103), isJSON)
	for _, body := range malformed {
		refuse(unsaid, 400, "malformed_json", body, isJSON)
	}
	for _, body := range []string{`[]`, `"text"`, `1`, `null`} {
		refuse(bad, 400, "invalid_body", body, isJSON)
	}
	refuse(bad, 400, "unknown_field", `{"userId":"u","ttl":1}`, isJSON)
	refuse(unsaid, 413, "too_large", `{"data":"`+strings.Repeat("x", maxBody)+`"}`, isJSON)
	for _, contentType := range []string{"text/plain", "application/merge-patch+json", "application/json-patch+json"} {
		refuse(bad, 415, "unsupported_media_type", good, contentType)
	}
}

func (d *driver) driveRefusedUserIDs(s *service) {
	refused := call{operation: create, status: 400, code: "invalid_user_id"}
	for _, body := range []string{
		`{}`, `{"userId":""}`, `{"userId":null}`, `{"userId":7}`, `{"userId":["u"]}`, `{"userId":"."}`, `{"userId":".."}`,
		`{"userId":"a\u0000b"}`, `{"userId":"\u0085"}`, `{"userId":"` + strings.Repeat("x", 257) + `"}`,
	} {
		c := refused
		c.is, c.body = bad, body
		d.send(s, c)
	}
	wide := refused // 200 characters are within the schema's bound, their 600 bytes are not
	wide.is, wide.body = unsaid, `{"userId":"`+strings.Repeat("☃", 200)+`"}`
	d.send(s, wide)

	for _, id := range []string{"%2E", "%2E%2E", "a%00b", strings.Repeat("x", 257)} {
		for _, operation := range []string{listUser, endUser} {
			d.send(s, call{operation: operation, path: "/sessions/user/" + id, is: bad, status: 400, code: "invalid_user_id"})
		}
	}
	for _, id := range []string{"%2E", "a%00b", strings.Repeat("x", 257)} {
		d.send(s, call{operation: list, path: "/sessions?userId=" + id, is: bad, status: 400, code: "invalid_user_id"})
	}
}

func (d *driver) driveRefusedQueries(s *service) {
	for operation, path := range map[string]string{list: "/sessions", listUser: "/sessions/user/user123"} {
		for _, limit := range []string{"0", "1001", "-1", "1.5", "ten"} {
			d.send(s, call{operation: operation, path: path + "?limit=" + limit, is: bad, status: 400, code: "invalid_limit"})
		}
		d.send(s, call{operation: operation, path: path + "?cursor=altered", is: unsaid, status: 400, code: "invalid_cursor"})
		d.send(s, call{operation: operation, path: path + "?limit=%zz", is: unsaid, status: 400, code: "invalid_query"})
		for _, query := range []string{"order=up", "createdAfter=yesterday", "createdBefore=2025-12-24T10:00:00"} {
			d.send(s, call{operation: operation, path: path + "?" + query, is: bad, status: 400, code: "invalid_value"})
		}
	}
	d.send(s, call{operation: list, path: "/sessions?order=desc", is: unsaid, status: 400, code: "invalid_value"})
	for _, query := range []string{"exept=x", "except=x&except=y", "except=%zz"} {
		d.send(s, call{operation: endUser, path: "/sessions/user/user123?" + query, is: unsaid, status: 400, code: "invalid_query"})
	}
}
