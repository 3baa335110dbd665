package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const indexRule = "DG Global secondary indexes"

func indexChecks() []check {
	return []check{
		{"index/KEYS_ONLY holds id, userId and createdAt, no more", indexRule, indexProjectsKeys},
		{"index/pages forward in the order of createdAt", "API Query", indexPagesForward},
		{"index/pages backward", "API Query", indexPagesBackward},
		{"index/rows of one createdAt all appear once, in pages of one", "API Query", indexPagesThroughTies},
		{"index/paging goes on from a row that was deleted", "API Query", indexPagesAfterDelete},
		{"index/a full page that ends at the last row has a LastEvaluatedKey", "DG Paginating query results", indexFullPageGoesOn},
		{"index/a start key of another user is refused", "API Query", indexRefusesForeignStart},
		{"index/rows without createdAt are not in it", "DG Sparse indexes", indexIsSparse},
		{"index/an update of data leaves it, a delete takes the row out", indexRule, indexFollowsWrites},
		{"index/a consistent query is refused", indexRule, indexRefusesConsistent},
		{"index/a query of an index that is not there is refused", "API Query", missingIndexIsRefused},
		{"index/an empty index key is refused, by put and by update", indexRule, emptyIndexKeyIsRefused},
		{"index/an index key of another type is refused", indexRule, wrongIndexKeyIsRefused},
		{"index/range keys are in the order of their UTF-8 bytes", "API Query", indexOrdersBytes},
	}
}

// userQuery is the engine's query of one user's rows.
func userQuery(table string) *dynamodb.QueryInput {
	return &dynamodb.QueryInput{
		TableName: &table, IndexName: aws.String(indexName),
		KeyConditionExpression:    aws.String("userId = :user"),
		ExpressionAttributeValues: row{":user": str("user")},
	}
}

// walk follows the query to its end and returns the ids in order; check sees
// every page.
func (p *probe) walk(in *dynamodb.QueryInput, check func(*dynamodb.QueryOutput) error) ([]string, error) {
	var ids []string
	for {
		out, err := p.ddb.Query(p, in)
		if err != nil {
			return ids, brief(err)
		}
		for _, r := range out.Items {
			ids = append(ids, text(r[hashKey]))
		}
		if check != nil {
			if err := check(out); err != nil {
				return ids, err
			}
		}
		if in.ExclusiveStartKey = out.LastEvaluatedKey; in.ExclusiveStartKey == nil {
			return ids, nil
		}
		if len(ids) > 1000 {
			return nil, fmt.Errorf("the pages do not end")
		}
	}
}

// createdAtMinute returns a session row made in that minute.
func createdAtMinute(id string, minute int) row {
	return with(session(id), createdKey, str(fmt.Sprintf("2026-01-02T03:%02d:00.000000", minute)))
}

func minutes(count int) []row {
	var out []row
	for i := range count {
		out = append(out, createdAtMinute(fmt.Sprintf("r%d", i), i))
	}
	// Written out of order, so that the order of writing is not what comes back.
	slices.Reverse(out)
	return append(out, with(session("foreign"), userKey, str("someone else")))
}

func indexProjectsKeys(p *probe) error {
	table, err := p.tableWith(true, session("a"))
	if err != nil {
		return err
	}
	out, err := p.ddb.Query(p, userQuery(table))
	if err != nil {
		return brief(err)
	}
	if err := same("the number of rows", len(out.Items), 1); err != nil {
		return err
	}
	want := row{"id": str("a"), "userId": str("user"), "createdAt": session("a")["createdAt"]}
	return sameRow("the index row", out.Items[0], want)
}

// pagesInOrder walks 7 rows in pages of 3 and compares the order.
func (p *probe) pagesInOrder(forward bool) error {
	table, err := p.tableWith(true, minutes(7)...)
	if err != nil {
		return err
	}
	in := userQuery(table)
	in.Limit, in.ScanIndexForward = aws.Int32(3), aws.Bool(forward)
	ids, err := p.walk(in, func(out *dynamodb.QueryOutput) error {
		if k := out.LastEvaluatedKey; k != nil && (len(k) != 3 || k["id"] == nil || k["userId"] == nil || k["createdAt"] == nil) {
			return fmt.Errorf("a LastEvaluatedKey has %d attributes, not the index's and the table's key", len(k))
		}
		return nil
	})
	want := "r0 r1 r2 r3 r4 r5 r6"
	if !forward {
		want = "r6 r5 r4 r3 r2 r1 r0"
	}
	return first(err, same("the order", strings.Join(ids, " "), want))
}

func indexPagesForward(p *probe) error  { return p.pagesInOrder(true) }
func indexPagesBackward(p *probe) error { return p.pagesInOrder(false) }

func indexPagesThroughTies(p *probe) error {
	table, err := p.tableWith(true, sessions(9)...)
	if err != nil {
		return err
	}
	for _, forward := range []bool{true, false} {
		in := userQuery(table)
		in.Limit, in.ScanIndexForward = aws.Int32(1), aws.Bool(forward)
		ids, err := p.walk(in, nil)
		if err != nil {
			return err
		}
		slices.Sort(ids)
		if err := same("what came", strings.Join(ids, " "), "r0 r1 r2 r3 r4 r5 r6 r7 r8"); err != nil {
			return err
		}
	}
	return nil
}

