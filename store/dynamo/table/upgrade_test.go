package table

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func TestUpgradeWaitsThroughTheStatesOfABackfill(t *testing.T) {
	t.Parallel()
	s := onStage(older())
	s.table.ItemCount = aws.Int64(1200)
	begin := s.now
	done, err := s.admin().Upgrade(t.Context(), UpgradeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(done.Steps) != 2 || s.count("UpdateTable") != 1 {
		t.Errorf("it did %q with %d UpdateTable", done.Steps, s.count("UpdateTable"))
	}
	if took := s.now.Sub(begin); took < preparingIndex+backfillingRows {
		t.Errorf("it was done after %v, before the index was", took)
	}
	says(t, s.told.String(), "Switch time to live on for ttl.\n", "time to live ENABLING on ttl\n",
		"Add the index userId-index (userId, createdAt; KEYS_ONLY) and wait until it is filled.\n",
		"      2s  index CREATING, AWS prepares it\n",
		"     40s  index CREATING, backfilling: holds 0 rows, the table 1200",
		" 3h0m40s  index ACTIVE\n", "The table sessions is up to date.\n")
	// A wait of three hours tells that it lives, but not every two seconds.
	if lines := strings.Count(s.told.String(), "\n"); lines < 200 || lines > 500 {
		t.Errorf("it told %d lines", lines)
	}
}

func TestUpgradeDoesNothingToAWellMadeTable(t *testing.T) {
	t.Parallel()
	s := onStage(wellMade())
	done, err := s.admin().Upgrade(t.Context(), UpgradeOptions{ScanRows: AllRows})
	if err != nil || len(done.Steps) != 0 {
		t.Errorf("it did %q, %v", done.Steps, err)
	}
	says(t, s.told.String(), "there is nothing to do")
	if want := []string{"DescribeTable", "DescribeTimeToLive"}; !slices.Equal(s.calls, want) {
		t.Errorf("it called %v; want %v", s.calls, want)
	}
}

func TestADryRunChangesNothing(t *testing.T) {
	t.Parallel()
	s := onStage(changed(older(), provisioned))
	done, err := s.admin().Upgrade(t.Context(), UpgradeOptions{DryRun: true, ScanRows: 10})
	if err != nil || len(done.Steps) != 2 {
		t.Errorf("it would do %q, %v", done.Steps, err)
	}
	says(t, s.told.String(), "Would switch time to live on for ttl.\n",
		"Would add the index userId-index (userId, createdAt; KEYS_ONLY; 20 RCU, 10 WCU as the table has) and wait until it is filled.\n")
	if want := []string{"DescribeTable", "DescribeTimeToLive", "Scan"}; !slices.Equal(s.calls, want) {
		t.Errorf("it called %v; want %v", s.calls, want)
	}
	s = onStage(changed(older(), withStatus(types.TableStatusCreating)))
	if _, err := s.admin().Upgrade(t.Context(), UpgradeOptions{DryRun: true}); err != nil || s.now != newStage().now {
		t.Errorf("it waited for a table that is being made: %v", err)
	}
}

func TestAnInterruptedUpgradeGoesOnFromWhatItFinds(t *testing.T) {
	t.Parallel()
	s := onStage(older())
	ctx, cancel := context.WithCancel(t.Context())
	s.after(time.Hour, cancel)
	_, err := s.admin().Upgrade(ctx, UpgradeOptions{})
	fails(t, err, "interrupted while waiting for the index userId-index", "session-api table upgrade")
	done, err := s.admin().Upgrade(t.Context(), UpgradeOptions{ScanRows: AllRows})
	if err != nil || !slices.Equal(done.Steps, []string{"wait until the index userId-index is filled"}) {
		t.Errorf("then it did %q, %v", done.Steps, err)
	}
	if index(s.table).IndexStatus != types.IndexStatusActive || s.count("UpdateTable") != 1 || s.count("Scan") != 0 {
		t.Errorf("the index is %s after the calls %v", index(s.table).IndexStatus, s.calls)
	}
}

// otherIndex is somebody else's.
func otherIndex() types.GlobalSecondaryIndexDescription {
	return types.GlobalSecondaryIndexDescription{IndexName: aws.String("other"), KeySchema: []types.KeySchemaElement{key("x", types.KeyTypeHash)}}
}

func TestUpgradeWaitsForAnotherIndexThatIsBeingBuilt(t *testing.T) {
	t.Parallel()
	s := onStage(older())
	s.building(otherIndex())
	begin := s.now
	if _, err := s.admin().Upgrade(t.Context(), UpgradeOptions{}); err != nil {
		t.Fatal(err)
	}
	if took := s.now.Sub(begin); took < 2*(preparingIndex+backfillingRows) {
		t.Errorf("it was done after %v, before two indexes could be", took)
	}
	says(t, s.told.String(), "table UPDATING because of another change",
		"AWS has the index wait: Subscriber limit exceeded: Only 1 online index", "index ACTIVE")
}

func TestUpgradeAsksAgainAfterARefusalThatPasses(t *testing.T) {
	t.Parallel()
	s := onStage(older())
	s.fails["UpdateTable"] = []error{refuse(codeInUse, "Table is being updated"), refuse("InternalServerError", "oops"), errors.New("reset")}
	s.fails["UpdateTimeToLive"] = []error{refuse(codeInUse, "Table is being updated")}
	if _, err := s.admin().Upgrade(t.Context(), UpgradeOptions{}); err != nil {
		t.Fatal(err)
	}
	if a, b := s.count("UpdateTable"), s.count("UpdateTimeToLive"); a != 4 || b != 2 {
		t.Errorf("it asked %d times for the index and %d times for the time to live; want 4 and 2", a, b)
	}
}

func TestALimitThatNothingWillLiftEndsTheUpgrade(t *testing.T) {
	t.Parallel()
	s := onStage(older())
	for range 1000 {
		s.fails["UpdateTable"] = append(s.fails["UpdateTable"], refuse(codeLimit, "Subscriber limit exceeded: 20 indexes"))
	}
	_, err := s.admin().Upgrade(t.Context(), UpgradeOptions{})
	fails(t, err, "gave up waiting for the index userId-index after 10m0s", "Subscriber limit exceeded: 20 indexes")
}

func TestUpgradeAddsAnIndexAgainThatIsBeingDeleted(t *testing.T) {
	t.Parallel()
	s := onStage(changed(wellMade(), withIndexStatus(types.IndexStatusDeleting), withIndexKeys(key("x", types.KeyTypeHash))))
	s.after(5*time.Minute, func() { s.table.GlobalSecondaryIndexes = nil })
	if _, err := s.admin().Upgrade(t.Context(), UpgradeOptions{}); err != nil {
		t.Fatal(err)
	}
	if d := differences(changed(wellMade(), func(st *state) { st.table = s.table })); len(d) != 0 {
		t.Errorf("the table differs: %q", d)
	}
}

func TestAnotherIndexOfOurNameThatAppearsMeanwhileIsToldOf(t *testing.T) {
	t.Parallel()
	s := onStage(changed(older(), withTTL(types.TimeToLiveStatusEnabled, "ttl")))
	inUse := refuse(codeInUse, "Table is being updated")
	s.fails["UpdateTable"] = []error{inUse, inUse, inUse}
	taken := otherIndex()
	*taken.IndexName = indexName
	s.after(5*time.Second, func() { s.building(taken) })
	_, err := s.admin().Upgrade(t.Context(), UpgradeOptions{})
	fails(t, err, "the index userId-index was added by somebody else with other keys (x)")
}

func TestUpgradeRefusesWhatItCannotMakeRightBeforeItChangesAnything(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		s    state
		says []string
	}{
		{"another time to live", changed(older(), withTTL(types.TimeToLiveStatusEnabled, "expires")),
			[]string{"because of the time to live of the table sessions in eu-west-1: found ENABLED on expires, expected ENABLED on ttl", "Enabled=false,AttributeName=expires", "session-api table upgrade"}},
		{"an index with other keys", changed(wellMade(), withIndexKeys(key("userId", types.KeyTypeHash)), withTTL(types.TimeToLiveStatusDisabled, "")),
			[]string{"the index keys of the table", "found userId, expected userId, createdAt", `{"Delete":{"IndexName":"userId-index"}}`}},
		{"a range key", changed(older(), withKeys(key("id", types.KeyTypeHash), key("x", types.KeyTypeRange))),
			[]string{"the range key of the table", "found x, expected none", "session-api table create --dynamodb-table-name sessions-2"}},
		{"a numeric createdAt", changed(older(), withType("createdAt", types.ScalarAttributeTypeN)), []string{"the attribute types of the table"}},
		{"a dying table", changed(older(), withStatus(types.TableStatusDeleting)), []string{"found DELETING, expected ACTIVE"}},
	} {
		s := onStage(c.s)
		_, err := s.admin().Upgrade(t.Context(), UpgradeOptions{ScanRows: AllRows})
		fails(t, err, append(c.says, "nothing was changed")...)
		if want := []string{"DescribeTable", "DescribeTimeToLive"}; !slices.Equal(s.calls, want) {
			t.Errorf("%s: it called %v; want %v", c.name, s.calls, want)
		}
	}
}

