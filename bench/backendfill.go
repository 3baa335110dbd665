package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// row is a stored row.
type row = map[string]types.AttributeValue

// filler stores the sessions that nobody asks for by id straight into a table: a
// million of them through a slow server would take hours. It is nil for a backend
// that keeps nothing.
func (b *backend) filler(table string, value int, newRow func(i, value int) row) func(context.Context, int) error {
	if !b.keeps {
		return nil
	}
	return func(ctx context.Context, n int) error {
		db := dynamodb.New(dynamodb.Options{
			BaseEndpoint: &b.url, Region: "us-west-2", HTTPClient: awshttp.NewBuildableClient(),
			Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
		})
		batches := (n + perWrite - 1) / perWrite
		return together(ctx, prepareAtOnce, batches, func(i int) error {
			return writeRows(ctx, db, table, i*perWrite, min((i+1)*perWrite, n), value, newRow)
		})
	}
}

// perWrite is how many rows a BatchWriteItem takes (AWS: API reference).
const perWrite = 25

func writeRows(ctx context.Context, db *dynamodb.Client, table string, from, to, value int, newRow func(i, value int) row) error {
	var requests []types.WriteRequest
	for i := from; i < to; i++ {
		requests = append(requests, types.WriteRequest{PutRequest: &types.PutRequest{Item: newRow(i, value)}})
	}
	for len(requests) > 0 {
		out, err := db.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{
			RequestItems: map[string][]types.WriteRequest{table: requests},
		})
		if err != nil {
			return fmt.Errorf("filling %s: %w", table, err)
		}
		requests = out.UnprocessedItems[table]
	}
	return nil
}

// sessionRow is the i-th session in the stored form that session-api shares with
// the service before it.
func sessionRow(i, value int) row {
	user := coldUser(i)
	now := time.Now().UTC()
	return row{
		"id":        str(fmt.Sprintf("session-%s-COLD%018d", user, i)),
		"userId":    str(user),
		"data":      str(string(sessionData(value))),
		"createdAt": str(now.Format("2006-01-02T15:04:05.000000")),
		"ttl":       num(now.Add(24 * time.Hour)),
		"version":   &types.AttributeValueMemberN{Value: "1"},
	}
}

// expressRow is the i-th session as connect-dynamodb stores it.
func expressRow(i, value int) row {
	end := time.Now().Add(24 * time.Hour)
	return row{
		"id":      str(fmt.Sprintf("sess:COLD%028d", i)),
		"type":    str("connect-session"),
		"expires": num(end),
		"sess": str(fmt.Sprintf(`{"cookie":{"originalMaxAge":86400000,"expires":"%s","httpOnly":true,"path":"/"},"userId":"%s","data":%s}`,
			end.UTC().Format(time.RFC3339), coldUser(i), sessionData(value))),
	}
}

func str(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func num(t time.Time) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(t.Unix(), 10)}
}
