package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const scanRule = "API Scan"

func scanChecks() []check {
	return []check{
		{"scan/pages hold every row once", scanRule, scanPages},
		{"scan/4 segments in pages share the rows out", scanRule, scanSegments},
		{"scan/a segment outside TotalSegments is refused", scanRule, scanRefusesSegment},
		{"scan/Limit counts rows before the filter, so a page may be empty", scanRule, scanLimitBeforeFilter},
		{"scan/the filter leaves out expired and string `ttl`", "DG Condition expressions", scanFilters},
		{"scan/a page ends at 1 MB of rows, whatever is projected", scanRule, scanEndsAtSize},
		{"scan/paging goes on from a row that was deleted", scanRule, scanAfterDelete},
		{"scan/Select COUNT counts and returns no rows", scanRule, scanCounts},
		{"scan/an index can be scanned", scanRule, scanOfIndex},
	}
}

// walkScan follows a scan to its end and returns the ids.
func (p *probe) walkScan(in *dynamodb.ScanInput) ([]string, error) {
	var ids []string
	for {
		out, err := p.ddb.Scan(p, in)
		if err != nil {
			return nil, brief(err)
		}
		for _, r := range out.Items {
			ids = append(ids, text(r[hashKey]))
		}
		if in.ExclusiveStartKey = out.LastEvaluatedKey; in.ExclusiveStartKey == nil {
			return ids, nil
		}
		if len(ids) > 1000 {
			return nil, fmt.Errorf("the pages do not end")
		}
	}
}

// allOnce is nil if ids are r0 … r(count-1), each once.
func allOnce(ids []string, count int) error {
	slices.Sort(ids)
	if n := len(slices.Compact(slices.Clone(ids))); n != len(ids) {
		return fmt.Errorf("%d rows came, %d of them twice", len(ids), len(ids)-n)
	}
	return same("the number of rows", len(ids), count)
}

func scanPages(p *probe) error {
	table, err := p.tableWith(false, sessions(25)...)
	if err != nil {
		return err
	}
	ids, err := p.walkScan(&dynamodb.ScanInput{TableName: &table, Limit: aws.Int32(4), ConsistentRead: aws.Bool(true)})
	return first(err, allOnce(ids, 25))
}

func scanSegments(p *probe) error {
	table, err := p.tableWith(false, sessions(80)...)
	if err != nil {
		return err
	}
	var all []string
	for segment := range int32(4) {
		ids, err := p.walkScan(&dynamodb.ScanInput{
			TableName: &table, Limit: aws.Int32(7), Segment: aws.Int32(segment), TotalSegments: aws.Int32(4),
		})
		if err != nil {
			return err
		}
		if len(ids) == 80 {
			return fmt.Errorf("segment %d holds every row", segment)
		}
		all = append(all, ids...)
	}
	return allOnce(all, 80)
}

func scanRefusesSegment(p *probe) error {
	table, err := p.table(false)
	if err != nil {
		return err
	}
	_, err = p.ddb.Scan(p, &dynamodb.ScanInput{TableName: &table, Segment: aws.Int32(4), TotalSegments: aws.Int32(4)})
	return refused(err, validation)
}

// activeScan is the engine's scan for active rows.
func activeScan(table string) *dynamodb.ScanInput {
	return &dynamodb.ScanInput{
		TableName: &table, FilterExpression: aws.String("#ttl > :now"),
		ExpressionAttributeNames: map[string]string{"#ttl": "ttl"}, ExpressionAttributeValues: row{":now": num(now)},
	}
}

func scanLimitBeforeFilter(p *probe) error {
	table, err := p.tableWith(false, with(session("a"), "ttl", num(past)), with(session("b"), "ttl", num(past)))
	if err != nil {
		return err
	}
	in := activeScan(table)
	in.Limit = aws.Int32(1)
	out, err := p.ddb.Scan(p, in)
	if err != nil {
		return brief(err)
	}
	return first(same("the number of rows", len(out.Items), 0), same("ScannedCount", out.ScannedCount, 1),
		same("whether there is a LastEvaluatedKey", out.LastEvaluatedKey != nil, true))
}

func scanFilters(p *probe) error {
	bare := session("bare")
	delete(bare, "ttl")
	table, err := p.tableWith(false, session("r0"), with(session("a"), "ttl", num(past)),
		with(session("b"), "ttl", str(future)), with(session("c"), "ttl", num(now)), bare)
	if err != nil {
		return err
	}
	ids, err := p.walkScan(activeScan(table))
	return first(err, same("what came", strings.Join(ids, " "), "r0"))
}

func scanEndsAtSize(p *probe) error {
	table, err := p.table(false)
	if err != nil {
		return err
	}
	const rows = 12
	for i := range rows {
		if err := p.put(table, sized(fmt.Sprintf("r%d", i), 300<<10)); err != nil {
			return err
		}
	}
	in := &dynamodb.ScanInput{TableName: &table, ProjectionExpression: aws.String("id")}
	out, err := p.ddb.Scan(p, in)
	if err != nil {
		return brief(err)
	}
	// Three rows are below 1 MB, the fourth is over it.
	if n := len(out.Items); n < 3 || n > 4 || out.LastEvaluatedKey == nil {
		return fmt.Errorf("the first page holds %d rows of 300 KB", n)
	}
	if n := len(out.Items[0]); n != 1 {
		return fmt.Errorf("a projected row has %d attributes", n)
	}
	ids, err := p.walkScan(in)
	return first(err, allOnce(ids, rows))
}

func scanAfterDelete(p *probe) error {
	table, err := p.tableWith(false, sessions(12)...)
	if err != nil {
		return err
	}
	in := &dynamodb.ScanInput{TableName: &table, Limit: aws.Int32(3)}
	var ids []string
	for {
		out, err := p.ddb.Scan(p, in)
		if err != nil {
			return brief(err)
		}
		for _, r := range out.Items {
			ids = append(ids, text(r[hashKey]))
			if _, err := p.ddb.DeleteItem(p, &dynamodb.DeleteItemInput{TableName: &table, Key: row{hashKey: r[hashKey]}}); err != nil {
				return brief(err)
			}
		}
		if in.ExclusiveStartKey = out.LastEvaluatedKey; in.ExclusiveStartKey == nil {
			return allOnce(ids, 12)
		}
	}
}

func scanCounts(p *probe) error {
	table, err := p.tableWith(false, session("a"), with(session("b"), "ttl", num(past)))
	if err != nil {
		return err
	}
	in := activeScan(table)
	in.Select = types.SelectCount
	out, err := p.ddb.Scan(p, in)
	if err != nil {
		return brief(err)
	}
	return first(same("Count", out.Count, 1), same("ScannedCount", out.ScannedCount, 2), same("the number of rows", len(out.Items), 0))
}

func scanOfIndex(p *probe) error {
	table, err := p.tableWith(true, sessions(5)...)
	if err != nil {
		return err
	}
	ids, err := p.walkScan(&dynamodb.ScanInput{TableName: &table, IndexName: aws.String(indexName), Limit: aws.Int32(2)})
	return first(err, allOnce(ids, 5))
}
