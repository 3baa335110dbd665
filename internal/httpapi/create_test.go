package httpapi_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"session-api"
	"session-api/store/memory"
)

// everything is a body that asks for all there is.
const everything = `{"userId":"u","data":{},"ttlSeconds":7200,"idleTimeoutSeconds":600,` +
	`"client":{"ip":"2001:db8::1","userAgent":"Mozilla/5.0 \"x\"","deviceName":"Ada's phone","label":"ü"},` +
	`"authTime":"2025-12-24T10:59:58.1234567+01:00","amr":["pwd","otp"],"acr":"urn:mace:silver"}`

func TestACreateTakesAllThatASessionHas(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	created := h.call("POST", "/sessions", everything)
	id := created.member(t, "sessionId")
	const rest = `"createdAt":"2025-12-24T10:00:00.123456Z","expiresAt":"2025-12-24T10:10:00Z",` +
		`"version":1,"absoluteExpiresAt":"2025-12-24T12:00:00Z","idleExpiresAt":"2025-12-24T10:10:00Z","lastActiveAt":"2025-12-24T10:00:00.123456Z",` +
		`"authTime":"2025-12-24T09:59:58.123456Z","amr":["pwd","otp"],"acr":"urn:mace:silver",` +
		`"client":{"ip":"2001:db8::1","userAgent":"Mozilla/5.0 \"x\"","deviceName":"Ada's phone","label":"ü"}}`
	want := `{"sessionId":"` + id + `","userId":"u","data":{},` + rest
	if created.status != 201 || created.text != want {
		t.Errorf("create answered %d %s\nwant %s", created.status, created.text, want)
	}
	if got := h.call("GET", "/sessions/"+id, ""); got.text != want {
		t.Errorf("get answered %s", got.text)
	}
	if got := h.call("GET", "/sessions/user/u", ""); got.text != `{"userId":"u","sessionCount":1,"sessions":[`+want+`]}` {
		t.Errorf("the user's list is %s", got.text)
	}
	if got := h.call("GET", "/sessions", ""); got.text != `{"sessionCount":1,"sessions":[{"sessionId":"`+id+`","userId":"u",`+rest+`]}` {
		t.Errorf("the list of all is %s", got.text)
	}
}

func TestTimesAreKeptAsRowsHaveThem(t *testing.T) {
	t.Parallel()
	var kept session.Session
	h := newHarness(t, double{Store: memory.New(), create: func(_ context.Context, s *session.Session) error {
		kept = *s
		return nil
	}})
	h.call("POST", "/sessions", everything)
	if want := time.Date(2025, 12, 24, 9, 59, 58, 123456000, time.UTC); kept.Auth.Time != want {
		t.Errorf("the store was given %v, want %v", kept.Auth.Time, want)
	}
}

func TestOnlyWhatIsGivenIsShown(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	for body, want := range map[string]string{
		`{"userId":"u","client":{"label":"x"}}`:                   `,"client":{"label":"x"}}`,
		`{"userId":"u","client":{"userAgent":"x","ip":"::1"}}`:    `,"client":{"ip":"::1","userAgent":"x"}}`,
		`{"userId":"u","client":{}}`:                              `"lastActiveAt":"2025-12-24T10:00:00.123456Z"}`,
		`{"userId":"u","client":{"ip":""},"amr":[],"acr":""}`:     `"lastActiveAt":"2025-12-24T10:00:00.123456Z"}`,
		`{"userId":"u","amr":["hwk"]}`:                            `"lastActiveAt":"2025-12-24T10:00:00.123456Z","amr":["hwk"]}`,
		`{"userId":"u","acr":"0"}`:                                `"lastActiveAt":"2025-12-24T10:00:00.123456Z","acr":"0"}`,
		`{"userId":"u","authTime":"2025-12-24T09:00:00Z"}`:        `"lastActiveAt":"2025-12-24T10:00:00.123456Z","authTime":"2025-12-24T09:00:00.000000Z"}`,
		`{"userId":"u","authTime":"2025-12-24T10:00:30.5-00:00"}`: `"authTime":"2025-12-24T10:00:30.500000Z"}`,
	} {
		a := h.call("POST", "/sessions", body)
		if a.status != 201 || !strings.HasSuffix(a.text, want) {
			t.Errorf("%s answered %d %s\nwant the end %s", body, a.status, a.text, want)
		}
	}
}

