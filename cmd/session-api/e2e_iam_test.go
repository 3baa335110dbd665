package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"session-api/api"
	"session-api/store/dynamo/dynamotest"
	"session-api/store/dynamo/faultproxy"
)

// newCloudAs returns the server of the environment as the role with these policies
// of deploy/iam finds it. faults come before it, by operation.
func newCloudAs(t *testing.T, faults map[string]faultproxy.Fault, policies ...string) (*cloud, *role) {
	t.Helper()
	endpoint, _ := dynamotest.Shared(t)
	proxy := faultproxy.Start(t, endpoint)
	c := cloudAt(t, proxy.URL())
	r := newRole(t, c.table, policies...)
	pass := faultproxy.Delay(0)
	proxy.Add(faultproxy.Rule{Fault: r.under(func(x *faultproxy.Exchange) {
		if fault := faults[x.Op()]; fault != nil {
			fault(x)
		} else {
			pass(x)
		}
	})})
	// Who makes and drops the tables of the tests is another role.
	c.api = cloudAt(t, endpoint).api
	return c, r
}

// TestTheServiceNeedsExactlyItsPolicy asks the service for all that it does, with
// every option that makes it call DynamoDB otherwise, while DynamoDB refuses what
// deploy/iam/service.json does not allow.
func TestTheServiceNeedsExactlyItsPolicy(t *testing.T) {
	t.Parallel()
	c, role := newCloudAs(t, nil, "service.json")
	c.makeTable(true)
	asked := map[string]bool{}
	for i, options := range [][]string{
		nil,
		{"DYNAMODB_CONSISTENT_READ=false", "SESSION_ID_FORMAT=opaque", "REQUIRE_IF_MATCH=true"},
		{"SESSION_IDLE_TIMEOUT=1h", "SESSION_TOUCH_INTERVAL=1ms", "SESSION_TOUCH_ON_READ=true"},
		{"SESSION_MAX_PER_USER=3", "SESSION_LIMIT_POLICY=evict-oldest"},
		{"SESSION_MAX_PER_USER=3", "SESSION_LIMIT_POLICY=reject", "SESSION_IDLE_TIMEOUT=1h"},
	} {
		d := &driver{server: c.serve(options...), asked: asked, user: fmt.Sprint("ada-", i)}
		d.sessions()
		d.manyOfAUser()
		refusal := d.ask(503, "GET", "/sessions", "/sessions", "")
		if code := decode[struct{ Code string }](t, refusal).Code; code != "store_unavailable" {
			t.Errorf("without the right to Scan, the list of all answers %s", refusal.body)
		}
	}
	role.wantRefused(grant{"Scan", "table"})
	role.wantAllUsed()
	wantEveryOperation(t, asked)
}

func TestTheAdminListNeedsExactlyItsPolicyMore(t *testing.T) {
	t.Parallel()
	c, role := newCloudAs(t, nil, "service.json", "admin-list.json")
	c.makeTable(true)
	for _, options := range [][]string{nil, {"DYNAMODB_CONSISTENT_READ=false"}} {
		s := c.serve(options...)
		s.create("ada", "1")
		s.call(200, "GET", "/sessions", "")
		s.call(200, "GET", "/sessions?userId=ada&createdAfter=2025-12-24T10:00:00Z", "")
	}
	role.wantRefused()
	if !role.used[grant{"Scan", "table"}] {
		t.Error("the list of all does without Scan")
	}
}

// TestATableWithoutTheIndexNeedsTheAdminListsPolicyToo: the users' sessions are
// found by Scan there, which docs/dynamodb.md says of the policies.
func TestATableWithoutTheIndexNeedsTheAdminListsPolicyToo(t *testing.T) {
	t.Parallel()
	c, role := newCloudAs(t, nil, "service.json", "admin-list.json")
	c.makeTable(false)
	d := &driver{server: c.serve(), asked: map[string]bool{}, user: "ada"}
	d.sessions()
	d.manyOfAUser()
	d.ask(200, "GET", "/sessions", "/sessions", "")
	role.wantRefused()

	alone, role := newCloudAs(t, nil, "service.json")
	alone.makeTable(false)
	alone.serve().call(503, "GET", userPath("ada"), "")
	role.wantRefused(grant{"Scan", "table"})
}

// TestSettingUpATableNeedsExactlyItsPolicy runs each table command with each of
// its options. Point-in-time recovery is AWS's alone: its answer is played.
func TestSettingUpATableNeedsExactlyItsPolicy(t *testing.T) {
	t.Parallel()
	c, role := newCloudAs(t, map[string]faultproxy.Fault{
		"DescribeContinuousBackups": recovery("DISABLED"), "UpdateContinuousBackups": recovery("ENABLED"),
	}, "table-setup.json")
	if code := c.run("table", "check").exitCode(); code != exitFailed {
		t.Errorf("the check of no table has exit code %d", code)
	}
	c.makeTable(false)
	c.succeed("table", "upgrade", "--dry-run")
	c.succeed("table", "upgrade", "--scan-rows=-1")
	c.succeed("table", "check", "--json")
	c.drop()
	eventually(t, "the table is gone", func() bool {
		return strings.Contains(c.run("table", "check").written(), "there is none of this name")
	})
	c.succeed("table", "create", "--point-in-time-recovery", "--tag", "team=identity")
	c.succeed("table", "check")
	role.wantRefused()
	role.wantAllUsed()
}

