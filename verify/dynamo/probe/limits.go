package main

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

const limitRule = "DG Service quotas and constraints"

// The limits in bytes (DG Service quotas and constraints).
const (
	itemLimit     = 400 << 10
	hashKeyLimit  = 2048
	rangeKeyLimit = 1024
)

func limitChecks() []check {
	return []check{
		{"limit/a row of 409,600 bytes with its names is taken", limitRule, itemAtLimit},
		{"limit/a row of 409,601 bytes is refused", limitRule, itemOverLimit},
		{"limit/an update over the limit is refused and changes nothing", limitRule, updateOverLimit},
		{"limit/the size counts UTF-8 bytes, not characters", "DG Item sizes and formats", limitCountsBytes},
		{"limit/an id of 2,048 bytes is taken, of 2,049 refused", limitRule, idLimit},
		{"limit/a read of an id over 2,048 bytes is refused", limitRule, readIDLimit},
		{"limit/an index hash key of 2,049 bytes is refused", limitRule, indexHashLimit},
		{"limit/an index range key of 1,025 bytes is refused", limitRule, indexRangeLimit},
		{"limit/an empty id is refused", "API PutItem", emptyIDIsRefused},
	}
}

func itemAtLimit(p *probe) error {
	table, err := p.tableWith(false, sized("a", itemLimit))
	if err != nil {
		return err
	}
	return p.holds(table, sized("a", itemLimit))
}

func itemOverLimit(p *probe) error {
	table, err := p.table(false)
	if err != nil {
		return err
	}
	err = p.create(table, sized("a", itemLimit+1))
	return first(refused(err, validation), worded(err, "Item size has exceeded the maximum allowed size"))
}

func updateOverLimit(p *probe) error {
	before := versionedSized("a", 300<<10)
	table, err := p.tableWith(false, before)
	if err != nil {
		return err
	}
	in := updateInput(table, "a", "1")
	in.ExpressionAttributeValues[":data"] = str(strings.Repeat("y", 101<<10))
	_, err = p.ddb.UpdateItem(p, in)
	return first(refused(err, validation), worded(err, "Item size to update has exceeded the maximum allowed size"), p.holds(table, before))
}

func limitCountsBytes(p *probe) error {
	table, err := p.table(false)
	if err != nil {
		return err
	}
	// 140,000 characters of 3 bytes are 420,000 bytes.
	return refused(p.create(table, with(session("a"), "data", str(strings.Repeat("€", 140_000)))), validation)
}

func idLimit(p *probe) error {
	table, err := p.table(false)
	if err != nil {
		return err
	}
	fits := p.create(table, session(strings.Repeat("i", hashKeyLimit)))
	over := p.create(table, session(strings.Repeat("i", hashKeyLimit+1)))
	inBytes := p.create(table, session(strings.Repeat("ä", hashKeyLimit/2+1)))
	return first(of("2,048 letters", brief(fits)), of("2,049 letters", refused(over, validation)),
		of("2,050 bytes in 1,025 characters", refused(inBytes, validation)))
}

func readIDLimit(p *probe) error {
	table, err := p.table(false)
	if err != nil {
		return err
	}
	_, err = p.ddb.GetItem(p, &dynamodb.GetItemInput{TableName: &table, Key: keyOf(strings.Repeat("i", hashKeyLimit+1))})
	return refused(err, validation)
}

// indexKeyLimit is nil if the attribute is taken at limit and refused above.
func (p *probe) indexKeyLimit(name string, limit int) error {
	table, err := p.table(true)
	if err != nil {
		return err
	}
	fits := p.create(table, with(session("a"), name, str(strings.Repeat("k", limit))))
	over := p.create(table, with(session("b"), name, str(strings.Repeat("k", limit+1))))
	return first(of("at the limit", brief(fits)), of("above it", refused(over, validation)))
}

func indexHashLimit(p *probe) error  { return p.indexKeyLimit(userKey, hashKeyLimit) }
func indexRangeLimit(p *probe) error { return p.indexKeyLimit(createdKey, rangeKeyLimit) }

func emptyIDIsRefused(p *probe) error {
	table, err := p.table(false)
	if err != nil {
		return err
	}
	_, read := p.ddb.GetItem(p, &dynamodb.GetItemInput{TableName: &table, Key: keyOf("")})
	_, update := p.ddb.UpdateItem(p, &dynamodb.UpdateItemInput{
		TableName: &table, Key: keyOf(""), UpdateExpression: aws.String("SET a = :v"), ExpressionAttributeValues: row{":v": num("1")},
	})
	put := p.create(table, session(""))
	return first(of("put", refused(put, validation)), of("get", refused(read, validation)), of("update", refused(update, validation)),
		worded(put, "cannot contain an empty string value"))
}
