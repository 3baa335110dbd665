package table

import (
	"cmp"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"session-api/store/dynamo"
)

// The table's attributes that are keys of something, or say that a row is no
// session, and its index.
const (
	attrID        = dynamo.AttributeID
	attrUserID    = dynamo.AttributeUserID
	attrCreatedAt = dynamo.AttributeCreatedAt
	attrTTL       = dynamo.AttributeTTL
	attrKind      = dynamo.AttributeKind
	indexName     = dynamo.IndexName
)

// Limits of an index key's value in bytes of UTF-8 (AWS: "Detecting and
// correcting index key violations in DynamoDB").
const (
	maxHashKeyBytes  = 2048
	maxRangeKeyBytes = 1024
)

// createInput returns the request that makes the table with its index.
func createInput(table string, o CreateOptions) *dynamodb.CreateTableInput {
	in := &dynamodb.CreateTableInput{
		TableName:                 &table,
		BillingMode:               types.BillingModePayPerRequest,
		AttributeDefinitions:      definitions(attrID, attrUserID, attrCreatedAt),
		KeySchema:                 []types.KeySchemaElement{key(attrID, types.KeyTypeHash)},
		DeletionProtectionEnabled: aws.Bool(o.DeletionProtection),
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{
			IndexName: aws.String(indexName), KeySchema: indexKeys(), Projection: keysOnly(),
		}},
	}
	for name, value := range o.Tags {
		in.Tags = append(in.Tags, types.Tag{Key: aws.String(name), Value: aws.String(value)})
	}
	slices.SortFunc(in.Tags, func(a, b types.Tag) int { return cmp.Compare(*a.Key, *b.Key) })
	return in
}

// indexInput returns the request that adds the index to table t.
func indexInput(t *types.TableDescription) *dynamodb.UpdateTableInput {
	attributes := slices.Clone(t.AttributeDefinitions)
	for _, d := range definitions(attrUserID, attrCreatedAt) {
		if declaredType(t, *d.AttributeName) == "" {
			attributes = append(attributes, d)
		}
	}
	return &dynamodb.UpdateTableInput{
		TableName:            t.TableName,
		AttributeDefinitions: attributes,
		GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{{
			Create: &types.CreateGlobalSecondaryIndexAction{
				IndexName: aws.String(indexName), KeySchema: indexKeys(), Projection: keysOnly(),
				ProvisionedThroughput: indexThroughput(t),
			},
		}},
	}
}

// indexThroughput returns nil for an on-demand table. A provisioned one must
// provision its index too: as much as itself, because an index that is throttled
// throttles the writes of its table (AWS: "Provisioned throughput considerations
// for Global Secondary Indexes").
func indexThroughput(t *types.TableDescription) *types.ProvisionedThroughput {
	if onDemand(t) || t.ProvisionedThroughput == nil {
		return nil
	}
	return &types.ProvisionedThroughput{
		ReadCapacityUnits:  t.ProvisionedThroughput.ReadCapacityUnits,
		WriteCapacityUnits: t.ProvisionedThroughput.WriteCapacityUnits,
	}
}

// indexKeys are the index's keys: a user's sessions in the order of creation.
func indexKeys() []types.KeySchemaElement {
	return []types.KeySchemaElement{key(attrUserID, types.KeyTypeHash), key(attrCreatedAt, types.KeyTypeRange)}
}

// keysOnly is the index's projection. With more in it each update of a session
// would write the index as well, and pay for it.
func keysOnly() *types.Projection {
	return &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly}
}

func key(attribute string, role types.KeyType) types.KeySchemaElement {
	return types.KeySchemaElement{AttributeName: &attribute, KeyType: role}
}

// definitions declares attributes as strings. DynamoDB refuses to have any
// declared that is no key of the table or of an index.
func definitions(attributes ...string) []types.AttributeDefinition {
	defs := make([]types.AttributeDefinition, len(attributes))
	for i := range attributes {
		defs[i] = types.AttributeDefinition{AttributeName: &attributes[i], AttributeType: types.ScalarAttributeTypeS}
	}
	return defs
}

// declaredType returns the type that t declares for an attribute, "" for none.
func declaredType(t *types.TableDescription, attribute string) types.ScalarAttributeType {
	for _, d := range t.AttributeDefinitions {
		if aws.ToString(d.AttributeName) == attribute {
			return d.AttributeType
		}
	}
	return ""
}

// keyNamed returns the attribute that has that role in keys, "" for none.
func keyNamed(keys []types.KeySchemaElement, role types.KeyType) string {
	for _, k := range keys {
		if k.KeyType == role {
			return aws.ToString(k.AttributeName)
		}
	}
	return ""
}

// index returns t's index for users, nil if it has none.
func index(t *types.TableDescription) *types.GlobalSecondaryIndexDescription {
	for i := range t.GlobalSecondaryIndexes {
		if aws.ToString(t.GlobalSecondaryIndexes[i].IndexName) == indexName {
			return &t.GlobalSecondaryIndexes[i]
		}
	}
	return nil
}

// onDemand reports whether t is billed by the request. DescribeTable leaves the
// summary out for a table that never was (API: BillingModeSummary).
func onDemand(t *types.TableDescription) bool {
	return t.BillingModeSummary != nil && t.BillingModeSummary.BillingMode == types.BillingModePayPerRequest
}
