package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"session-api/store/dynamo/faultproxy"
)

// policyTable is the table that the policies in deploy/iam are written for, as an
// ARN.
const policyTable = "arn:aws:dynamodb:us-west-2:111122223333:table/tenant-atlantis-user-sessions"

// policy is an IAM policy document (AWS: IAM User Guide, "IAM JSON policy elements
// reference"), so far as those in deploy/iam make use of it.
type policy struct {
	Version   string
	Statement []struct {
		Sid, Effect      string
		Action, Resource []string
	}
}

// grant is one action that is allowed on one resource. Resources are names here:
// "table", or "table/index/userId-index".
type grant struct{ action, resource string }

// readPolicy returns what a policy of deploy/iam allows.
func readPolicy(t *testing.T, file string) []grant {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "deploy", "iam", file))
	if err != nil {
		t.Fatal(err)
	}
	var p policy
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil || p.Version != "2012-10-17" {
		t.Fatalf("%s is no policy of the version 2012-10-17: %v", file, err)
	}
	var allowed []grant
	for _, s := range p.Statement {
		if s.Effect != "Allow" {
			t.Fatalf("%s: the statement %s has the effect %q", file, s.Sid, s.Effect)
		}
		for _, action := range s.Action {
			for _, resource := range s.Resource {
				g := grant{strings.TrimPrefix(action, "dynamodb:"), strings.Replace(resource, policyTable, "table", 1)}
				if g.action == action || g.resource == resource || strings.Contains(action+resource, "*") {
					t.Errorf("%s allows %q on %q; want one action of DynamoDB on the one table or its index", file, action, resource)
				}
				allowed = append(allowed, g)
			}
		}
	}
	return allowed
}

// request is what of the requests of the API tells which actions they need.
type request struct {
	TableName     string
	IndexName     string
	Tags          []any
	RequestItems  map[string]any
	TransactItems []map[string]struct{ TableName string }
}

// needs returns the actions that a call needs on AWS. A batch and a transaction
// name their tables inside, and a transaction has no action of its own but those
// of its parts (AWS: Developer Guide, "Using IAM with DynamoDB transactions");
// making a table with tags is tagging it too (API Reference, CreateTable).
func needs(op string, body []byte, table string) ([]grant, error) {
	var r request
	if err := json.Unmarshal(body, &r); err != nil {
		return nil, err
	}
	resource := func(name string) string { return strings.Replace(name, table, "table", 1) }
	switch {
	case op == "BatchGetItem":
		var all []grant
		for name := range r.RequestItems {
			all = append(all, grant{op, resource(name)})
		}
		return all, nil
	case op == "TransactWriteItems":
		var all []grant
		for _, item := range r.TransactItems {
			for part, on := range item {
				all = append(all, grant{transactionActions[part], resource(on.TableName)})
			}
		}
		return all, nil
	case r.IndexName != "":
		return []grant{{op, resource(r.TableName) + "/index/" + r.IndexName}}, nil
	case op == "CreateTable" && len(r.Tags) > 0:
		return []grant{{op, resource(r.TableName)}, {"TagResource", resource(r.TableName)}}, nil
	}
	return []grant{{op, resource(r.TableName)}}, nil
}

// transactionActions are the actions of the parts of a transaction.
var transactionActions = map[string]string{
	"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem",
}

// role is a caller of DynamoDB that may do what its policies allow and is refused
// the rest, as AWS refuses it. It keeps what it did.
type role struct {
	t       *testing.T
	table   string
	allowed []grant

	mu            sync.Mutex
	used, refused map[grant]bool
}

func newRole(t *testing.T, table string, policies ...string) *role {
	t.Helper()
	r := &role{t: t, table: table, used: map[grant]bool{}, refused: map[grant]bool{}}
	for _, file := range policies {
		r.allowed = append(r.allowed, readPolicy(t, file)...)
	}
	return r
}

// under is the role as what a proxy does to every call.
func (r *role) under(do faultproxy.Fault) faultproxy.Fault {
	return func(x *faultproxy.Exchange) {
		if r.may(x.Op(), x.Body) {
			do(x)
		} else {
			faultproxy.Denied()(x)
		}
	}
}

func (r *role) may(op string, body []byte) bool {
	needed, err := needs(op, body, r.table)
	if err != nil {
		r.t.Errorf("a call of %s cannot be read: %v", op, err)
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	may := true
	for _, g := range needed {
		if slices.Contains(r.allowed, g) {
			r.used[g] = true
		} else {
			r.refused[g], may = true, false
		}
	}
	return may
}

// wantRefused fails unless exactly these were asked for without being allowed.
func (r *role) wantRefused(want ...grant) {
	r.t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	got := slices.Collect(maps.Keys(r.refused))
	for _, g := range want {
		if !r.refused[g] {
			r.t.Errorf("%s on %s was never asked for", g.action, g.resource)
		}
	}
	if len(got) != len(want) {
		r.t.Errorf("what no policy allows was called: %v; want %v", got, want)
	}
}

// wantAllUsed fails for whatever is allowed and was never called for.
func (r *role) wantAllUsed() {
	r.t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, g := range r.allowed {
		if !r.used[g] {
			r.t.Errorf("the policy allows %s on %s, which nothing calls", g.action, g.resource)
		}
	}
}

func TestWhatACallNeedsOnAWSIsReadFromIt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ op, body, want string }{
		{"GetItem", `{"TableName":"T"}`, "[{GetItem table}]"},
		{"Query", `{"TableName":"T","IndexName":"i"}`, "[{Query table/index/i}]"},
		{"Scan", `{"TableName":"other"}`, "[{Scan other}]"},
		{"BatchGetItem", `{"RequestItems":{"T":{}}}`, "[{BatchGetItem table}]"},
		{"CreateTable", `{"TableName":"T"}`, "[{CreateTable table}]"},
		{"CreateTable", `{"TableName":"T","Tags":[{}]}`, "[{CreateTable table} {TagResource table}]"},
		{
			"TransactWriteItems",
			`{"TransactItems":[{"Put":{"TableName":"T"}},{"Update":{"TableName":"T"}},{"Delete":{"TableName":"T"}},{"ConditionCheck":{"TableName":"T"}}]}`,
			"[{PutItem table} {UpdateItem table} {DeleteItem table} {ConditionCheckItem table}]",
		},
	} {
		got, err := needs(c.op, []byte(c.body), "T")
		if text := fmt.Sprint(got); text != c.want || err != nil {
			t.Errorf("%s needs %s, %v; want %s", c.op, text, err, c.want)
		}
	}
}
