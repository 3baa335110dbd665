package main

import (
	"errors"
	"fmt"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const (
	raceRule = "DG Conditional writes, isolation"
	writers  = 64
)

func raceChecks() []check {
	return []check{
		{"race/of 64 creates of one id exactly one wins", raceRule, oneCreateWins},
		{"race/of 64 updates of one version exactly one wins, ten times", raceRule, oneUpdateWins},
		{"race/of 64 deletes exactly one wins", raceRule, oneDeleteWins},
		{"race/an update never revives a row that a delete ended", raceRule, updateNeverRevives},
		{"race/64 additions to a counter are all counted", "DG Atomic counters", additionsAreCounted},
		{"race/of 64 transactions on one version exactly one wins", transactRule, oneTransactionWins},
	}
}

// winners runs the writers at once and counts those without an error. Every
// other one must have lost with one of the codes.
func winners(write func(i int) error, losing ...string) (int, error) {
	var (
		ready  sync.WaitGroup
		start  = make(chan struct{})
		result = make(chan error, writers)
	)
	ready.Add(writers)
	for i := range writers {
		go func() {
			ready.Done()
			<-start
			result <- write(i)
		}()
	}
	ready.Wait()
	close(start)
	won, bad := 0, error(nil)
	for range writers {
		err := <-result
		if err == nil {
			won++
		} else if refusedAny(err, losing...) != nil {
			bad = brief(err)
		}
	}
	return won, bad
}

// refusedAny is nil if err is an API error of one of the codes.
func refusedAny(err error, codes ...string) error {
	why := errors.New("no code to compare")
	for _, code := range codes {
		if why = refused(err, code); why == nil {
			return nil
		}
	}
	return why
}

// oneWinner is nil if exactly one of the writers wins.
func oneWinner(write func(i int) error, losing ...string) error {
	won, err := winners(write, losing...)
	return first(err, same("the number of winners", won, 1))
}

func oneCreateWins(p *probe) error {
	table, err := p.table(false)
	if err != nil {
		return err
	}
	return oneWinner(func(int) error { return p.create(table, session("a")) }, conditionFailed)
}

func oneUpdateWins(p *probe) error {
	table, err := p.tableWith(false, session("a"))
	if err != nil {
		return err
	}
	for round := 1; round <= 10; round++ {
		version := fmt.Sprint(round)
		err := oneWinner(func(int) error { _, err := p.update(table, "a", version); return err }, conditionFailed)
		if err != nil {
			return err
		}
	}
	got, err := p.get(table, "a")
	return first(err, same("the version in the end", text(got["version"]), "11"))
}

func oneDeleteWins(p *probe) error {
	table, err := p.tableWith(false, session("a"))
	if err != nil {
		return err
	}
	return oneWinner(func(int) error { _, err := p.remove(table, "a", anyVersion); return err }, conditionFailed)
}

func updateNeverRevives(p *probe) error {
	table, err := p.tableWith(false, session("a"))
	if err != nil {
		return err
	}
	_, err = winners(func(i int) error {
		if i%2 == 0 {
			_, err := p.remove(table, "a", anyVersion)
			return err
		}
		_, err := p.update(table, "a", anyVersion)
		return err
	}, conditionFailed)
	got, getErr := p.get(table, "a")
	return first(err, getErr, same("the number of attributes in the end", len(got), 0))
}

func additionsAreCounted(p *probe) error {
	table, err := p.tableWith(false, session("a"))
	if err != nil {
		return err
	}
	won, err := winners(func(int) error {
		_, err := p.ddb.UpdateItem(p, &dynamodb.UpdateItemInput{
			TableName: &table, Key: keyOf("a"), UpdateExpression: aws.String("ADD version :one"),
			ExpressionAttributeValues: row{":one": num("1")}, ReturnValues: types.ReturnValueUpdatedNew,
		})
		return err
	})
	got, getErr := p.get(table, "a")
	return first(err, getErr, same("the number of successes", won, writers), same("the counter", text(got["version"]), fmt.Sprint(writers+1)))
}

// oneTransactionWins: the losers are cancelled, by the condition or as a
// conflict (API TransactWriteItems).
func oneTransactionWins(p *probe) error {
	table, err := p.tableWith(false, session("a"))
	if err != nil {
		return err
	}
	return oneWinner(func(int) error { return p.transact("", updateWrite(table, "a", "1")) },
		"TransactionCanceledException", "TransactionInProgressException")
}
