package dynamo

import (
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// tableFault says why the table cannot serve, nil if it can.
func tableFault(t *types.TableDescription) error {
	if t.TableStatus != types.TableStatusActive && t.TableStatus != types.TableStatusUpdating {
		return fmt.Errorf("the table is %s", t.TableStatus)
	}
	if len(t.KeySchema) != 1 || !isStringKey(t, t.KeySchema[0], AttributeID) {
		return errors.New("the key of the table is another than " + AttributeID + " (S) alone, so it is not one of sessions")
	}
	return nil
}

// indexFault says what is wrong with the index, "" if nothing is.
func indexFault(t *types.TableDescription) string {
	for _, index := range t.GlobalSecondaryIndexes {
		if aws.ToString(index.IndexName) != IndexName {
			continue
		}
		keys := index.KeySchema
		if len(keys) != 2 || !isStringKey(t, keys[0], AttributeUserID) || !isStringKey(t, keys[1], AttributeCreatedAt) {
			return "the index " + IndexName + " has other keys than " + AttributeUserID + " (S) and " + AttributeCreatedAt + " (S)"
		}
		if index.IndexStatus != types.IndexStatusActive && index.IndexStatus != types.IndexStatusUpdating {
			return fmt.Sprintf("the index %s is %s", IndexName, index.IndexStatus)
		}
		return ""
	}
	return "the table has no index " + IndexName
}

// isStringKey reports whether key is the named attribute, of type string.
func isStringKey(t *types.TableDescription, key types.KeySchemaElement, attribute string) bool {
	if aws.ToString(key.AttributeName) != attribute {
		return false
	}
	for _, d := range t.AttributeDefinitions {
		if aws.ToString(d.AttributeName) == attribute {
			return d.AttributeType == types.ScalarAttributeTypeS
		}
	}
	return false
}
