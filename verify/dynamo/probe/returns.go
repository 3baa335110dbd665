package main

import (
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const returnRule = "API ReturnValues, ReturnValuesOnConditionCheckFailure"

func returnChecks() []check {
	return []check{
		{"return/a refused put carries the whole old row", returnRule, refusedPutCarriesRow},
		{"return/a refused update carries the whole old row", returnRule, refusedUpdateCarriesRow},
		{"return/a refused delete carries the whole old row", returnRule, refusedDeleteCarriesRow},
		{"return/a refused write on an absent row carries nothing", returnRule, refusedOnAbsentCarriesNothing},
		{"return/an update gives ALL_NEW, with attributes it does not know", returnRule, updateGivesNew},
		{"return/an update gives ALL_OLD", returnRule, updateGivesOld},
		{"return/a delete gives ALL_OLD", returnRule, deleteGivesOld},
		{"return/a put gives ALL_OLD", returnRule, putGivesOld},
		{"return/a put refuses ALL_NEW", returnRule, putRefusesNew},
	}
}

// foreign is a session row with attributes of every type that a session has not.
func foreign(id string) row {
	r := session(id)
	r["extraMap"] = &types.AttributeValueMemberM{Value: row{"deep": &types.AttributeValueMemberL{Value: []types.AttributeValue{num("1.5"), str("")}}}}
	r["extraSet"] = &types.AttributeValueMemberSS{Value: []string{"x"}}
	r["extraBool"] = &types.AttributeValueMemberBOOL{Value: true}
	r["extraNull"] = &types.AttributeValueMemberNULL{Value: true}
	r["extraBytes"] = &types.AttributeValueMemberB{Value: []byte{0, 255, 1}}
	return r
}

func refusedPutCarriesRow(p *probe) error {
	table, err := p.tableWith(false, foreign("a"))
	if err != nil {
		return err
	}
	return failedOn(p.create(table, session("a")), foreign("a"))
}

func refusedUpdateCarriesRow(p *probe) error {
	table, err := p.tableWith(false, foreign("a"))
	if err != nil {
		return err
	}
	_, err = p.update(table, "a", "9")
	return failedOn(err, foreign("a"))
}

func refusedDeleteCarriesRow(p *probe) error {
	table, err := p.tableWith(false, foreign("a"))
	if err != nil {
		return err
	}
	_, err = p.remove(table, "a", "9")
	return failedOn(err, foreign("a"))
}

func refusedOnAbsentCarriesNothing(p *probe) error {
	table, err := p.table(false)
	if err != nil {
		return err
	}
	_, updated := p.update(table, "a", anyVersion)
	_, removed := p.remove(table, "a", anyVersion)
	return first(failedOn(updated, nil), failedOn(removed, nil))
}

func updateGivesNew(p *probe) error {
	table, err := p.tableWith(false, foreign("a"))
	if err != nil {
		return err
	}
	got, err := p.update(table, "a", "1")
	want := with(with(foreign("a"), "data", str(`{"a":2}`)), "version", num("2"))
	want = with(want, "updatedAt", str("2026-01-02T03:04:06.000000"))
	return first(brief(err), sameRow("what came back", got, want), p.holds(table, want))
}

func updateGivesOld(p *probe) error {
	table, err := p.tableWith(false, session("a"))
	if err != nil {
		return err
	}
	in := updateInput(table, "a", "1")
	in.ReturnValues = types.ReturnValueAllOld
	out, err := p.ddb.UpdateItem(p, in)
	if err != nil {
		return brief(err)
	}
	return sameRow("what came back", out.Attributes, session("a"))
}

func deleteGivesOld(p *probe) error {
	table, err := p.tableWith(false, foreign("a"))
	if err != nil {
		return err
	}
	got, err := p.remove(table, "a", "1")
	return first(brief(err), sameRow("what came back", got, foreign("a")))
}

func putGivesOld(p *probe) error {
	table, err := p.table(false)
	if err != nil {
		return err
	}
	put := func() (row, error) {
		out, err := p.ddb.PutItem(p, &dynamodb.PutItemInput{TableName: &table, Item: session("a"), ReturnValues: types.ReturnValueAllOld})
		if err != nil {
			return nil, brief(err)
		}
		return out.Attributes, nil
	}
	none, err := put()
	if err := first(err, sameRow("the first put's row", none, nil)); err != nil {
		return err
	}
	old, err := put()
	return first(err, sameRow("the second put's row", old, session("a")))
}

func putRefusesNew(p *probe) error {
	table, err := p.table(false)
	if err != nil {
		return err
	}
	_, err = p.ddb.PutItem(p, &dynamodb.PutItemInput{TableName: &table, Item: session("a"), ReturnValues: types.ReturnValueAllNew})
	return refused(err, validation)
}
