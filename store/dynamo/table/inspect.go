package table

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// state is what DynamoDB says of a table.
type state struct {
	table    *types.TableDescription
	ttl      ttlState
	recovery recoveryState
}

// ttlState is the table's time-to-live setting, or why it is not known.
type ttlState struct {
	status    types.TimeToLiveStatus
	attribute string
	err       error
}

// on reports whether it works for attribute, or will do so by itself.
func (s ttlState) on(attribute string) bool { return s.busyOrOn() && s.attribute == attribute }

// busyOrOn reports whether it works for some attribute, or will do so by itself.
func (s ttlState) busyOrOn() bool {
	return s.status == types.TimeToLiveStatusEnabled || s.status == types.TimeToLiveStatusEnabling
}

// recoveryState is the point-in-time recovery of the table, or why it is not
// known.
type recoveryState struct {
	on  bool
	err error
}

// describe returns the table's description.
func (a *Admin) describe(ctx context.Context) (*types.TableDescription, error) {
	out, err := a.api.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &a.Table})
	if err != nil {
		return nil, a.place().explain(err, "DescribeTable")
	}
	return out.Table, nil
}

func (a *Admin) describeTTL(ctx context.Context) ttlState {
	out, err := a.api.DescribeTimeToLive(ctx, &dynamodb.DescribeTimeToLiveInput{TableName: &a.Table})
	if err != nil {
		return ttlState{err: a.place().explain(err, "DescribeTimeToLive")}
	}
	s := ttlState{status: types.TimeToLiveStatusDisabled}
	if d := out.TimeToLiveDescription; d != nil {
		s.status, s.attribute = d.TimeToLiveStatus, aws.ToString(d.AttributeName)
	}
	return s
}

func (a *Admin) describeRecovery(ctx context.Context) recoveryState {
	out, err := a.api.DescribeContinuousBackups(ctx, &dynamodb.DescribeContinuousBackupsInput{TableName: &a.Table})
	if err != nil {
		return recoveryState{err: a.place().explain(err, "DescribeContinuousBackups")}
	}
	return recoveryState{on: recoveryOn(out.ContinuousBackupsDescription)}
}

func recoveryOn(d *types.ContinuousBackupsDescription) bool {
	return d != nil && d.PointInTimeRecoveryDescription != nil &&
		d.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus == types.PointInTimeRecoveryStatusEnabled
}
