package table

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func mustCheck(t *testing.T, s *stage) Report {
	t.Helper()
	r, err := s.admin().Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestACheckThatMayNotSeeSaysWhatItNeedsAndDoesNotPass(t *testing.T) {
	t.Parallel()
	denied := refuse(codeDenied, "User: u is not authorized")
	for _, c := range []struct {
		call, property string
		level          Level
		passes         bool
	}{
		{"DescribeTable", "table", Unknown, false},
		{"DescribeTimeToLive", "time to live", Unknown, false},
		{"DescribeContinuousBackups", "point-in-time recovery", Note, true},
	} {
		s := onStage(wellMade())
		s.fails[c.call] = []error{denied}
		r := mustCheck(t, s)
		i := slices.IndexFunc(r.Findings, func(f Finding) bool { return f.Property == c.property })
		if i < 0 {
			t.Errorf("%s: there is no finding on %s", c.call, c.property)
			continue
		}
		f := r.Findings[i]
		if want := "unknown: access denied (needs dynamodb:" + c.call + ")"; f.Found != want || f.Level != c.level {
			t.Errorf("%s: %s is %s, %q; want %s, %q", c.call, c.property, f.Level, f.Found, c.level, want)
		}
		if passed := r.Err() == nil; passed != c.passes {
			t.Errorf("%s: the check ends with %v", c.call, r.Err())
		}
	}
}

func TestAMissingTableIsAFinding(t *testing.T) {
	t.Parallel()
	r := mustCheck(t, newStage())
	if len(r.Findings) != 1 || r.Findings[0].Level != Wrong ||
		!slices.Equal(r.Findings[0].Mend, []string{"session-api table create --dynamodb-table-name sessions --aws-region eu-west-1"}) {
		t.Errorf("the findings are %+v", r.Findings)
	}
	fails(t, r.Err(), "the table sessions: 1 property is wrong")
}

func TestACheckThatCouldNotBeMadeIsAnError(t *testing.T) {
	t.Parallel()
	s := onStage(wellMade())
	s.fails["DescribeTable"] = []error{refuse("UnrecognizedClientException", "The security token included in the request is invalid.")}
	_, err := s.admin().Check(t.Context())
	fails(t, err, "AWS does not accept the credentials", "The security token")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s.fails["DescribeTimeToLive"] = []error{ctx.Err()}
	if _, err = s.admin().Check(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("an interrupted check ends with %v", err)
	}
}

func TestTheSentenceCountsWhatIsWrongAndWhatIsUnknown(t *testing.T) {
	t.Parallel()
	of := func(levels ...Level) Report {
		r := Report{Table: "sessions"}
		for _, l := range levels {
			r.Findings = append(r.Findings, Finding{Level: l})
		}
		return r
	}
	for _, c := range []struct {
		r    Report
		want string
	}{
		{of(Wrong, OK, Wrong), "the table sessions: 2 properties are wrong"},
		{of(Unknown, Note), "the table sessions: 1 property could not be looked at"},
		{of(Wrong, Unknown, Unknown), "the table sessions: 1 property is wrong, and 2 properties could not be looked at"},
	} {
		if err := c.r.Err(); err == nil || err.Error() != c.want {
			t.Errorf("it says %v; want %q", err, c.want)
		}
	}
	if err := of(OK, Note).Err(); err != nil {
		t.Errorf("notes alone say %v", err)
	}
}

func TestTheReportForPeople(t *testing.T) {
	t.Parallel()
	s := onStage(older())
	s.fails["DescribeContinuousBackups"] = []error{refuse(codeDenied, "no")}
	var b bytes.Buffer
	if err := mustCheck(t, s).WriteText(&b); err != nil {
		t.Fatal(err)
	}
	want := `Table sessions in eu-west-1

  ok      table                    ACTIVE
  ok      hash key                 id
  ok      range key                none
  ok      attribute types          id S
  ok      billing                  on-demand
  ok      table class              STANDARD
  WRONG   index                    none                                                                 expected userId-index, ACTIVE
  WRONG   time to live             DISABLED                                                             expected ENABLED on ttl
  ok      deletion protection      on
  note    point-in-time recovery   unknown: access denied (needs dynamodb:DescribeContinuousBackups)   expected on

index: A user's sessions are then found by reading the whole table, each time.
  $ session-api table upgrade --dynamodb-table-name sessions --aws-region eu-west-1

time to live: Nothing deletes expired sessions: they are never served, but they are stored and paid for.
  $ session-api table upgrade --dynamodb-table-name sessions --aws-region eu-west-1

point-in-time recovery: It could not be looked at: access denied: these credentials need dynamodb:DescribeContinuousBackups on the table sessions in eu-west-1 (no).
`
	// The columns' widths are of no concern here.
	if got := words(b.String()); got != words(want) {
		t.Errorf("it reads\n%s\nwant\n%s", b.String(), want)
	}
	b.Reset()
	s = onStage(wellMade())
	if err := mustCheck(t, s).WriteText(&b); err != nil {
		t.Fatal(err)
	}
	says(t, b.String(), "\nAll is well.\n")
	for line := range strings.Lines(b.String()) {
		if strings.HasSuffix(line, " \n") {
			t.Errorf("a line ends with blanks: %q", line)
		}
	}
}

// words returns text with one blank for each run of them, and none at line ends.
func words(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		lines = append(lines, strings.Join(strings.Fields(line), " "))
	}
	return strings.Join(lines, "\n")
}

func TestTheReportForPrograms(t *testing.T) {
	t.Parallel()
	s := onStage(changed(older(), withTTL(types.TimeToLiveStatusEnabled, "ttl")))
	var b bytes.Buffer
	if err := mustCheck(t, s).WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	var got struct {
		OK            *bool
		Table, Region string
		Findings      []map[string]any
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatalf("%v:\n%s", err, b.String())
	}
	if got.OK == nil || *got.OK || got.Table != "sessions" || got.Region != "eu-west-1" {
		t.Errorf("it is\n%s", b.String())
	}
	for _, f := range got.Findings {
		if f["property"] != "index" {
			continue
		}
		if f["level"] != "wrong" || f["found"] != "none" || f["expected"] != "userId-index, ACTIVE" || len(f["mend"].([]any)) != 1 {
			t.Errorf("the finding on the index is %v", f)
		}
	}
	b.Reset()
	if err := mustCheck(t, onStage(wellMade())).WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	says(t, b.String(), `"ok": true`)
}
