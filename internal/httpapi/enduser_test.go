package httpapi_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"session-api"
	"session-api/internal/httpapi"
	"session-api/store/memory"
)

func TestEndingAUserEndsAllOfItsSessions(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	for range 3 {
		h.create("a/b", `{}`)
	}
	other := h.create("a", `{}`)
	a := h.call("DELETE", "/sessions/user/a%2Fb", "")
	if a.status != 200 || a.text != `{"userId":"a/b","deletedCount":3}` {
		t.Errorf("it was answered %d %s", a.status, a.text)
	}
	if got := h.call("GET", "/sessions/user/a%2Fb", ""); got.text != `{"userId":"a/b","sessionCount":0,"sessions":[]}` {
		t.Errorf("the user has %s", got.text)
	}
	if got := h.call("GET", "/sessions/"+other, ""); got.status != 200 {
		t.Errorf("another user's session answered %d", got.status)
	}
	if a := h.call("DELETE", "/sessions/user/nobody", ""); a.status != 200 || a.text != `{"userId":"nobody","deletedCount":0}` {
		t.Errorf("of nobody it was answered %d %s", a.status, a.text)
	}
	if log := h.log.String(); !strings.Contains(log, "Ended sessions of user a/b: 3") || strings.Contains(log, "nobody") {
		t.Errorf("the log is %s", log)
	}
	isProblem(t, h.call("DELETE", "/sessions/user/%01", ""), 400, "invalid_user_id")
	isProblem(t, h.call("DELETE", "/sessions", ""), 405, "method_not_allowed")
	isProblem(t, h.call("DELETE", "/sessions?userId=a", ""), 405, "method_not_allowed")
}

func TestEndingAUserSparesTheOneThatIsNamed(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	kept := h.create("u/1", `{}`)
	for range 2 {
		h.create("u/1", `{}`)
	}
	former := kept
	kept = h.call("POST", "/sessions/"+kept+"/rotate", `{"graceSeconds":60}`).member(t, "sessionId")
	for _, except := range []string{former, kept} {
		h.create("u/1", `{}`)
		a := h.call("DELETE", "/sessions/user/u%2F1?except="+url.QueryEscape(except), "")
		if a.status != 200 || !strings.HasPrefix(a.text, `{"userId":"u/1","deletedCount":`) {
			t.Errorf("it was answered %d %s", a.status, a.text)
		}
		if got := h.call("GET", "/sessions/user/u%2F1", ""); !strings.Contains(got.text, `"sessionCount":1,`) || !strings.Contains(got.text, kept) {
			t.Errorf("the user has %s", got.text)
		}
	}
	if strings.Contains(h.log.String(), kept) || strings.Contains(h.log.String(), former) {
		t.Error("an id is in the log")
	}
}

func TestAMistypedExceptEndsNothing(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	id := h.create("u", `{}`)
	for query, field := range map[string]string{
		"exept=" + id: "exept", "Except=" + id: "Except", "except=" + id + "&limit=1": "limit", "except": "except", "except=": "except",
		"except=" + id + "&except=" + id: "except", "except=" + id + "&except=": "except", "x": "x", "%zz": "", "except=a;b": "",
	} {
		a := h.call("DELETE", "/sessions/user/u?"+query, "")
		isProblem(t, a, 400, "invalid_query")
		if a.member(t, "field") != field {
			t.Errorf("%s: field is %q", query, a.member(t, "field"))
		}
	}
	if a := h.call("GET", "/sessions/"+id, ""); a.status != 200 {
		t.Errorf("the session answered %d", a.status)
	}
}

func TestWhatTakesTooLongGoesOnAfterTheAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		mem, held := memory.New(), make(chan bool)
		h := newHarness(t, double{Store: mem, delete: func(ctx context.Context, id string, cond session.Condition) (*session.Session, error) {
			<-held
			return mem.Delete(ctx, id, cond)
		}}, func(o *httpapi.Options) { o.RequestTimeout = 5 * time.Second })
		h.create("u", `{}`)
		a := h.call("DELETE", "/sessions/user/u", "")
		if a.status != 202 || a.text != `{"userId":"u","deletedCount":0,"continuing":true}` {
			t.Errorf("it was answered %d %s", a.status, a.text)
		}
		close(held)
		synctest.Wait()
		if got := h.call("GET", "/sessions/user/u", ""); !strings.Contains(got.text, `"sessionCount":0,`) {
			t.Errorf("the user has %s", got.text)
		}
	})
}