func TestATimeToLiveThatIsBeingSwitchedOffIsWaitedForAndSwitchedOn(t *testing.T) {
	t.Parallel()
	s := onStage(changed(wellMade(), withTTL(types.TimeToLiveStatusDisabling, "expires")))
	s.after(time.Hour, func() { s.ttl = types.TimeToLiveDescription{TimeToLiveStatus: types.TimeToLiveStatusDisabled} })
	if _, err := s.admin().Upgrade(t.Context(), UpgradeOptions{}); err != nil {
		t.Fatal(err)
	}
	if s.ttl.TimeToLiveStatus != types.TimeToLiveStatusEnabling || *s.ttl.AttributeName != "ttl" {
		t.Errorf("the time to live is %s", s.ttl.TimeToLiveStatus)
	}
}

func TestATimeToLiveThatSomebodySetsMeanwhileIsToldOf(t *testing.T) {
	t.Parallel()
	s := onStage(changed(wellMade(), withTTL(types.TimeToLiveStatusDisabled, "")))
	s.fails["UpdateTimeToLive"] = []error{refuse(codeInUse, "Table is being updated")}
	s.after(time.Second, func() {
		s.ttl = types.TimeToLiveDescription{TimeToLiveStatus: types.TimeToLiveStatusEnabled, AttributeName: aws.String("expires")}
	})
	_, err := s.admin().Upgrade(t.Context(), UpgradeOptions{})
	fails(t, err, "time to live is ENABLED on another attribute, expires")
}

