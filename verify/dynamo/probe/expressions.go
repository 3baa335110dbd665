package main

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

const (
	expressionRule = "DG Expressions in DynamoDB"
	validation     = "ValidationException"
)

func expressionChecks() []check {
	return []check{
		{"expression/a reserved word without `#` is refused", "DG Reserved words", reservedWordIsRefused},
		{"expression/an unused value or name is refused", expressionRule, unusedIsRefused},
		{"expression/an undefined value is refused", expressionRule, undefinedIsRefused},
		{"expression/adding to a string version is refused", expressionRule, addToStringIsRefused},
		{"expression/a key cannot be updated", expressionRule, keyCannotBeUpdated},
		{"expression/one path cannot be set twice", expressionRule, pathCannotBeSetTwice},
		{"expression/a projection returns what it names", "DG Projection expressions", projectionReturnsNamed},
	}
}

// tryUpdate runs an update expression on a session row.
func (p *probe) tryUpdate(expression string, names map[string]string, values row) error {
	table, err := p.tableWith(false, with(session("a"), "word", str("w")))
	if err != nil {
		return err
	}
	_, err = p.ddb.UpdateItem(p, &dynamodb.UpdateItemInput{
		TableName: &table, Key: keyOf("a"), UpdateExpression: &expression,
		ExpressionAttributeNames: names, ExpressionAttributeValues: values,
	})
	return err
}

func reservedWordIsRefused(p *probe) error {
	for _, word := range []string{"ttl", "data"} {
		err := p.tryUpdate("SET "+word+" = :v", nil, row{":v": num("1")})
		if err := first(refused(err, validation), worded(err, "reserved keyword: "+word)); err != nil {
			return err
		}
	}
	return nil
}

func unusedIsRefused(p *probe) error {
	value := p.tryUpdate("SET version = :v", nil, row{":v": num("1"), ":w": num("2")})
	name := p.tryUpdate("SET version = :v", map[string]string{"#x": "x"}, row{":v": num("1")})
	return first(refused(value, validation), refused(name, validation))
}

func undefinedIsRefused(p *probe) error {
	return refused(p.tryUpdate("SET version = :w", nil, row{":v": num("1")}), validation)
}

func addToStringIsRefused(p *probe) error {
	return refused(p.tryUpdate("SET word = word + :v", nil, row{":v": num("1")}), validation)
}

func keyCannotBeUpdated(p *probe) error {
	return refused(p.tryUpdate("SET id = :v", nil, row{":v": str("b")}), validation)
}

func pathCannotBeSetTwice(p *probe) error {
	return refused(p.tryUpdate("SET version = :v, version = :w", nil, row{":v": num("1"), ":w": num("2")}), validation)
}

func projectionReturnsNamed(p *probe) error {
	table, err := p.tableWith(false, session("a"))
	if err != nil {
		return err
	}
	out, err := p.ddb.GetItem(p, &dynamodb.GetItemInput{
		TableName: &table, Key: keyOf("a"), ProjectionExpression: aws.String("id, #ttl, absent"),
		ExpressionAttributeNames: map[string]string{"#ttl": "ttl"},
	})
	if err != nil {
		return brief(err)
	}
	return sameRow("what came back", out.Item, row{"id": str("a"), "ttl": num(future)})
}
