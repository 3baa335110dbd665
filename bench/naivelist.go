package main

import (
	"encoding/json"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// list answers with a user's sessions: the index has their keys, and one batch
// reads the rows.
func (n *naive) list(w http.ResponseWriter, r *http.Request) {
	user := r.PathValue("userId")
	found, err := n.db.Query(r.Context(), &dynamodb.QueryInput{
		TableName: &n.table, IndexName: aws.String("userId-index"), Limit: aws.Int32(100),
		KeyConditionExpression:    aws.String("userId = :user"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":user": &types.AttributeValueMemberS{Value: user}},
		ProjectionExpression:      aws.String("id"),
	})
	if err != nil {
		http.Error(w, "the table cannot be read", http.StatusServiceUnavailable)
		return
	}
	sessions := []naiveSession{}
	if len(found.Items) > 0 {
		rows, err := n.db.BatchGetItem(r.Context(), &dynamodb.BatchGetItemInput{
			RequestItems: map[string]types.KeysAndAttributes{n.table: {Keys: found.Items}},
		})
		if err == nil {
			err = attributevalue.UnmarshalListOfMaps(rows.Responses[n.table], &sessions)
		}
		if err != nil {
			http.Error(w, "the table cannot be read", http.StatusServiceUnavailable)
			return
		}
	}
	for i := range sessions {
		sessions[i].JSON = json.RawMessage(sessions[i].Data)
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"userId": user, "sessionCount": len(sessions), "sessions": sessions})
}
