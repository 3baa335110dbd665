package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// tableCommand makes this program a table, in a process of its own: the load that
// another one makes must not slow it down.
const tableCommand = "serve-table"

// table answers reads as DynamoDB does, so many at once, each after the same time. Those
// that come meanwhile wait in the order in which they came: what a table does that is
// short of something. Every session is there.
type table struct {
	places chan struct{} // nil for any number
	takes  time.Duration
}

// serveTable prints where it listens and serves until in ends.
func serveTable(args []string, in io.Reader, out io.Writer) error {
	if len(args) != 2 {
		return fmt.Errorf("usage: %s AT-ONCE TAKES", tableCommand)
	}
	atOnce, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	t := &table{}
	if t.takes, err = time.ParseDuration(args[1]); err != nil {
		return err
	}
	if atOnce > 0 {
		t.places = make(chan struct{}, atOnce)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: t, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }()
	if _, err := fmt.Fprintln(out, listener.Addr()); err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, in)
	return server.Close()
}

// description is what the service wants to know of a table.
const description = `{"Table":{"TableName":"t","TableStatus":"ACTIVE","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],` +
	`"AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"},{"AttributeName":"userId","AttributeType":"S"},` +
	`{"AttributeName":"createdAt","AttributeType":"S"}],"GlobalSecondaryIndexes":[{"IndexName":"userId-index","IndexStatus":"ACTIVE",` +
	`"KeySchema":[{"AttributeName":"userId","KeyType":"HASH"},{"AttributeName":"createdAt","KeyType":"RANGE"}]}]}}`

// row is one session, but its id.
const row = `,"userId":{"S":"ada"},"data":{"S":"{\"theme\":\"dark\",\"items\":[1,2,3]}"},` +
	`"createdAt":{"S":"2025-12-24T10:00:00.000000"},"ttl":{"N":"4102444800"},"version":{"N":"1"}}`

func (t *table) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	answer := description
	switch operation {
	case "DescribeTable":
	case "GetItem":
		answer = t.getItem(body)
	case "BatchGetItem":
		answer = t.batchGetItem(body)
	default:
		w.WriteHeader(http.StatusBadRequest)
		answer = `{"__type":"com.amazonaws.dynamodb.v20120810#ValidationException","message":"this table only reads"}`
	}
	_, _ = io.WriteString(w, answer)
}

// key is the key of a row, as JSON.
type key struct {
	ID json.RawMessage `json:"id"`
}

func (t *table) getItem(body []byte) string {
	var in struct{ Key key }
	if err := json.Unmarshal(body, &in); err != nil {
		return "{}"
	}
	t.work(1)
	return `{"Item":{"id":` + string(in.Key.ID) + row + `}`
}

func (t *table) batchGetItem(body []byte) string {
	var in struct {
		RequestItems map[string]struct{ Keys []key }
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return "{}"
	}
	for name, wanted := range in.RequestItems { // one table
		t.work(len(wanted.Keys))
		rows := make([]string, len(wanted.Keys))
		for i, k := range wanted.Keys {
			rows[i] = `{"id":` + string(k.ID) + row
		}
		return fmt.Sprintf(`{"Responses":{%q:[%s]},"UnprocessedKeys":{}}`, name, strings.Join(rows, ","))
	}
	return "{}"
}

// work takes the time of so many reads, each with a place of its own. They are done
// when the last one is: there may be more of them than places.
func (t *table) work(reads int) {
	var all sync.WaitGroup
	for range reads - 1 {
		all.Go(t.read)
	}
	t.read()
	all.Wait()
}

func (t *table) read() {
	if t.places != nil {
		t.places <- struct{}{}
		defer func() { <-t.places }()
	}
	time.Sleep(t.takes)
}