func TestUpgradeChangesNothingWhereItMayNotSeeTheSetting(t *testing.T) {
	t.Parallel()
	s := onStage(older())
	s.fails["DescribeTimeToLive"] = []error{refuse(codeDenied, "no")}
	_, err := s.admin().Upgrade(t.Context(), UpgradeOptions{})
	fails(t, err, "need dynamodb:DescribeTimeToLive")
	if s.count("UpdateTable")+s.count("UpdateTimeToLive") != 0 {
		t.Errorf("it called %v", s.calls)
	}
}

func TestWhatAWSSaysToATimeToLiveIsUnderstood(t *testing.T) {
	t.Parallel()
	s := onStage(changed(wellMade(), withTTL(types.TimeToLiveStatusDisabled, "")))
	s.fails["UpdateTimeToLive"] = []error{refuse(codeInvalid, "Time to live has been modified multiple times within a fixed interval")}
	_, err := s.admin().Upgrade(t.Context(), UpgradeOptions{})
	fails(t, err, "one change of it an hour", "within a fixed interval", "session-api table upgrade")

	// Somebody else was first, and DescribeTimeToLive does not show it yet.
	s = onStage(changed(wellMade(), withTTL(types.TimeToLiveStatusDisabled, "")))
	s.fails["UpdateTimeToLive"] = []error{refuse(codeInvalid, "TimeToLive is already enabled")}
	s.after(5*time.Second, func() {
		s.ttl = types.TimeToLiveDescription{TimeToLiveStatus: types.TimeToLiveStatusEnabled, AttributeName: aws.String("ttl")}
	})
	if _, err := s.admin().Upgrade(t.Context(), UpgradeOptions{}); err != nil || s.count("UpdateTimeToLive") != 1 {
		t.Errorf("it asked %d times: %v", s.count("UpdateTimeToLive"), err)
	}
}

func TestUpgradeOfNoTableSaysWhatMakesOne(t *testing.T) {
	t.Parallel()
	_, err := newStage().admin().Upgrade(t.Context(), UpgradeOptions{})
	fails(t, err, "there is no table sessions in eu-west-1", "session-api table create --dynamodb-table-name sessions")
}
