package main

import (
	"context"
	"fmt"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"session-api/store/dynamo/dynamotest"
)

// The experiment of docs/adr/0018: updates as statements of PartiQL, 25 to a call,
// beside the calls that session-api makes. None of it is in the product.

// statementsMost is how many statements a call takes (AWS: API reference,
// BatchExecuteStatement).
const statementsMost = 25

// keysMost is how many keys the measured BatchGetItem has: about what session-api
// puts into one at 256 connections.
const keysMost = 20

// statementRows is how many rows each kind of call reads or writes in a round.
const statementRows = 2000

// measureStatements prints what reads and updates cost, each as a call of its own and
// as one of many, and what a server makes of the statements.
func measureStatements(ctx context.Context, o settings) error {
	if err := costOfStatements(ctx, o); err != nil {
		return err
	}
	fmt.Println()
	server, err := dynamotest.Launch(ctx, dynamotest.Dynoxide)
	if err != nil {
		return err
	}
	defer server.Stop()
	return probeStatements(ctx, server.Endpoint)
}

// costOfStatements prints the CPU time of this process, on a stub that answers at once.
func costOfStatements(ctx context.Context, o settings) error {
	backend, err := startStub(o.value, 0)
	if err != nil {
		return err
	}
	defer backend.stop(syscall.SIGKILL)
	db, err := statementsClient(ctx, "http://"+backend.addr)
	if err != nil {
		return err
	}
	fmt.Printf("CPU time of the client, rows of %s, %d interleaved rounds of %d rows, medians\n\n", bytesText(o.value), o.rounds, statementRows)
	fmt.Println("| | CPU |")
	fmt.Println("|---|---:|")
	took := make([][]time.Duration, len(statementKinds))
	for round := range o.rounds + 1 {
		for i, k := range statementKinds {
			before := ownCPU()
			if err := k.do(ctx, db, statementRows); err != nil {
				return fmt.Errorf("%s: %w", k.name, err)
			}
			if round > 0 { // the first one warms
				took[i] = append(took[i], (ownCPU()-before)/statementRows)
			}
		}
	}
	for i, k := range statementKinds {
		fmt.Printf("| %s | %s |\n", k.name, short(median(took[i])))
	}
	return nil
}

// statementKinds are the calls that are measured.
var statementKinds = []struct {
	name string
	do   func(ctx context.Context, db *dynamodb.Client, rows int) error
}{
	{"GetItem", eachRead},
	{fmt.Sprintf("a key of a BatchGetItem of %d", keysMost), readsTogether},
	{"UpdateItem", eachUpdate},
	{fmt.Sprintf("a statement of a BatchExecuteStatement of %d", statementsMost), updatesTogether},
}

func statementsClient(ctx context.Context, endpoint string) (*dynamodb.Client, error) {
	cfg, err := config.LoadDefaultConfig(ctx, config.WithRegion("us-west-2"), config.WithCredentialsProvider(
		aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		})))
	if err != nil {
		return nil, err
	}
	return dynamodb.NewFromConfig(cfg, func(o *dynamodb.Options) { o.BaseEndpoint = &endpoint }), nil
}

// ownCPU returns the user and system time of this process.
func ownCPU() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
