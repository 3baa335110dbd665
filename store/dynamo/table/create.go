package table

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// CreateOptions say what the table gets beyond what it must have.
type CreateOptions struct {
	// DeletionProtection has DynamoDB refuse to delete the table until it is
	// switched off.
	DeletionProtection bool
	// PointInTimeRecovery has DynamoDB keep what is needed to restore the table
	// as it was at any second of the last 35 days. It is charged by size.
	PointInTimeRecovery bool
	// Tags are put on the table, for billing and for access rules.
	Tags map[string]string
}

// Create makes the table with its index and its time-to-live setting, and
// returns when it serves. A table of that name is never touched, whatever it is
// like: the error then says which commands look at it. When a later step fails
// the table stays, and the error names the commands that finish it.
func (a *Admin) Create(ctx context.Context, o CreateOptions) error {
	a.tell("Creating the table %s in %s: on-demand, with the index %s%s.", a.Table, a.Region, indexName, o.extras())
	if _, err := a.api.CreateTable(ctx, createInput(a.Table, o)); err != nil {
		return a.notCreated(err)
	}
	p := a.place()
	finish := []string{p.program("upgrade")}
	if o.PointInTimeRecovery {
		finish = append(finish, p.recoveryOn())
	}
	if err := a.awaitTable(ctx); err != nil {
		return a.unfinished(err, finish)
	}
	if err := a.settleTTL(ctx); err != nil {
		return a.unfinished(err, finish)
	}
	if o.PointInTimeRecovery {
		if err := a.switchRecoveryOn(ctx); err != nil {
			return a.unfinished(err, []string{p.recoveryOn()})
		}
	}
	a.tell("The table %s is ready.", a.Table)
	return nil
}

// extras lists the options that are on, for the first line.
func (o CreateOptions) extras() string {
	var on strings.Builder
	if o.DeletionProtection {
		on.WriteString(", deletion protection")
	}
	if o.PointInTimeRecovery {
		on.WriteString(", point-in-time recovery")
	}
	if len(o.Tags) > 0 {
		on.WriteString(", tags")
	}
	return on.String()
}

func (a *Admin) notCreated(err error) error {
	p := a.place()
	if code(err) == codeInUse {
		return failf(err, "the table %s exists already in %s and was not touched; %s tells whether it is as it should be, %s adds what it lacks",
			p.table, p.region, p.program("check"), p.program("upgrade"))
	}
	return p.explain(err, "CreateTable")
}

func (a *Admin) unfinished(err error, finish []string) error {
	return failf(err, "the table %s was made but is not finished: %v. To finish it: %s", a.Table, err, strings.Join(finish, "; then "))
}

// awaitTable waits until the table and the index that was made with it serve.
func (a *Admin) awaitTable(ctx context.Context) error {
	return a.await(ctx, "the table", func(ctx context.Context) (sight, error) {
		t, err := a.describe(ctx)
		if code(err) == codeNotFound {
			// DescribeTable may trail behind CreateTable (API: DescribeTable).
			return sight{state: "table not shown yet", stalled: true}, nil
		}
		if err != nil {
			return sight{}, err
		}
		return tableSight(t)
	})
}

func tableSight(t *types.TableDescription) (sight, error) {
	switch t.TableStatus {
	case types.TableStatusCreating, types.TableStatusUpdating, types.TableStatusActive:
	default:
		return sight{}, failf(nil, "the table is %s and will not serve", t.TableStatus)
	}
	s := sight{state: "table " + string(t.TableStatus), done: t.TableStatus == types.TableStatusActive}
	if ix := index(t); ix != nil {
		s.state += ", index " + string(ix.IndexStatus)
		s.done = s.done && ix.IndexStatus == types.IndexStatusActive
	}
	return s, nil
}

// switchRecoveryOn switches point-in-time recovery on. AWS prepares a new table
// for it by itself and refuses the call until then.
func (a *Admin) switchRecoveryOn(ctx context.Context) error {
	return a.await(ctx, "point-in-time recovery", func(ctx context.Context) (sight, error) {
		out, err := a.api.UpdateContinuousBackups(ctx, &dynamodb.UpdateContinuousBackupsInput{
			TableName:                        &a.Table,
			PointInTimeRecoverySpecification: &types.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(true)},
		})
		switch {
		case code(err) == codeBackupsNotReady, code(err) == codeInUse:
			return sight{state: "point-in-time recovery: AWS prepares the table for it", stalled: true}, nil
		case err != nil:
			return sight{}, a.place().explain(err, "UpdateContinuousBackups")
		}
		on := recoveryOn(out.ContinuousBackupsDescription)
		return sight{state: "point-in-time recovery on", done: on, stalled: !on}, nil
	})
}
