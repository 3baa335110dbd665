package table

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var here = place{table: "sessions", region: "eu-west-1"}

// differences returns the findings that are not OK, one line each.
func differences(s state) []string {
	var lines []string
	for _, f := range compare(here, s) {
		if f.Level != OK {
			lines = append(lines, fmt.Sprintf("%s %s: %s, not %s", f.Level, f.Property, f.Found, f.Expected))
		}
	}
	return lines
}

func TestEachDifferenceOfATableIsFoundAndNothingElse(t *testing.T) {
	t.Parallel()
	const noIndex = "wrong index: none, not userId-index, ACTIVE"
	denied := here.explain(refuse(codeDenied, "no"), "DescribeTimeToLive")
	for _, c := range []struct {
		name string
		s    state
		want []string
	}{
		{"a well-made table", wellMade(), nil},
		{"the older service's table", older(), []string{noIndex, "wrong time to live: DISABLED, not ENABLED on ttl"}},
		{"a table that is being made", changed(wellMade(), withStatus(types.TableStatusCreating)), []string{"wrong table: CREATING, not ACTIVE"}},
		{"a table that is being changed", changed(wellMade(), withStatus(types.TableStatusUpdating)), []string{"note table: UPDATING, not ACTIVE"}},
		{"a table that is being deleted", changed(wellMade(), withStatus(types.TableStatusDeleting)), []string{"wrong table: DELETING, not ACTIVE"}},
		{"a table without its KMS key", changed(wellMade(), withStatus(types.TableStatusInaccessibleEncryptionCredentials)),
			[]string{"wrong table: INACCESSIBLE_ENCRYPTION_CREDENTIALS, not ACTIVE"}},
		{"an archived table", changed(wellMade(), withStatus(types.TableStatusArchived)), []string{"wrong table: ARCHIVED, not ACTIVE"}},
		{"another hash key", changed(wellMade(), withKeys(key("sid", types.KeyTypeHash))), []string{"wrong hash key: sid, not id"}},
		{"a range key", changed(wellMade(), withKeys(key("id", types.KeyTypeHash), key("createdAt", types.KeyTypeRange))),
			[]string{"wrong range key: createdAt, not none"}},
		{"a numeric hash key", changed(wellMade(), withType("id", types.ScalarAttributeTypeN)),
			[]string{"wrong attribute types: userId S, createdAt S, id N, not userId S, createdAt S, id S"}},
		{"createdAt as another index's number", changed(older(), withType("createdAt", types.ScalarAttributeTypeN)),
			[]string{"wrong attribute types: id S, createdAt N, not id S, createdAt S", noIndex, "wrong time to live: DISABLED, not ENABLED on ttl"}},
		{"a number that is no concern of ours", changed(wellMade(), withType("score", types.ScalarAttributeTypeN)), nil},
		{"provisioned capacity", changed(wellMade(), provisioned), []string{"note billing: provisioned, 20 RCU, 10 WCU, not on-demand"}},
		{"infrequent access", changed(wellMade(), func(s *state) {
			s.table.TableClassSummary = &types.TableClassSummary{TableClass: types.TableClassStandardInfrequentAccess}
		}), []string{"note table class: STANDARD_INFREQUENT_ACCESS, not STANDARD"}},
		{"an index that is being filled", changed(wellMade(), withIndexStatus(types.IndexStatusCreating)),
			[]string{"wrong index: userId-index, CREATING, not userId-index, ACTIVE"}},
		{"an index that is being deleted", changed(wellMade(), withIndexStatus(types.IndexStatusDeleting), withIndexKeys(key("x", types.KeyTypeHash))),
			[]string{"wrong index: userId-index, DELETING, not userId-index, ACTIVE"}},
		{"an index whose capacity changes", changed(wellMade(), withIndexStatus(types.IndexStatusUpdating)),
			[]string{"note index: userId-index, UPDATING, not userId-index, ACTIVE"}},
		{"an index without range key", changed(wellMade(), withIndexKeys(key("userId", types.KeyTypeHash))),
			[]string{"wrong index keys: userId, not userId, createdAt"}},
		{"an index with swapped keys", changed(wellMade(), withIndexKeys(key("createdAt", types.KeyTypeHash), key("userId", types.KeyTypeRange))),
			[]string{"wrong index keys: createdAt, userId, not userId, createdAt"}},
		{"an index of everything", changed(wellMade(), withProjection(types.ProjectionTypeAll)), []string{"note index projection: ALL, not KEYS_ONLY"}},
		{"an index of something", changed(wellMade(), withProjection(types.ProjectionTypeInclude)), []string{"note index projection: INCLUDE, not KEYS_ONLY"}},
		{"a time to live that begins", changed(wellMade(), withTTL(types.TimeToLiveStatusEnabling, "ttl")), nil},
		{"a time to live that ends", changed(wellMade(), withTTL(types.TimeToLiveStatusDisabling, "ttl")),
			[]string{"wrong time to live: DISABLING on ttl, not ENABLED on ttl"}},
		{"another time to live", changed(wellMade(), withTTL(types.TimeToLiveStatusEnabled, "expires")),
			[]string{"wrong time to live: ENABLED on expires, not ENABLED on ttl"}},
		{"an unseen time to live", changed(wellMade(), func(s *state) { s.ttl = ttlState{err: denied} }),
			[]string{"unknown time to live: unknown: access denied (needs dynamodb:DescribeTimeToLive), not ENABLED on ttl"}},
		{"no protection", changed(wellMade(), func(s *state) { s.table.DeletionProtectionEnabled = nil }), []string{"note deletion protection: off, not on"}},
		{"no recovery", changed(wellMade(), func(s *state) { s.recovery.on = false }), []string{"note point-in-time recovery: off, not on"}},
		{"an unseen recovery", changed(wellMade(), func(s *state) { s.recovery = recoveryState{err: errors.New("no answer")} }),
			[]string{"note point-in-time recovery: unknown: no answer, not on"}},
		{"a global table", changed(wellMade(), func(s *state) {
			s.table.Replicas = []types.ReplicaDescription{{RegionName: aws.String("us-east-1")}}
		}), []string{"note replicas: us-east-1, not none"}},
	} {
		if got := differences(c.s); !slices.Equal(got, c.want) {
			t.Errorf("%s: found\n\t%s\nwant\n\t%s", c.name, strings.Join(got, "\n\t"), strings.Join(c.want, "\n\t"))
		}
	}
}

