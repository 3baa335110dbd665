package main

import (
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

const conditionRule = "DG Condition expressions"

func conditionChecks() []check {
	return []check{
		{"condition/a put on a taken id is refused and changes nothing", conditionRule, putOnTakenID},
		{"condition/an update of an absent row is refused and makes none", conditionRule, updateOfAbsentRow},
		{"condition/an update past `ttl` is refused, one before it is done", conditionRule, updateOfExpiredRow},
		{"condition/a string `ttl` is not greater than a number", conditionRule, updateOfStringTTL},
		{"condition/an update wants the version", conditionRule, updateWantsVersion},
		{"condition/attribute_not_exists(version) takes a row without one", conditionRule, updateWantsNoVersion},
		{"condition/a delete wants presence, `ttl` and version", conditionRule, deleteWantsAll},
		{"condition/an OR with parentheses is understood", conditionRule, conditionWithOr},
		{"condition/the item's size does not matter (300 KB)", conditionRule, conditionOnLargeRow},
	}
}

func putOnTakenID(p *probe) error {
	table, err := p.tableWith(false, session("a"))
	if err != nil {
		return err
	}
	return first(
		refused(p.create(table, with(session("a"), "data", str("other"))), conditionFailed),
		p.holds(table, session("a")),
		brief(p.create(table, session("b"))),
	)
}

func updateOfAbsentRow(p *probe) error {
	table, err := p.table(false)
	if err != nil {
		return err
	}
	_, err = p.update(table, "a", anyVersion)
	got, getErr := p.get(table, "a")
	return first(refused(err, conditionFailed), getErr, same("the number of attributes after it", len(got), 0))
}

func updateOfExpiredRow(p *probe) error {
	atNow := with(session("b"), "ttl", num(now))
	table, err := p.tableWith(false, with(session("a"), "ttl", num(past)), atNow, session("c"))
	if err != nil {
		return err
	}
	_, gone := p.update(table, "a", anyVersion)
	_, edge := p.update(table, "b", anyVersion)
	_, active := p.update(table, "c", anyVersion)
	return first(refused(gone, conditionFailed), refused(edge, conditionFailed), brief(active), p.holds(table, atNow))
}

func updateOfStringTTL(p *probe) error {
	table, err := p.tableWith(false, with(session("a"), "ttl", str(future)))
	if err != nil {
		return err
	}
	_, err = p.update(table, "a", anyVersion)
	return refused(err, conditionFailed)
}

func updateWantsVersion(p *probe) error {
	table, err := p.tableWith(false, session("a"))
	if err != nil {
		return err
	}
	_, stale := p.update(table, "a", "7")
	_, right := p.update(table, "a", "1")
	_, again := p.update(table, "a", "1")
	return first(refused(stale, conditionFailed), brief(right), refused(again, conditionFailed))
}

func updateWantsNoVersion(p *probe) error {
	old := session("a")
	delete(old, "version")
	table, err := p.tableWith(false, old)
	if err != nil {
		return err
	}
	_, stale := p.update(table, "a", "1")
	got, right := p.update(table, "a", noVersion)
	_, again := p.update(table, "a", noVersion)
	return first(refused(stale, conditionFailed), brief(right),
		same("the version after it", text(got["version"]), "1"), refused(again, conditionFailed))
}

func deleteWantsAll(p *probe) error {
	table, err := p.tableWith(false, session("a"), with(session("b"), "ttl", num(past)))
	if err != nil {
		return err
	}
	_, absent := p.remove(table, "none", anyVersion)
	_, expired := p.remove(table, "b", anyVersion)
	_, stale := p.remove(table, "a", "2")
	if err := first(refused(absent, conditionFailed), refused(expired, conditionFailed), refused(stale, conditionFailed)); err != nil {
		return err
	}
	_, right := p.remove(table, "a", "1")
	got, getErr := p.get(table, "a")
	return first(brief(right), getErr, same("the number of attributes after it", len(got), 0))
}

func conditionWithOr(p *probe) error {
	table, err := p.tableWith(false, session("a"))
	if err != nil {
		return err
	}
	put := func(now string) error {
		_, err := p.ddb.PutItem(p, &dynamodb.PutItemInput{
			TableName: &table, Item: session("a"),
			ConditionExpression:      aws.String("attribute_not_exists(id) OR (NOT #ttl > :now AND attribute_exists(#ttl))"),
			ExpressionAttributeNames: map[string]string{"#ttl": "ttl"}, ExpressionAttributeValues: row{":now": num(now)},
		})
		return err
	}
	if err := refused(put(past), conditionFailed); err != nil {
		return err
	}
	return brief(put("5000000000"))
}

func conditionOnLargeRow(p *probe) error {
	large := sized("a", 300<<10)
	table, err := p.tableWith(false, large)
	if err != nil {
		return err
	}
	if err := failedOn(p.create(table, large), large); err != nil {
		return errors.New(cut(err.Error()))
	}
	return nil
}