// recovery answers as AWS does about the point-in-time recovery of a table.
func recovery(status string) faultproxy.Fault {
	return func(x *faultproxy.Exchange) {
		a := &faultproxy.Answer{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}}}
		a.SetBody(fmt.Appendf(nil, `{"ContinuousBackupsDescription":{"ContinuousBackupsStatus":"ENABLED",`+
			`"PointInTimeRecoveryDescription":{"PointInTimeRecoveryStatus":%q}}}`, status))
		x.Reply(a)
	}
}

// driver asks a server for everything and notes the operations of the contract.
type driver struct {
	*server
	asked map[string]bool // such as "GET /sessions/{id}"
	user  string
}

// ask is call with the operation's path in the contract.
func (d *driver) ask(want int, method, operation, path, body string, headers ...string) answer {
	d.t.Helper()
	d.asked[method+" "+operation] = true
	return d.call(want, method, path, body, headers...)
}

// sessions takes sessions through all that can be done to one.
func (d *driver) sessions() {
	d.t.Helper()
	const one = "/sessions/{id}"
	whatever := []string{"If-Match", "*"}
	typed := func(kind string) []string { return append([]string{"Content-Type", kind}, whatever...) }
	d.ask(200, "GET", "/ready", "/ready", "")
	create := func(headers ...string) string {
		made := d.ask(201, "POST", "/sessions", "/sessions", createBody(d.user, `{"k":1}`), headers...)
		return decode[record](d.t, made).SessionID
	}
	id := create()
	d.ask(200, "GET", one, path(id), "")
	d.ask(304, "GET", one, path(id), "", "If-None-Match", `"1"`)
	d.ask(200, "PUT", one, path(id), `{"data":{"k":2}}`, whatever...)
	d.ask(412, "PUT", one, path(id), `{"data":{"k":2}}`, "If-Match", `"77"`)
	d.ask(200, "PUT", one, path(id), `{"data":{"k":2}}`, "If-Match", `"2", "77"`)
	d.ask(200, "PATCH", one, path(id), `{"k":3}`, typed("application/merge-patch+json")...)
	d.ask(200, "PATCH", one, path(id), `[{"op":"remove","path":"/k"}]`, typed("application/json-patch+json")...)
	d.ask(200, "POST", one+"/touch", path(id)+"/touch", "")
	d.ask(200, "POST", one+"/extend", path(id)+"/extend", `{"ttlSeconds":7200}`)
	d.ask(200, "POST", one+"/extend", path(id)+"/extend", `{"ttlSeconds":172800}`)
	for _, body := range []string{"", `{"graceSeconds":60}`} {
		former := id
		id = decode[record](d.t, d.ask(200, "POST", one+"/rotate", path(former)+"/rotate", body)).SessionID
		if body != "" {
			d.ask(200, "GET", one, path(former), "")
		}
	}
	d.ask(200, "DELETE", one, path(id), "", whatever...)
	d.ask(404, "GET", one, path(id), "")
	again := create("Idempotency-Key", "key-of-"+d.user)
	if create("Idempotency-Key", "key-of-"+d.user) != again {
		d.t.Error("the key makes another session")
	}
}

// manyOfAUser makes as many sessions as a limit has to refuse or to make room for,
// lists and ends them.
func (d *driver) manyOfAUser() {
	d.t.Helper()
	for range 4 {
		// 201, and 409 from the limit that rejects.
		if a, err := d.try("POST", "/sessions", createBody(d.user, "1")); err != nil || a.status != 201 && a.status != 409 {
			d.t.Errorf("a create is answered %d %s, %v", a.status, a.body, err)
		}
	}
	const all = "/sessions/user/{userId}"
	listed := decode[list](d.t, d.ask(200, "GET", all, userPath(d.user), ""))
	d.ask(200, "GET", all, userPath(d.user)+"?limit=1&order=desc", "")
	if listed.SessionCount < 2 {
		d.t.Fatalf("the user has %d sessions; want some to end", listed.SessionCount)
	}
	d.ask(200, "DELETE", all, userPath(d.user)+"?except="+listed.Sessions[0].SessionID, "")
	d.ask(200, "DELETE", all, userPath(d.user), "")
}

// wantEveryOperation fails for operations of the contract on sessions, and /ready,
// that were not asked for.
func wantEveryOperation(t *testing.T, asked map[string]bool) {
	t.Helper()
	var contract struct {
		Paths map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal(api.JSON(), &contract); err != nil {
		t.Fatal(err)
	}
	for path, methods := range contract.Paths {
		for method := range methods {
			operation := strings.ToUpper(method) + " " + path
			if slices.Contains([]string{"GET", "PUT", "POST", "PATCH", "DELETE"}, strings.ToUpper(method)) &&
				(path == "/ready" || strings.HasPrefix(path, "/sessions")) && !asked[operation] {
				t.Errorf("nothing here asks for %s: what it calls is not known", operation)
			}
		}
	}
}

// written is what the program wrote until its end.
func (p *program) written() string {
	p.t.Helper()
	p.exitCode()
	return p.stdout.String() + p.stderr.String()
}
