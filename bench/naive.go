package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// naive is what a Go team writes in an afternoon: a handler that calls the SDK,
// with the client as it comes.
type naive struct {
	db    *dynamodb.Client
	table string
}

// naiveSession is a row in the table and in the answer.
type naiveSession struct {
	ID        string `dynamodbav:"id" json:"sessionId"`
	UserID    string `dynamodbav:"userId" json:"userId"`
	Data      string `dynamodbav:"data" json:"-"`
	CreatedAt string `dynamodbav:"createdAt" json:"createdAt"`
	UpdatedAt string `dynamodbav:"updatedAt" json:"updatedAt"`
	TTL       int64  `dynamodbav:"ttl" json:"expiresAt"`

	JSON json.RawMessage `dynamodbav:"-" json:"data"`
}

// serveNaive is the process of the naive handler. With -idle it keeps so many
// connections to the backend; the SDK's client as it comes keeps 10.
func serveNaive(ctx context.Context, s settings) error {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	if s.idle > 0 {
		cfg.HTTPClient = awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
			t.MaxIdleConns, t.MaxIdleConnsPerHost = s.idle, s.idle
		})
	}
	n := &naive{db: dynamodb.NewFromConfig(cfg), table: os.Getenv("DYNAMODB_TABLE_NAME")}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /sessions/{id}", n.get)
	mux.HandleFunc("PUT /sessions/{id}", n.update)
	mux.HandleFunc("POST /sessions", n.create)
	mux.HandleFunc("GET /sessions/user/{userId}", n.list)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	slog.New(slog.NewJSONHandler(os.Stdout, nil)).Info("listening", "addr", listener.Addr().String())
	return http.Serve(listener, mux)
}

func (n *naive) get(w http.ResponseWriter, r *http.Request) {
	out, err := n.db.GetItem(r.Context(), &dynamodb.GetItemInput{
		TableName: &n.table, Key: naiveKey(r.PathValue("id")),
	})
	if err != nil {
		http.Error(w, "the table cannot be read", http.StatusServiceUnavailable)
		return
	}
	n.answer(w, http.StatusOK, out.Item)
}

func (n *naive) create(w http.ResponseWriter, r *http.Request) {
	var in struct {
		UserID string          `json:"userId"`
		Data   json.RawMessage `json:"data"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, "the body is no JSON", http.StatusBadRequest)
		return
	}
	now := time.Now().UTC()
	row, err := attributevalue.MarshalMap(naiveSession{
		ID: "session-" + in.UserID + "-" + strconv.FormatInt(now.UnixNano(), 36), UserID: in.UserID,
		Data: string(in.Data), CreatedAt: now.Format(time.RFC3339), TTL: now.Add(24 * time.Hour).Unix(),
	})
	if err == nil {
		_, err = n.db.PutItem(r.Context(), &dynamodb.PutItemInput{TableName: &n.table, Item: row})
	}
	if err != nil {
		http.Error(w, "the table cannot be written", http.StatusServiceUnavailable)
		return
	}
	n.answer(w, http.StatusCreated, row)
}

func (n *naive) update(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Data json.RawMessage `json:"data"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, "the body is no JSON", http.StatusBadRequest)
		return
	}
	out, err := n.db.UpdateItem(r.Context(), &dynamodb.UpdateItemInput{
		TableName: &n.table, Key: naiveKey(r.PathValue("id")),
		UpdateExpression:         aws.String("SET #data = :data, updatedAt = :at"),
		ConditionExpression:      aws.String("attribute_exists(id)"),
		ExpressionAttributeNames: map[string]string{"#data": "data"},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":data": &types.AttributeValueMemberS{Value: string(in.Data)},
			":at":   &types.AttributeValueMemberS{Value: time.Now().UTC().Format(time.RFC3339)},
		},
		ReturnValues: types.ReturnValueAllNew,
	})
	if err != nil {
		http.Error(w, "the table cannot be written", http.StatusServiceUnavailable)
		return
	}
	n.answer(w, http.StatusOK, out.Attributes)
}

func (n *naive) answer(w http.ResponseWriter, status int, row map[string]types.AttributeValue) {
	if row == nil {
		http.Error(w, "no such session", http.StatusNotFound)
		return
	}
	var s naiveSession
	if err := attributevalue.UnmarshalMap(row, &s); err != nil {
		http.Error(w, "the row cannot be read", http.StatusInternalServerError)
		return
	}
	if s.TTL <= time.Now().Unix() {
		http.Error(w, "the session has expired", http.StatusGone)
		return
	}
	s.JSON = json.RawMessage(s.Data)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(s)
}

func naiveKey(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}
}