func TestEveryDifferenceSaysWhatItMeans(t *testing.T) {
	t.Parallel()
	s := changed(older(), provisioned, withStatus(types.TableStatusArchived), func(s *state) { s.recovery.on = false })
	for _, f := range compare(here, s) {
		if f.Level != OK && f.Why == "" {
			t.Errorf("%s does not say why it matters", f.Property)
		}
	}
}

func TestCommandsThatMendNameTheTableAndTheRegion(t *testing.T) {
	t.Parallel()
	s := changed(wellMade(), provisioned, withProjection(types.ProjectionTypeAll), withTTL(types.TimeToLiveStatusEnabled, "its end's"), func(s *state) {
		s.recovery.on, s.table.DeletionProtectionEnabled = false, aws.Bool(false)
	})
	var commands []string
	for _, f := range compare(here, s) {
		commands = append(commands, f.Mend...)
	}
	const upgrade = "session-api table upgrade --dynamodb-table-name sessions --aws-region eu-west-1"
	want := []string{
		"aws dynamodb update-table --table-name sessions --region eu-west-1 --billing-mode PAY_PER_REQUEST",
		`aws dynamodb update-table --table-name sessions --region eu-west-1 --global-secondary-index-updates '[{"Delete":{"IndexName":"userId-index"}}]'`,
		upgrade,
		`aws dynamodb update-time-to-live --table-name sessions --region eu-west-1 --time-to-live-specification 'Enabled=false,AttributeName=its end'\''s'`,
		upgrade,
		"aws dynamodb update-table --table-name sessions --region eu-west-1 --deletion-protection-enabled",
		"aws dynamodb update-continuous-backups --table-name sessions --region eu-west-1 --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true",
	}
	if !slices.Equal(commands, want) {
		t.Errorf("the commands are\n\t%s\nwant\n\t%s", strings.Join(commands, "\n\t"), strings.Join(want, "\n\t"))
	}
}

func TestTheRequestThatAddsTheIndexKeepsWhatTheTableDeclares(t *testing.T) {
	t.Parallel()
	s := changed(older(), withType("score", types.ScalarAttributeTypeN), withType("userId", types.ScalarAttributeTypeS))
	var got []string
	for _, d := range indexInput(s.table).AttributeDefinitions {
		got = append(got, *d.AttributeName+" "+string(d.AttributeType))
	}
	if want := []string{"id S", "score N", "userId S", "createdAt S"}; !slices.Equal(got, want) {
		t.Errorf("it declares %v; want %v", got, want)
	}
}

func TestAnIndexOfAProvisionedTableGetsTheTablesCapacity(t *testing.T) {
	t.Parallel()
	got := indexInput(changed(older(), provisioned).table).GlobalSecondaryIndexUpdates[0].Create.ProvisionedThroughput
	if got == nil || *got.ReadCapacityUnits != 20 || *got.WriteCapacityUnits != 10 {
		t.Errorf("the index gets %+v; want 20 and 10 units", got)
	}
	if got := indexInput(older().table).GlobalSecondaryIndexUpdates[0].Create.ProvisionedThroughput; got != nil {
		t.Errorf("the index of an on-demand table gets %+v; AWS refuses that", got)
	}
}