func indexPagesAfterDelete(p *probe) error {
	table, err := p.tableWith(true, minutes(7)...)
	if err != nil {
		return err
	}
	in := userQuery(table)
	in.Limit = aws.Int32(2)
	ids, err := p.walk(in, func(out *dynamodb.QueryOutput) error {
		last := out.LastEvaluatedKey[hashKey]
		if last == nil {
			return nil
		}
		_, err := p.ddb.DeleteItem(p, &dynamodb.DeleteItemInput{TableName: &table, Key: row{hashKey: last}})
		return brief(err)
	})
	return first(err, same("the order", strings.Join(ids, " "), "r0 r1 r2 r3 r4 r5 r6"))
}

func indexFullPageGoesOn(p *probe) error {
	table, err := p.tableWith(true, sessions(2)...)
	if err != nil {
		return err
	}
	in := userQuery(table)
	in.Limit = aws.Int32(2)
	out, err := p.ddb.Query(p, in)
	if err != nil {
		return brief(err)
	}
	return same("whether there is a LastEvaluatedKey", out.LastEvaluatedKey != nil, true)
}

func indexRefusesForeignStart(p *probe) error {
	table, err := p.tableWith(true, sessions(2)...)
	if err != nil {
		return err
	}
	in := userQuery(table)
	in.ExclusiveStartKey = row{"id": str("r0"), "userId": str("someone else"), "createdAt": session("")["createdAt"]}
	_, err = p.ddb.Query(p, in)
	return refused(err, validation)
}

func indexIsSparse(p *probe) error {
	bare := session("bare")
	delete(bare, createdKey)
	table, err := p.tableWith(true, session("a"), bare)
	if err != nil {
		return err
	}
	ids, err := p.walk(userQuery(table), nil)
	return first(err, same("what came", strings.Join(ids, " "), "a"), p.holds(table, bare))
}

func indexFollowsWrites(p *probe) error {
	table, err := p.tableWith(true, createdAtMinute("a", 1), createdAtMinute("b", 2))
	if err != nil {
		return err
	}
	_, updated := p.update(table, "b", "1")
	_, removed := p.remove(table, "a", "1")
	if err := first(brief(updated), brief(removed)); err != nil {
		return err
	}
	return p.await("the index to lose the row", func() (bool, error) {
		ids, err := p.walk(userQuery(table), nil)
		return strings.Join(ids, " ") == "b", err
	})
}

func indexRefusesConsistent(p *probe) error {
	table, err := p.table(true)
	if err != nil {
		return err
	}
	in := userQuery(table)
	in.ConsistentRead = aws.Bool(true)
	_, err = p.ddb.Query(p, in)
	return refused(err, validation)
}

func missingIndexIsRefused(p *probe) error {
	table, err := p.table(false)
	if err != nil {
		return err
	}
	_, err = p.ddb.Query(p, userQuery(table))
	return first(refused(err, validation), worded(err, "The table does not have the specified index"))
}

func emptyIndexKeyIsRefused(p *probe) error {
	table, err := p.tableWith(true, session("a"))
	if err != nil {
		return err
	}
	for _, name := range []string{userKey, createdKey} {
		put := p.create(table, with(session("b"), name, str("")))
		_, update := p.ddb.UpdateItem(p, &dynamodb.UpdateItemInput{
			TableName: &table, Key: keyOf("a"), UpdateExpression: aws.String("SET " + name + " = :v"),
			ExpressionAttributeValues: row{":v": str("")},
		})
		if err := first(of("put, "+name, refused(put, validation)), of("update, "+name, refused(update, validation))); err != nil {
			return err
		}
	}
	return nil
}

func wrongIndexKeyIsRefused(p *probe) error {
	table, err := p.table(true)
	if err != nil {
		return err
	}
	asMap := &types.AttributeValueMemberM{Value: row{}}
	return first(
		of("a number", refused(p.create(table, with(session("a"), userKey, num("1"))), validation)),
		of("a map", refused(p.create(table, with(session("a"), userKey, asMap)), validation)),
		of("a number as range key", refused(p.create(table, with(session("a"), createdKey, num("1"))), validation)),
	)
}

// indexOrdersBytes tells UTF-8 from UTF-16: there U+10000 comes before U+FFFF.
func indexOrdersBytes(p *probe) error {
	order := []string{"A", "a", "ä", "\uffff", "\U00010000"}
	var rows []row
	for i, created := range order {
		rows = append(rows, with(session(fmt.Sprintf("r%d", i)), createdKey, str(created)))
	}
	slices.Reverse(rows)
	table, err := p.tableWith(true, rows...)
	if err != nil {
		return err
	}
	ids, err := p.walk(userQuery(table), nil)
	return first(err, same("the order", strings.Join(ids, " "), "r0 r1 r2 r3 r4"))
}
