package table

import (
	"context"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
)

// settleTTL has DynamoDB delete expired rows by themselves, and returns when it
// says that it does or will. AWS may take an hour for it (API:
// UpdateTimeToLive); nothing of the service depends on when.
func (a *Admin) settleTTL(ctx context.Context) error {
	asked := false
	return a.await(ctx, "the time-to-live setting", func(ctx context.Context) (sight, error) {
		s := a.describeTTL(ctx)
		switch {
		case s.err != nil:
			return sight{}, s.err
		case s.on(attrTTL):
			return sight{state: "time to live " + string(s.status) + " on " + attrTTL, done: true}, nil
		case s.busyOrOn():
			return sight{}, failf(nil, "time to live is %s on another attribute, %s", s.status, s.attribute)
		case s.status == types.TimeToLiveStatusDisabling:
			return sight{state: "time to live DISABLING, which may take an hour"}, nil
		case asked:
			return sight{state: "time to live asked for", stalled: true}, nil
		}
		var err error
		asked, err = a.enableTTL(ctx)
		return sight{state: "time to live DISABLED, asking for it", stalled: true}, err
	})
}

// enableTTL asks for the setting. taken is false if the table is busy with
// another change, so that it must be asked for again.
func (a *Admin) enableTTL(ctx context.Context) (taken bool, err error) {
	_, err = a.api.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{
		TableName:               &a.Table,
		TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String(attrTTL), Enabled: aws.Bool(true)},
	})
	var api smithy.APIError
	switch {
	case busy(err):
		return false, nil
	case code(err) != codeInvalid:
		return true, a.place().explain(err, "UpdateTimeToLive")
	case errors.As(err, &api) && strings.Contains(strings.ToLower(api.ErrorMessage()), "already enabled"):
		// An attempt whose answer was lost, or another caller, was first.
		return true, nil
	}
	return false, failf(err, "AWS did not take the time-to-live setting (%s). It takes one change of it an hour for a table, so try again in an hour: %s",
		api.ErrorMessage(), a.place().program("upgrade"))
}

// busy reports whether err says that a change has to wait for others: of the
// table (ResourceInUse), of its indexes or of the account (LimitExceeded).
func busy(err error) bool { return code(err) == codeInUse || code(err) == codeLimit }