func TestAValueThatCannotBeIsNamedWithWhatItMustBe(t *testing.T) {
	t.Parallel()
	h := newRuledHarness(t, nil, func(o *session.Options) { o.MaxTTL = 48 * time.Hour })
	long := strings.Repeat("x", 513)
	for _, c := range []struct {
		field, limit string
		values       []string
	}{
		{"ttlSeconds", "1 to 172800", []string{`0`, `-1`, `1.0`, `1e3`, `"60"`, `null`, `true`, `172801`, `4294967296`, `36028797018964028`, `18446744073709551617`, `-0`, `[60]`}},
		{"idleTimeoutSeconds", "1 to 172800", []string{`0`, `-1`, `0.5`, `6e1`, `"60"`, `null`, `172801`, `{}`}},
		{"client", "an object", []string{`null`, `"phone"`, `[]`, `1`}},
		{"client.ip", "", []string{`{"ip":null}`, `{"ip":1}`, `{"ip":"localhost"}`, `{"ip":"fe80::1%eth0"}`, `{"ip":"10.0.0.1/8"}`, `{"ip":"1.2.3"}`}},
		{"client.userAgent", "", []string{`{"userAgent":null}`, `{"userAgent":["x"]}`, `{"userAgent":"a\nb"}`, `{"userAgent":"` + long + `"}`}},
		{"client.deviceName", "", []string{`{"deviceName":null}`, `{"deviceName":{}}`, `{"deviceName":"` + long[:129] + `"}`}},
		{"client.label", "", []string{`{"label":null}`, `{"label":false}`, `{"label":"\u0000"}`, `{"label":"` + long[:129] + `"}`}},
		{"authTime", "", []string{`null`, `1766570400`, `""`, `"2025-12-24"`, `"2025-12-24T10:00:00"`, `"2025-12-24 10:00:00Z"`, `"2025-12-24T1:00:00Z"`, `"2025-12-24T10:00:00,5Z"`,
			`"2025-12-24T10:00:00+25:00"`, `"2025-02-30T10:00:00Z"`, `"0001-01-01T00:00:00Z"`, `"0000-06-01T00:00:00Z"`, `"9999-12-31T23:59:59-01:00"`, `"2025-12-24T10:02:00Z"`}},
		{"amr", "", []string{`null`, `"pwd"`, `{}`, `[1]`, `["pwd",null]`, `["pwd",["otp"]]`, `[""]`, `["` + long[:33] + `"]`, `["a","b","c","d","e","f","g","h","i","j","k"]`}},
		{"acr", "", []string{`null`, `1`, `["x"]`, `"` + long[:257] + `"`, `"a\tb"`}},
	} {
		member, _, _ := strings.Cut(c.field, ".")
		for _, value := range c.values {
			a := h.call("POST", "/sessions", `{"userId":"u","`+member+`":`+value+`}`)
			isProblem(t, a, 400, "invalid_value")
			if a.member(t, "field") != c.field || !strings.HasPrefix(a.member(t, "error"), c.field+" must be ") || !strings.Contains(a.text, c.limit) {
				t.Errorf("%s %s answered %s", c.field, value, a.text)
			}
		}
	}
	if got := string(h.call("GET", "/sessions", "").members(t)["sessionCount"]); got != "0" {
		t.Errorf("refused bodies made %s sessions", got)
	}
}

