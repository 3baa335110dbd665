package table

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"session-api"
)

type row = map[string]types.AttributeValue

// stored returns a row with these keys; nil leaves one out.
func stored(id string, userID, createdAt types.AttributeValue) row {
	r := row{attrID: text(id)}
	if userID != nil {
		r[attrUserID] = userID
	}
	if createdAt != nil {
		r[attrCreatedAt] = createdAt
	}
	return r
}

func TestARowThatAnIndexWouldLockIsRecognised(t *testing.T) {
	t.Parallel()
	user, at := text("user"), text("2025-12-24T12:00:00")
	// 683 of three bytes each are 2,049.
	long := strings.Repeat("…", 683)
	for _, c := range []struct {
		userID, createdAt types.AttributeValue
		want              string
	}{
		{user, at, ""},
		{nil, at, ""},
		{user, nil, ""},
		{text(long[:2048]), text(long[:1024]), ""},
		{number("7"), at, "userId is no string"},
		{&types.AttributeValueMemberNULL{Value: true}, at, "userId is no string"},
		{&types.AttributeValueMemberL{}, at, "userId is no string"},
		{user, number("1766577600"), "createdAt is no string"},
		{text(""), at, "userId is empty"},
		{user, text(""), "createdAt is empty"},
		{text(long), at, "userId has 2049 bytes, and an index key at most 2048"},
		{user, text(long[:1025]), "createdAt has 1025 bytes, and an index key at most 1024"},
	} {
		if got := misfit(stored("a", c.userID, c.createdAt)); got != c.want {
			t.Errorf("a row of %.40v and %.40v: %q; want %q", c.userID, c.createdAt, got, c.want)
		}
	}
}

// manyRows returns n rows of which the ones at these places are misfits.
func manyRows(n int, misfits ...int) []row {
	rows := make([]row, n)
	for i := range rows {
		userID := text("user")
		if slices.Contains(misfits, i) {
			userID = number("7")
		}
		rows[i] = stored(fmt.Sprintf("session-user-SECRET%d", i), userID, text("2025"))
	}
	return rows
}

func TestRowsAreLookedAtWithinTheBound(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		bound, looked, scans, misfits int
		all                           bool
	}{
		{0, 0, 0, 0, false},
		{100, 100, 1, 1, false},
		{12_000, 12_000, 3, 2, false},
		{12_001, 12_001, 3, 3, true},
		{1_000_000, 12_001, 3, 3, true},
		{AllRows, 12_001, 3, 3, true},
	} {
		s := onStage(older())
		s.rows = manyRows(12_001, 50, 11_999, 12_000)
		begin := s.now
		done, err := s.admin().Upgrade(t.Context(), UpgradeOptions{DryRun: true, ScanRows: c.bound})
		r := done.Rows
		if err != nil || r.Looked != c.looked || r.All != c.all || r.Misfits != c.misfits || s.count("Scan") != c.scans {
			t.Errorf("with %d: looked at %d (all: %v) in %d scans, %d misfits, %v", c.bound, r.Looked, r.All, s.count("Scan"), r.Misfits, err)
		}
		// A scan at full speed would take a partition from the sessions.
		if took := s.now.Sub(begin); took < time.Duration(c.scans-1)*scanPause {
			t.Errorf("with %d: %d scans in %v", c.bound, c.scans, took)
		}
	}
}

func TestAnIndexThatWouldLockRowsIsAddedOnlyWhenThatIsAccepted(t *testing.T) {
	t.Parallel()
	s := onStage(older())
	alias := stored("session-user-FORMERSECRET", nil, nil)
	alias[attrKind] = text("alias")
	s.rows = append(manyRows(20, 3, 4, 5, 6, 7, 8), stored("session-SECRET", nil, nil), alias)
	done, err := s.admin().Upgrade(t.Context(), UpgradeOptions{ScanRows: AllRows})
	fails(t, err, "nothing was changed", "6 of those looked at", "--accept-misfits")
	if s.count("UpdateTable")+s.count("UpdateTimeToLive") != 0 {
		t.Errorf("it called %v", s.calls)
	}
	if done.Rows.Misfits != 6 || done.Rows.Unlisted != 1 || len(done.Rows.Examples) != maxExamples {
		t.Errorf("the rows are %+v", done.Rows)
	}
	told := s.told.String()
	says(t, told, "rows looked at: 22 (all there are); locked by the index: 6; without userId or createdAt, so in no user's list: 1",
		session.Redact("session-user-SECRET3")+": userId is no string", "aws dynamodb scan --table-name sessions")
	if strings.Contains(told+err.Error(), "SECRET") {
		t.Errorf("it tells a session id:\n%s\n%v", told, err)
	}
	if _, err := s.admin().Upgrade(t.Context(), UpgradeOptions{ScanRows: AllRows, AcceptMisfits: true}); err != nil {
		t.Errorf("accepted, it fails: %v", err)
	}
	if index(s.table) == nil {
		t.Error("accepted, there is no index")
	}
}

func TestALongLookAtRowsTellsThatItLives(t *testing.T) {
	t.Parallel()
	s := onStage(older())
	s.rows, s.page = manyRows(300), 1
	if _, err := s.admin().Upgrade(t.Context(), UpgradeOptions{DryRun: true, ScanRows: AllRows}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(s.told.String(), "rows so far"); got != 2 {
		t.Errorf("it told so %d times in 75 s; want 2:\n%s", got, s.told.String())
	}
}

func TestALookAtRowsThatIsDeniedSaysWhatItNeeds(t *testing.T) {
	t.Parallel()
	s := onStage(older())
	s.fails["Scan"] = []error{refuse(codeDenied, "no")}
	_, err := s.admin().Upgrade(t.Context(), UpgradeOptions{ScanRows: 1})
	fails(t, err, "need dynamodb:Scan", "--scan-rows 0")
}
