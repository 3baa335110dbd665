package main

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const partiqlRule = "API BatchExecuteStatement"

func partiqlChecks() []check {
	return []check{
		{"partiql/a batch of conditional updates answers each by itself", partiqlRule, partiqlUpdatesEach},
		{"partiql/a failed condition carries the old row (ALL_OLD)", partiqlRule, partiqlFailureCarriesRow},
		{"partiql/an update of an absent row fails and makes none", "DG PartiQL update statements", partiqlUpdateOfAbsent},
		{"partiql/an insert of a taken id is DuplicateItem", "DG PartiQL insert statements", partiqlInsertOfTaken},
		{"partiql/a conditional delete is done", "DG PartiQL delete statements", partiqlDeletes},
		{"partiql/26 statements are refused", partiqlRule, partiqlRefusesMore},
	}
}

func (p *probe) statements(batch ...types.BatchStatementRequest) ([]types.BatchStatementResponse, error) {
	out, err := p.ddb.BatchExecuteStatement(p, &dynamodb.BatchExecuteStatementInput{Statements: batch})
	if err != nil {
		return nil, brief(err)
	}
	return out.Responses, same("the number of answers", len(out.Responses), len(batch))
}

// raise is an update of one row's version on the condition of its ttl and version.
func raise(table, id, version string) types.BatchStatementRequest {
	return types.BatchStatementRequest{
		Statement:                           aws.String(fmt.Sprintf(`UPDATE "%s" SET version = version + 1 WHERE id = ? AND "ttl" > ? AND version = ?`, table)),
		Parameters:                          []types.AttributeValue{str(id), num(now), num(version)},
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}
}

// failure returns the code of one answer, "" for success.
func failure(r types.BatchStatementResponse) types.BatchStatementErrorCodeEnum {
	if r.Error == nil {
		return ""
	}
	return r.Error.Code
}

const statementConditionFailed = types.BatchStatementErrorCodeEnumConditionalCheckFailed

func partiqlUpdatesEach(p *probe) error {
	table, err := p.tableWith(false, session("a"), session("b"), with(session("c"), "ttl", num(past)))
	if err != nil {
		return err
	}
	got, err := p.statements(raise(table, "a", "1"), raise(table, "b", "9"), raise(table, "c", "1"))
	if err != nil {
		return err
	}
	return first(
		same("the first answer", failure(got[0]), ""),
		same("the stale one's code", failure(got[1]), statementConditionFailed),
		same("the expired one's code", failure(got[2]), statementConditionFailed),
		p.holds(table, with(session("a"), "version", num("2"))), p.holds(table, session("b")),
	)
}

func partiqlFailureCarriesRow(p *probe) error {
	table, err := p.tableWith(false, session("a"))
	if err != nil {
		return err
	}
	got, err := p.statements(raise(table, "a", "9"))
	if err != nil {
		return err
	}
	if err := same("the code", failure(got[0]), statementConditionFailed); err != nil {
		return err
	}
	return sameRow("the failure's row", got[0].Error.Item, session("a"))
}

func partiqlUpdateOfAbsent(p *probe) error {
	table, err := p.table(false)
	if err != nil {
		return err
	}
	got, err := p.statements(raise(table, "a", "1"))
	if err != nil {
		return err
	}
	made, err := p.get(table, "a")
	return first(err, same("the code", failure(got[0]), statementConditionFailed), same("the number of attributes after it", len(made), 0))
}

func partiqlInsertOfTaken(p *probe) error {
	table, err := p.tableWith(false, session("a"))
	if err != nil {
		return err
	}
	insert := func(id string) types.BatchStatementRequest {
		return types.BatchStatementRequest{
			Statement:  aws.String(fmt.Sprintf(`INSERT INTO "%s" VALUE {'id': ?, 'ttl': ?}`, table)),
			Parameters: []types.AttributeValue{str(id), num(future)},
		}
	}
	got, err := p.statements(insert("a"), insert("b"))
	if err != nil {
		return err
	}
	return first(same("the code", failure(got[0]), types.BatchStatementErrorCodeEnumDuplicateItem),
		same("the free one's code", failure(got[1]), ""), p.holds(table, session("a")),
		p.holds(table, row{"id": str("b"), "ttl": num(future)}))
}

func partiqlDeletes(p *probe) error {
	table, err := p.tableWith(false, session("a"), session("b"))
	if err != nil {
		return err
	}
	remove := func(id, version string) types.BatchStatementRequest {
		return types.BatchStatementRequest{
			Statement:  aws.String(fmt.Sprintf(`DELETE FROM "%s" WHERE id = ? AND version = ?`, table)),
			Parameters: []types.AttributeValue{str(id), num(version)},
		}
	}
	got, err := p.statements(remove("a", "1"), remove("b", "9"))
	if err != nil {
		return err
	}
	gone, err := p.get(table, "a")
	return first(err, same("the first answer", failure(got[0]), ""), same("the stale one's code", failure(got[1]), statementConditionFailed),
		same("the number of attributes of the deleted row", len(gone), 0), p.holds(table, session("b")))
}

func partiqlRefusesMore(p *probe) error {
	table, err := p.table(false)
	if err != nil {
		return err
	}
	var batch []types.BatchStatementRequest
	for _, k := range keys(26) {
		batch = append(batch, raise(table, text(k[hashKey]), "1"))
	}
	_, err = p.ddb.BatchExecuteStatement(p, &dynamodb.BatchExecuteStatementInput{Statements: batch})
	return refused(err, validation)
}