func TestAnUnknownMemberOfClientIsNamed(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	for body, field := range map[string]string{`{"os":"x"}`: "client.os", `{"IP":"::1"}`: "client.IP", `{"` + strings.Repeat("é", 65) + `":1}`: "client." + strings.Repeat("é", 64) + "…"} {
		a := h.call("POST", "/sessions", `{"userId":"u","client":`+body+`}`)
		isProblem(t, a, 400, "unknown_field")
		if a.member(t, "field") != field || !strings.Contains(a.text, "client.ip, client.userAgent, client.deviceName, client.label") {
			t.Errorf("%s answered %s", body, a.text)
		}
	}
	isProblem(t, h.call("POST", "/sessions", `{"userId":"u","client":{"ip":"::1","ip":"::2"}}`), 400, "malformed_json")
}

func TestACreatorCanAskForLessAndUpToTheLongestTime(t *testing.T) {
	t.Parallel()
	h := newRuledHarness(t, nil, func(o *session.Options) { o.MaxTTL, o.IdleTimeout = 48*time.Hour, time.Hour })
	for body, ends := range map[string][2]string{
		`{"userId":"u"}`:                             {"2025-12-24T11:00:00Z", "2025-12-25T10:00:00Z"},
		`{"userId":"u","ttlSeconds":1}`:              {"2025-12-24T10:00:01Z", "2025-12-24T10:00:01Z"},
		`{"userId":"u","ttlSeconds":172800}`:         {"2025-12-24T11:00:00Z", "2025-12-26T10:00:00Z"},
		`{"userId":"u","idleTimeoutSeconds":172800}`: {"2025-12-25T10:00:00Z", "2025-12-25T10:00:00Z"},
	} {
		a := h.call("POST", "/sessions", body)
		if a.status != 201 || a.member(t, "expiresAt") != ends[0] || a.member(t, "absoluteExpiresAt") != ends[1] {
			t.Errorf("%s answered %d %s", body, a.status, a.text)
		}
	}
}

func TestOneSessionTooManyIsRefused(t *testing.T) {
	t.Parallel()
	h := newRuledHarness(t, nil, func(o *session.Options) { o.MaxPerUser = 2 })
	h.create("u", `{}`)
	h.create("u", `{}`)
	a := h.call("POST", "/sessions", `{"userId":"u"}`)
	isProblem(t, a, 409, "too_many_sessions")
	if a.member(t, "field") != "userId" || !strings.Contains(a.text, "2 sessions") || a.header.Get("Retry-After") != "" {
		t.Errorf("it was answered %s", a.text)
	}
	h.create("v", `{}`)
}

// TestAnOlderClientSeesWhatItAlwaysSaw holds answers against the members that the
// service before this one had: each is there as it was, in the order that it had.
func TestAnOlderClientSeesWhatItAlwaysSaw(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	created := h.call("POST", "/sessions", `{"userId":"u","data":{"a":1}}`)
	id := created.member(t, "sessionId")
	begin := `{"sessionId":"` + id + `","userId":"u","data":{"a":1},"createdAt":"2025-12-24T10:00:00.123456Z","expiresAt":"2025-12-25T10:00:00Z",`
	isOlder(t, created, begin)
	isOlder(t, h.call("GET", "/sessions/"+id, ""), begin)
	isOlder(t, h.call("GET", "/sessions/user/u", ""), `{"userId":"u","sessionCount":1,"sessions":[`+begin)
	isOlder(t, h.call("GET", "/sessions", ""), `{"sessionCount":1,"sessions":[`+strings.Replace(begin, `"data":{"a":1},`, "", 1))
	isOlder(t, h.call("PUT", "/sessions/"+id, `{"data":{"a":2}}`), `{"sessionId":"`+id+`","userId":"u","data":{"a":2},"createdAt":"2025-12-24T10:00:00.123456Z","updatedAt":"2025-12-24T10:00:00.123456Z","expiresAt":"2025-12-25T10:00:00Z",`)
	if a := h.call("DELETE", "/sessions/"+id, ""); a.text != `{"message":"Session deleted successfully"}` {
		t.Errorf("delete answered %s", a.text)
	}
}

func isOlder(t *testing.T, a answer, begin string) {
	t.Helper()
	if !json.Valid([]byte(a.text)) || !strings.HasPrefix(a.text, begin) {
		t.Errorf("answered %d %s\nwant the beginning %s", a.status, a.text, begin)
	}
}
