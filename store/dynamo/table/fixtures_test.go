package table

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// wellMade returns the state of a table that is as it should be.
func wellMade() state {
	t := described(createInput("sessions", CreateOptions{DeletionProtection: true}))
	t.TableStatus = types.TableStatusActive
	t.GlobalSecondaryIndexes[0].IndexStatus = types.IndexStatusActive
	return state{table: t, ttl: ttlState{status: types.TimeToLiveStatusEnabled, attribute: attrTTL}, recovery: recoveryState{on: true}}
}

// older returns the state of a table without index and time to live, as the
// service before this one made it.
func older() state {
	s := wellMade()
	s.table.GlobalSecondaryIndexes = nil
	s.table.AttributeDefinitions = definitions(attrID)
	s.ttl = ttlState{status: types.TimeToLiveStatusDisabled}
	return s
}

// changed returns s after the changes.
func changed(s state, changes ...func(*state)) state {
	for _, change := range changes {
		change(&s)
	}
	return s
}

func withStatus(status types.TableStatus) func(*state) {
	return func(s *state) { s.table.TableStatus = status }
}

func withIndexStatus(status types.IndexStatus) func(*state) {
	return func(s *state) { s.table.GlobalSecondaryIndexes[0].IndexStatus = status }
}

func withIndexKeys(keys ...types.KeySchemaElement) func(*state) {
	return func(s *state) { s.table.GlobalSecondaryIndexes[0].KeySchema = keys }
}

func withProjection(kind types.ProjectionType) func(*state) {
	return func(s *state) {
		s.table.GlobalSecondaryIndexes[0].Projection = &types.Projection{ProjectionType: kind}
	}
}

func withKeys(keys ...types.KeySchemaElement) func(*state) {
	return func(s *state) { s.table.KeySchema = keys }
}

// withType declares an attribute with another type.
func withType(attribute string, kind types.ScalarAttributeType) func(*state) {
	return func(s *state) {
		var others []types.AttributeDefinition
		for _, d := range s.table.AttributeDefinitions {
			if *d.AttributeName != attribute {
				others = append(others, d)
			}
		}
		s.table.AttributeDefinitions = append(others, types.AttributeDefinition{AttributeName: &attribute, AttributeType: kind})
	}
}

func withTTL(status types.TimeToLiveStatus, attribute string) func(*state) {
	return func(s *state) { s.ttl = ttlState{status: status, attribute: attribute} }
}

// provisioned is a table as DescribeTable shows one that was never on demand.
func provisioned(s *state) {
	s.table.BillingModeSummary = nil
	s.table.ProvisionedThroughput = &types.ProvisionedThroughputDescription{ReadCapacityUnits: aws.Int64(20), WriteCapacityUnits: aws.Int64(10)}
}

// onStage puts a state on a stage.
func onStage(st state) *stage {
	s := newStage()
	s.table = st.table
	s.ttl = types.TimeToLiveDescription{TimeToLiveStatus: st.ttl.status}
	if st.ttl.attribute != "" {
		s.ttl.AttributeName = aws.String(st.ttl.attribute)
	}
	return s
}
