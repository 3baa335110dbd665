package main

import (
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const addIndexRule = "DG Managing global secondary indexes"

func addIndexChecks() []check {
	return []check{
		{"add index/it holds the rows that were there before", addIndexRule, addedIndexIsFilled},
		{"add index/it is CREATING first, on a table that is UPDATING", addIndexRule, addedIndexIsCreating},
		{"add index/Backfilling is told while it is CREATING", addIndexRule, addedIndexTellsBackfilling},
		{"add index/a query of it while CREATING is refused", addIndexRule, creatingIndexIsNotServed},
		{"add index/writes go on and new rows are in it", addIndexRule, writesGoOnWhileAdding},
		{"add index/rows whose keys do not fit are left out", "DG Detecting and correcting index key violations", addedIndexSkipsMisfits},
		{"add index/a row whose keys do not fit takes no more updates", "DG Detecting and correcting index key violations", misfitTakesNoUpdate},
		{"add index/a name that is taken is refused", addIndexRule, takenIndexNameIsRefused},
		{"add index/it can be deleted", addIndexRule, indexIsDeleted},
	}
}

func (p *probe) addIndex(table string) (*types.TableDescription, error) {
	out, err := p.ddb.UpdateTable(p, &dynamodb.UpdateTableInput{
		TableName: &table,
		AttributeDefinitions: append(indexAttributes(),
			types.AttributeDefinition{AttributeName: aws.String(hashKey), AttributeType: types.ScalarAttributeTypeS}),
		GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{{Create: &types.CreateGlobalSecondaryIndexAction{
			IndexName: aws.String(indexName), KeySchema: indexSchema(),
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly},
		}}},
	})
	if err != nil {
		return nil, err
	}
	return out.TableDescription, nil
}

func indexOf(t *types.TableDescription) types.GlobalSecondaryIndexDescription {
	if len(t.GlobalSecondaryIndexes) == 0 {
		return types.GlobalSecondaryIndexDescription{}
	}
	return t.GlobalSecondaryIndexes[0]
}

func (p *probe) awaitIndex(table string) error {
	return p.await("the index to be ACTIVE", func() (bool, error) {
		t, err := p.describe(table)
		if err != nil {
			return false, err
		}
		return t.TableStatus == types.TableStatusActive && indexOf(t).IndexStatus == types.IndexStatusActive, nil
	})
}

// addedTo makes a table with the rows, adds the index and waits for it.
func (p *probe) addedTo(rows ...row) (string, error) {
	table, err := p.tableWith(false, rows...)
	if err != nil {
		return "", err
	}
	if _, err := p.addIndex(table); err != nil {
		return "", brief(err)
	}
	return table, p.awaitIndex(table)
}

func addedIndexIsFilled(p *probe) error {
	table, err := p.addedTo(minutes(5)...)
	if err != nil {
		return err
	}
	ids, err := p.walk(userQuery(table), nil)
	return first(err, same("what came", strings.Join(ids, " "), "r0 r1 r2 r3 r4"))
}

func addedIndexIsCreating(p *probe) error {
	table, err := p.tableWith(false, sessions(3)...)
	if err != nil {
		return err
	}
	t, err := p.addIndex(table)
	if err != nil {
		return brief(err)
	}
	return first(same("IndexStatus", indexOf(t).IndexStatus, types.IndexStatusCreating),
		same("TableStatus", t.TableStatus, types.TableStatusUpdating))
}

func addedIndexTellsBackfilling(p *probe) error {
	table, err := p.tableWith(false, sessions(50)...)
	if err != nil {
		return err
	}
	if _, err := p.addIndex(table); err != nil {
		return brief(err)
	}
	told := false
	err = p.await("the index to be ACTIVE", func() (bool, error) {
		t, err := p.describe(table)
		if err != nil {
			return false, err
		}
		told = told || indexOf(t).Backfilling != nil
		return indexOf(t).IndexStatus == types.IndexStatusActive, nil
	})
	return first(err, same("whether Backfilling was ever told", told, true))
}

func creatingIndexIsNotServed(p *probe) error {
	table, err := p.tableWith(false, sessions(3)...)
	if err != nil {
		return err
	}
	if _, err := p.addIndex(table); err != nil {
		return brief(err)
	}
	_, err = p.ddb.Query(p, userQuery(table))
	return refused(err, validation)
}

func writesGoOnWhileAdding(p *probe) error {
	table, err := p.tableWith(false, session("a"))
	if err != nil {
		return err
	}
	if _, err := p.addIndex(table); err != nil {
		return brief(err)
	}
	if err := p.put(table, session("b")); err != nil {
		return err
	}
	if err := p.awaitIndex(table); err != nil {
		return err
	}
	ids, err := p.walk(userQuery(table), nil)
	return first(err, same("the number of rows in it", len(ids), 2))
}

func addedIndexSkipsMisfits(p *probe) error {
	asMap := &types.AttributeValueMemberM{Value: row{}}
	long := strings.Repeat("u", 2049)
	table, err := p.addedTo(session("a"), with(session("b"), createdKey, num("1")), with(session("c"), userKey, asMap),
		with(session("d"), userKey, str(long)), with(session("e"), createdKey, str("")))
	if err != nil {
		return err
	}
	ids, err := p.walkScan(&dynamodb.ScanInput{TableName: &table, IndexName: aws.String(indexName)})
	return first(err, same("what is in it", strings.Join(ids, " "), "a"))
}

// misfitTakesNoUpdate: even an update that leaves the key alone is refused then,
// which matters for rows of a writer that knew no such rule.
func misfitTakesNoUpdate(p *probe) error {
	misfit := with(session("a"), userKey, num("1"))
	table, err := p.addedTo(misfit)
	if err != nil {
		return err
	}
	_, err = p.update(table, "a", "1")
	return first(refused(err, validation), p.holds(table, misfit))
}

func takenIndexNameIsRefused(p *probe) error {
	table, err := p.table(true)
	if err != nil {
		return err
	}
	_, err = p.addIndex(table)
	return refusedAny(err, validation, "ResourceInUseException")
}

func indexIsDeleted(p *probe) error {
	table, err := p.table(true)
	if err != nil {
		return err
	}
	_, err = p.ddb.UpdateTable(p, &dynamodb.UpdateTableInput{
		TableName: &table,
		GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{
			{Delete: &types.DeleteGlobalSecondaryIndexAction{IndexName: aws.String(indexName)}},
		},
	})
	if err != nil {
		return brief(err)
	}
	return p.await("the index to be gone", func() (bool, error) {
		t, err := p.describe(table)
		if err != nil {
			return false, err
		}
		if len(t.GlobalSecondaryIndexes) > 1 {
			return false, errors.New("there are two indexes")
		}
		return len(t.GlobalSecondaryIndexes) == 0, nil
	})
}
