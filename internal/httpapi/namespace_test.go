package httpapi_test

import (
	"context"
	"net/http"
	"reflect"
	"regexp"
	"testing"
	"time"

	"session-api"
	"session-api/internal/httpapi"
	"session-api/store/memory"
)

// inNamespace is a harness of a caller who is restricted to users "shop:…", and one
// of whoever sees everything, on one store.
func inNamespace(t *testing.T) (shop, all *harness) {
	t.Helper()
	store := memory.New()
	shop, all = &harness{t: t, log: &syncBuffer{}, now: start}, &harness{t: t, log: &syncBuffer{}, now: start}
	svc, err := session.NewService(store, session.Options{
		TTL: 24 * time.Hour, CursorKey: make([]byte, session.CursorKeyBytes), Now: shop.clock,
	})
	if err != nil {
		t.Fatal(err)
	}
	shop.api = httpapi.New(svc.As(session.Caller{Name: "shop", UserPrefix: "shop:"}), httpapi.Options{Now: shop.clock})
	all.api = httpapi.New(svc, httpapi.Options{Now: shop.clock})
	t.Cleanup(func() {
		_ = svc.Close(context.WithoutCancel(t.Context()))
		_ = store.Close()
	})
	return shop, all
}

func TestAUserOutsideTheNamespaceIsForbidden(t *testing.T) {
	t.Parallel()
	shop, all := inNamespace(t)
	all.create("billing:1", `{}`)
	for _, c := range []struct{ method, target, body string }{
		{"POST", "/sessions", `{"userId":"billing:1"}`},
		{"GET", "/sessions?userId=billing:1", ""},
		{"GET", "/sessions/user/billing:1", ""},
		{"GET", "/sessions/user/nobody", ""},
		{"DELETE", "/sessions/user/billing:1", ""},
	} {
		a := shop.call(c.method, c.target, c.body)
		isProblem(t, a, http.StatusForbidden, "user_not_allowed")
		if got, want := a.member(t, "detail"), `userId must begin with "shop:", the prefix of the users that this caller is restricted to`; got != want {
			t.Errorf("%s %s: the detail is %q; want %q", c.method, c.target, got, want)
		}
		if a.member(t, "field") != "userId" {
			t.Errorf("%s %s: the field is %q", c.method, c.target, a.member(t, "field"))
		}
	}
	shop.create("shop:1", `{}`)
	if a := shop.call("GET", "/sessions", ""); string(a.members(t)["sessionCount"]) != "1" {
		t.Errorf("the list of all is %s; want one session", a.text)
	}
}

// requestIDs are what is another one in every answer.
var requestIDs = regexp.MustCompile(`"requestId":"[^"]*"`)

// TestTheAnswerForASessionOfOthersIsThatForNone in every byte but the request's id.
func TestTheAnswerForASessionOfOthersIsThatForNone(t *testing.T) {
	t.Parallel()
	shop, all := inNamespace(t)
	ids := map[string]string{"active": all.create("billing:1", `{}`), "former": all.create("billing:1", `{}`), "expired": all.create("billing:1", `{}`)}
	if a := all.call("POST", "/sessions/"+ids["former"]+"/rotate", `{"graceSeconds":60}`); a.status != 200 {
		t.Fatal(a.text)
	}
	if a := all.call("POST", "/sessions/"+ids["expired"]+"/extend", `{"ttlSeconds":1}`); a.status != 200 {
		t.Fatal(a.text)
	}
	shop.advance(2 * time.Second)
	for state, id := range ids {
		for _, c := range []struct{ method, path, body, media string }{
			{"GET", "", "", ""},
			{"HEAD", "", "", ""},
			{"PUT", "", `{"data":1}`, "application/json"},
			{"PATCH", "", `{"a":1}`, "application/merge-patch+json"},
			{"PATCH", "", `[{"op":"add","path":"/a","value":1}]`, "application/json-patch+json"},
			{"DELETE", "", "", ""},
			{"POST", "/touch", "", ""},
			{"POST", "/extend", `{"ttlSeconds":60}`, "application/json"},
			{"POST", "/rotate", `{}`, "application/json"},
		} {
			for _, match := range []string{"", `"1"`, `"7"`, `"1", "2"`, "*"} {
				answer := func(id string) answer {
					headers := []string{"Content-Type", c.media}
					if match != "" {
						headers = append(headers, "If-Match", match, "If-None-Match", match)
					}
					a := shop.send(c.method, "/sessions/"+id+c.path, c.body, headers...)
					a.header.Del("X-Request-Id")
					a.text = requestIDs.ReplaceAllString(a.text, "")
					return a
				}
				foreign, never := answer(id), answer("session-billing_1-NEVER")
				if foreign.status != http.StatusNotFound || !reflect.DeepEqual(foreign, never) {
					t.Errorf("%s %s If-Match %s of a session that is %s:\n%+v\nof none:\n%+v", c.method, c.path, match, state, foreign, never)
				}
			}
		}
		a := shop.call("DELETE", "/sessions/user/shop:1?except="+id, "")
		isProblem(t, a, http.StatusBadRequest, "invalid_value")
	}
}
