package dynamo

import (
	"errors"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"session-api"
)

// reasonCondition is the reason of a write whose condition did not hold.
const reasonCondition = "ConditionalCheckFailed"

// reasonClasses are what the other reasons for which DynamoDB cancels a
// transaction mean, beginning with what counts most (AWS: API reference,
// TransactionCanceledException).
var reasonClasses = []struct {
	code  string
	class class
}{
	{"ProvisionedThroughputExceeded", throttled},
	{"ThrottlingError", throttled},
	{"TransactionConflict", contended},
}

// classifyReasons says what a cancelled transaction means. A condition that does
// not hold decides, whatever stands against other writes: what is stale stays so,
// while a conflict or a throttled write may pass.
func classifyReasons(reasons []types.CancellationReason) class {
	switch {
	case slices.ContainsFunc(reasons, unmet):
		return refused
	case slices.ContainsFunc(reasons, isOversize):
		return oversize
	}
	for _, known := range reasonClasses {
		for _, r := range reasons {
			if aws.ToString(r.Code) == known.code {
				return known.class
			}
		}
	}
	return unknown
}

func unmet(r types.CancellationReason) bool { return aws.ToString(r.Code) == reasonCondition }

// isOversize goes by the message: "ValidationError" is the code of much else.
func isOversize(r types.CancellationReason) bool {
	return strings.Contains(aws.ToString(r.Message), tooLargeWords)
}

// reasonsOf returns the reasons of err if it is a transaction of n writes that was
// cancelled because a condition did not hold. There is one for each write.
func reasonsOf(err error, n int) ([]types.CancellationReason, bool) {
	var cancelled *types.TransactionCanceledException
	if !errors.As(err, &cancelled) || len(cancelled.CancellationReasons) != n {
		return nil, false
	}
	return cancelled.CancellationReasons, slices.ContainsFunc(cancelled.CancellationReasons, unmet)
}

// errOtherForm says that an ending was refused because its row holds its ttl in
// another form than its guard was made for. The guard is another now.
var errOtherForm = errors.New("the attribute ttl has another form")

// refusal tells why the transaction was refused, in the order of the contract.
func (x *transaction) refusal(reasons []types.CancellationReason) error {
	again := errNoReason
	for i, g := range x.guards {
		if !unmet(reasons[i]) {
			continue
		}
		textTTL, err := g.refusal(reasons[i].Item)
		if err != nil {
			return err
		}
		x.guards[i], again = newGuard(g.cond, textTTL), errOtherForm
	}
	rest := reasons[len(x.End):]
	switch {
	case slices.ContainsFunc(rest[:len(x.Records)], unmet):
		return session.ErrStale
	case slices.ContainsFunc(rest[len(x.Records):], unmet):
		return session.ErrExists
	}
	return again
}

// done reports whether the transaction was done by an earlier attempt, as far as
// the rows tell that stand against another one: a row that it made, a record at
// its version, or nothing at all where it does nothing but remove.
func (x *transaction) done(reasons []types.CancellationReason) bool {
	gone := 0
	for i, r := range reasons {
		switch w := i - len(x.End); {
		case w < 0 && unmet(r) && len(r.Item) == 0:
			gone++
		case w >= 0 && w < len(x.Records):
			version, err := wholeOf(r.Item, AttributeVersion)
			if err == nil && version == x.Records[w].Version {
				return true
			}
		case madeBy(r.Item, x.writeID):
			return true
		}
	}
	return gone == len(reasons)
}
