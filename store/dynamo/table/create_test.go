package table

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func TestCreateWaitsUntilTableAndIndexServeAndTellsWhatChanges(t *testing.T) {
	t.Parallel()
	s := newStage()
	if err := s.admin().Create(t.Context(), CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	if d := differences(state{table: s.table, ttl: ttlState{status: s.ttl.TimeToLiveStatus, attribute: *s.ttl.AttributeName}}); len(d) != 2 {
		t.Errorf("the table differs: %q; want notes for protection and recovery only", d)
	}
	want := `Creating the table sessions in eu-west-1: on-demand, with the index userId-index.
      0s  table not shown yet
      2s  table CREATING, index CREATING
      8s  table ACTIVE, index ACTIVE
      0s  time to live DISABLED, asking for it
      2s  time to live ENABLING on ttl
The table sessions is ready.
`
	if got := s.told.String(); got != want {
		t.Errorf("it told\n%s\nwant\n%s", got, want)
	}
}

func TestCreateLeavesATableOfThatNameAlone(t *testing.T) {
	t.Parallel()
	s := newStage()
	s.fails["CreateTable"] = []error{refuse(codeInUse, "Table already exists: sessions")}
	err := s.admin().Create(t.Context(), CreateOptions{PointInTimeRecovery: true})
	fails(t, err, "the table sessions exists already in eu-west-1 and was not touched",
		"session-api table check --dynamodb-table-name sessions", "session-api table upgrade --dynamodb-table-name sessions")
	if want := []string{"CreateTable"}; !slices.Equal(s.calls, want) {
		t.Errorf("it called %v; want %v", s.calls, want)
	}
}

func TestCreateWaitsUntilAWSCanSwitchRecoveryOn(t *testing.T) {
	t.Parallel()
	s := newStage()
	notYet := refuse(codeBackupsNotReady, "Backups are being enabled for the table: sessions. Please retry later")
	s.fails["UpdateContinuousBackups"] = []error{notYet, notYet}
	if err := s.admin().Create(t.Context(), CreateOptions{PointInTimeRecovery: true}); err != nil {
		t.Fatal(err)
	}
	if got := s.count("UpdateContinuousBackups"); got != 3 {
		t.Errorf("it was asked for %d times; want 3", got)
	}
	says(t, s.told.String(), "AWS prepares the table for it", "point-in-time recovery on")
}

func TestAHalfDoneCreateSaysWhatFinishesIt(t *testing.T) {
	t.Parallel()
	const upgrade = "session-api table upgrade --dynamodb-table-name sessions --aws-region eu-west-1"
	const recovery = "aws dynamodb update-continuous-backups --table-name sessions"
	for _, c := range []struct {
		call string
		says []string
		not  string
	}{
		{"DescribeTable", []string{"need dynamodb:DescribeTable", upgrade, recovery}, ""},
		{"UpdateTimeToLive", []string{"need dynamodb:UpdateTimeToLive", upgrade, recovery}, ""},
		{"UpdateContinuousBackups", []string{"need dynamodb:UpdateContinuousBackups", recovery}, upgrade},
	} {
		s := newStage()
		s.fails[c.call] = []error{refuse(codeDenied, "User: arn:aws:iam::1:user/u is not authorized")}
		err := s.admin().Create(t.Context(), CreateOptions{PointInTimeRecovery: true})
		fails(t, err, append(c.says, "the table sessions was made but is not finished", "arn:aws:iam::1:user/u")...)
		if c.not != "" && strings.Contains(err.Error(), c.not) {
			t.Errorf("without %s it names a command that does nothing: %v", c.call, err)
		}
	}
}

func TestUpgradeFinishesAHalfDoneCreate(t *testing.T) {
	t.Parallel()
	s := newStage()
	ctx, cancel := context.WithCancel(t.Context())
	s.after(3*time.Second, cancel)
	err := s.admin().Create(ctx, CreateOptions{})
	fails(t, err, "interrupted while waiting for the table", "DynamoDB goes on by itself", "session-api table upgrade")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the error is not one of the context: %v", err)
	}
	done, err := s.admin().Upgrade(t.Context(), UpgradeOptions{})
	if err != nil || !slices.Equal(done.Steps, []string{"switch time to live on for ttl"}) {
		t.Errorf("the upgrade did %q, %v", done.Steps, err)
	}
	if s.table.TableStatus != types.TableStatusActive || s.ttl.TimeToLiveStatus != types.TimeToLiveStatusEnabling {
		t.Errorf("the table is %s, its time to live %s", s.table.TableStatus, s.ttl.TimeToLiveStatus)
	}
}

func TestAWaitOutlivesAnOutageButNotForEver(t *testing.T) {
	t.Parallel()
	s := newStage()
	throttled, down := refuse("ThrottlingException", "Rate exceeded"), errors.New("connection refused")
	s.fails["DescribeTable"] = []error{throttled, down, down, throttled}
	if err := s.admin().Create(t.Context(), CreateOptions{}); err != nil {
		t.Errorf("after an outage it failed: %v", err)
	}
	says(t, s.told.String(), "no answer: DescribeTable was refused: Rate exceeded", "connection refused")

	s = newStage()
	for range 1000 {
		s.fails["DescribeTable"] = append(s.fails["DescribeTable"], down)
	}
	begin := s.now
	fails(t, s.admin().Create(t.Context(), CreateOptions{}), "gave up waiting for the table after 10m0s", "connection refused")
	if took := s.now.Sub(begin); took > patience+2*pollEvery {
		t.Errorf("it gave up after %v", took)
	}
}

func TestATableServesOnlyWithItsIndex(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		table types.TableStatus
		index types.IndexStatus
		done  bool
	}{
		{types.TableStatusCreating, types.IndexStatusCreating, false},
		{types.TableStatusActive, types.IndexStatusCreating, false},
		{types.TableStatusUpdating, types.IndexStatusActive, false},
		{types.TableStatusActive, types.IndexStatusActive, true},
	} {
		got, err := tableSight(changed(wellMade(), withStatus(c.table), withIndexStatus(c.index)).table)
		if err != nil || got.done != c.done {
			t.Errorf("a table that is %s with an index that is %s is done: %v, %v", c.table, c.index, got.done, err)
		}
	}
}

func TestATableThatWillNeverServeIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	s := newStage()
	s.after(3*time.Second, func() { s.table.TableStatus = types.TableStatusDeleting })
	fails(t, s.admin().Create(t.Context(), CreateOptions{}), "the table is DELETING and will not serve")
}
