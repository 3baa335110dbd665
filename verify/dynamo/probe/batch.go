package main

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const batchRule = "API BatchGetItem"

func batchChecks() []check {
	return []check{
		{"batch/100 keys in one call, absent ones left out", batchRule, batchReadsHundred},
		{"batch/101 keys are refused", batchRule, batchRefusesMore},
		{"batch/a key twice is refused", batchRule, batchRefusesDuplicates},
		{"batch/no keys are refused", batchRule, batchRefusesNone},
		{"batch/a missing table is ResourceNotFoundException", batchRule, batchOnMissingTable},
		{"batch/a projection returns what it names", batchRule, batchProjects},
		{"batch/an answer ends at 16 MB and names UnprocessedKeys", batchRule, batchEndsAtSizeLimit},
	}
}

func (p *probe) batchGet(table string, ask types.KeysAndAttributes) (*dynamodb.BatchGetItemOutput, error) {
	return p.ddb.BatchGetItem(p, &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{table: ask}})
}

// keys returns the keys r0, r1, … .
func keys(count int) []row {
	out := make([]row, count)
	for i := range out {
		out[i] = keyOf(fmt.Sprintf("r%d", i))
	}
	return out
}

func sessions(count int) []row {
	out := make([]row, count)
	for i := range out {
		out[i] = session(fmt.Sprintf("r%d", i))
	}
	return out
}

func batchReadsHundred(p *probe) error {
	table, err := p.tableWith(false, sessions(60)...)
	if err != nil {
		return err
	}
	out, err := p.batchGet(table, types.KeysAndAttributes{Keys: keys(100), ConsistentRead: aws.Bool(true)})
	if err != nil {
		return brief(err)
	}
	return first(same("the number of rows", len(out.Responses[table]), 60), same("the number of unprocessed tables", len(out.UnprocessedKeys), 0))
}

// refusesBatch is nil if the server refuses the batch as invalid.
func (p *probe) refusesBatch(batch []row) error {
	table, err := p.table(false)
	if err != nil {
		return err
	}
	_, err = p.batchGet(table, types.KeysAndAttributes{Keys: batch})
	return refused(err, validation)
}

func batchRefusesMore(p *probe) error { return p.refusesBatch(keys(101)) }

func batchRefusesDuplicates(p *probe) error {
	return p.refusesBatch([]row{keyOf("a"), keyOf("b"), keyOf("a")})
}

func batchRefusesNone(p *probe) error { return p.refusesBatch([]row{}) }

func batchOnMissingTable(p *probe) error {
	_, err := p.batchGet(newTableName(), types.KeysAndAttributes{Keys: keys(1)})
	return refused(err, notFound)
}

func batchProjects(p *probe) error {
	table, err := p.tableWith(false, session("r0"))
	if err != nil {
		return err
	}
	out, err := p.batchGet(table, types.KeysAndAttributes{
		Keys: keys(1), ProjectionExpression: aws.String("id, #ttl"), ExpressionAttributeNames: map[string]string{"#ttl": "ttl"},
	})
	if err != nil {
		return brief(err)
	}
	if err := same("the number of rows", len(out.Responses[table]), 1); err != nil {
		return err
	}
	return sameRow("what came back", out.Responses[table][0], row{"id": str("r0"), "ttl": num(future)})
}

// batchEndsAtSizeLimit writes 46 rows of 380 KB, 17 MB, and reads them in as
// many calls as UnprocessedKeys asks for.
func batchEndsAtSizeLimit(p *probe) error {
	const rows, size = 46, 380 << 10
	table, err := p.table(false)
	if err != nil {
		return err
	}
	for _, k := range keys(rows) {
		if err := p.put(table, sized(text(k[hashKey]), size)); err != nil {
			return err
		}
	}
	ask := types.KeysAndAttributes{Keys: keys(rows), ConsistentRead: aws.Bool(true)}
	seen, calls := 0, 0
	for len(ask.Keys) > 0 {
		out, err := p.batchGet(table, ask)
		if err != nil {
			return brief(err)
		}
		calls++
		got := len(out.Responses[table])
		if got*size > 16<<20 {
			return fmt.Errorf("one answer held %d rows of 380 KB", got)
		}
		seen += got
		ask = out.UnprocessedKeys[table]
		if len(ask.Keys) > 0 && !aws.ToBool(ask.ConsistentRead) {
			return fmt.Errorf("UnprocessedKeys has lost ConsistentRead")
		}
	}
	return first(same("the number of rows in the end", seen, rows), same("whether it took more than one call", calls > 1, true))
}
