package main

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const capacityRule = "DG Read and write operations, capacity unit consumption"

// capacityChecks hold AWS's arithmetic: a write costs a unit for each 1 KB of the
// whole row, a consistent read one for each 4 KB, an eventual one half of that,
// all rounded up; a transaction doubles; an index pays for its own rows.
func capacityChecks() []check {
	return []check{
		{"capacity/a put costs 1 WCU at 1,024 bytes, 2 at 1,025, 10 at 10 KB", capacityRule, putCosts},
		{"capacity/a put over a larger row pays for the larger", capacityRule, putOverLargerCosts},
		{"capacity/a get costs 1, 0.5, 3, 1.5 RCU (1 KB, 10 KB; strong, eventual)", capacityRule, getCosts},
		{"capacity/a get of nothing costs 1 and 0.5 RCU", capacityRule, getOfNothingCosts},
		{"capacity/an update pays for the whole row", capacityRule, updateCosts},
		{"capacity/a delete pays for the row, or 1 WCU for none", capacityRule, deleteCosts},
		{"capacity/a KEYS_ONLY index adds 1 WCU to put and delete, none to an update", "DG Global secondary indexes, write capacity", indexWriteCosts},
		{"capacity/a batch read rounds each row up by itself", capacityRule, batchCosts},
		{"capacity/a scan rounds the page's sum up", capacityRule, scanCosts},
		{"capacity/a query of the index pays for index rows only", "DG Global secondary indexes, read capacity", indexQueryCosts},
		{"capacity/a transaction pays double", "DG Transactions, capacity management", transactionCosts},
	}
}

const oneKB, tenKB = 1 << 10, 10 << 10

// units is nil if the call consumed want units in total.
func units(what string, got *types.ConsumedCapacity, want float64) error {
	if got == nil || got.CapacityUnits == nil {
		return fmt.Errorf("%s tells no capacity", what)
	}
	return same(what, *got.CapacityUnits, want)
}

// putUnits puts r and compares the cost.
func (p *probe) putUnits(table string, r row, what string, want float64) error {
	out, err := p.ddb.PutItem(p, &dynamodb.PutItemInput{TableName: &table, Item: r, ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal})
	if err != nil {
		return brief(err)
	}
	return units(what, out.ConsumedCapacity, want)
}

func putCosts(p *probe) error {
	table, err := p.table(false)
	if err != nil {
		return err
	}
	return first(
		p.putUnits(table, sized("a", oneKB), "1,024 bytes", 1),
		p.putUnits(table, sized("b", oneKB+1), "1,025 bytes", 2),
		p.putUnits(table, sized("c", tenKB), "10 KB", 10),
	)
}

func putOverLargerCosts(p *probe) error {
	table, err := p.tableWith(false, sized("a", tenKB))
	if err != nil {
		return err
	}
	return p.putUnits(table, sized("a", oneKB), "1 KB over 10 KB", 10)
}

func (p *probe) getUnits(table, id string, strong bool, want float64) error {
	out, err := p.ddb.GetItem(p, &dynamodb.GetItemInput{
		TableName: &table, Key: keyOf(id), ConsistentRead: &strong, ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
	})
	if err != nil {
		return brief(err)
	}
	return units(fmt.Sprintf("a get of %s, strong=%v,", id, strong), out.ConsumedCapacity, want)
}

func getCosts(p *probe) error {
	table, err := p.tableWith(false, sized("1KB", oneKB), sized("10KB", tenKB))
	if err != nil {
		return err
	}
	return first(p.getUnits(table, "1KB", true, 1), p.getUnits(table, "1KB", false, 0.5),
		p.getUnits(table, "10KB", true, 3), p.getUnits(table, "10KB", false, 1.5))
}

func getOfNothingCosts(p *probe) error {
	table, err := p.table(false)
	if err != nil {
		return err
	}
	return first(p.getUnits(table, "nothing", true, 1), p.getUnits(table, "nothing", false, 0.5))
}

// versionedSized is a row that the engine's update fits, padded in an attribute
// that the update leaves alone.
func versionedSized(id string, bytes int) row {
	r := sized(id, bytes)
	r["padding"], r["data"] = r["data"], str("")
	r["ttl"], r["version"] = num(future), num("1")
	return r
}

func updateCosts(p *probe) error {
	// Half a KB below the edge: the update adds an attribute.
	table, err := p.tableWith(false, versionedSized("1KB", oneKB/2), versionedSized("10KB", tenKB-oneKB/2))
	if err != nil {
		return err
	}
	for id, want := range map[string]float64{"1KB": 1, "10KB": 10} {
		in := updateInput(table, id, "1")
		in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
		out, err := p.ddb.UpdateItem(p, in)
		if err != nil {
			return brief(err)
		}
		if err := units("an update of "+id, out.ConsumedCapacity, want); err != nil {
			return err
		}
	}
	return nil
}

func deleteCosts(p *probe) error {
	table, err := p.tableWith(false, sized("10KB", tenKB))
	if err != nil {
		return err
	}
	for _, c := range []struct {
		id   string
		want float64
	}{{"10KB", 10}, {"nothing", 1}} {
		out, err := p.ddb.DeleteItem(p, &dynamodb.DeleteItemInput{
			TableName: &table, Key: keyOf(c.id), ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
		})
		if err != nil {
			return brief(err)
		}
		if err := units("a delete of "+c.id, out.ConsumedCapacity, c.want); err != nil {
			return err
		}
	}
	return nil
}

// indexUnits compares the parts of the table and of its index; 0 means no part.
func indexUnits(what string, got *types.ConsumedCapacity, table, index float64) error {
	if got == nil || got.Table == nil {
		return fmt.Errorf("%s tells no parts", what)
	}
	part := 0.0
	if i, ok := got.GlobalSecondaryIndexes[indexName]; ok {
		part = aws.ToFloat64(i.CapacityUnits)
	}
	return first(same(what+": the table's part", aws.ToFloat64(got.Table.CapacityUnits), table),
		same(what+": the index's part", part, index), units(what+": the sum", got, table+index))
}

func indexWriteCosts(p *probe) error {
	table, err := p.table(true)
	if err != nil {
		return err
	}
	put, err := p.ddb.PutItem(p, &dynamodb.PutItemInput{
		TableName: &table, Item: versionedSized("a", oneKB/2), ReturnConsumedCapacity: types.ReturnConsumedCapacityIndexes,
	})
	if err != nil {
		return brief(err)
	}
	in := updateInput(table, "a", "1")
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityIndexes
	update, err := p.ddb.UpdateItem(p, in)
	if err != nil {
		return brief(err)
	}
	remove, err := p.ddb.DeleteItem(p, &dynamodb.DeleteItemInput{
		TableName: &table, Key: keyOf("a"), ReturnConsumedCapacity: types.ReturnConsumedCapacityIndexes,
	})
	if err != nil {
		return brief(err)
	}
	return first(indexUnits("a put", put.ConsumedCapacity, 1, 1),
		indexUnits("an update of data", update.ConsumedCapacity, 1, 0), indexUnits("a delete", remove.ConsumedCapacity, 1, 1))
}

func batchCosts(p *probe) error {
	table, err := p.tableWith(false, sized("r0", oneKB), sized("r1", tenKB))
	if err != nil {
		return err
	}
	for strong, want := range map[bool]float64{true: 4, false: 2} {
		out, err := p.ddb.BatchGetItem(p, &dynamodb.BatchGetItemInput{
			RequestItems:           map[string]types.KeysAndAttributes{table: {Keys: keys(2), ConsistentRead: &strong}},
			ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
		})
		if err != nil {
			return brief(err)
		}
		if len(out.ConsumedCapacity) != 1 {
			return fmt.Errorf("a batch tells no capacity")
		}
		if err := units(fmt.Sprintf("1 KB and 10 KB, strong=%v,", strong), &out.ConsumedCapacity[0], want); err != nil {
			return err
		}
	}
	return nil
}

func scanCosts(p *probe) error {
	table, err := p.table(false)
	if err != nil {
		return err
	}
	for _, k := range keys(10) {
		if err := p.put(table, sized(text(k[hashKey]), oneKB)); err != nil {
			return err
		}
	}
	for strong, want := range map[bool]float64{true: 3, false: 1.5} {
		out, err := p.ddb.Scan(p, &dynamodb.ScanInput{
			TableName: &table, ConsistentRead: &strong, ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
		})
		if err != nil {
			return brief(err)
		}
		if err := units(fmt.Sprintf("10 rows of 1 KB, strong=%v,", strong), out.ConsumedCapacity, want); err != nil {
			return err
		}
	}
	return nil
}

// indexQueryCosts reads 10 rows of 10 KB, whose index rows are below 100 bytes.
func indexQueryCosts(p *probe) error {
	table, err := p.table(true)
	if err != nil {
		return err
	}
	for _, k := range keys(10) {
		if err := p.put(table, sized(text(k[hashKey]), tenKB)); err != nil {
			return err
		}
	}
	in := userQuery(table)
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := p.ddb.Query(p, in)
	if err != nil {
		return brief(err)
	}
	return first(same("the number of rows", len(out.Items), 10), units("the query", out.ConsumedCapacity, 0.5))
}

func transactionCosts(p *probe) error {
	table, err := p.table(false)
	if err != nil {
		return err
	}
	out, err := p.ddb.TransactWriteItems(p, &dynamodb.TransactWriteItemsInput{
		TransactItems: []types.TransactWriteItem{
			{Put: &types.Put{TableName: &table, Item: sized("a", oneKB)}},
			{Put: &types.Put{TableName: &table, Item: sized("b", tenKB)}},
		},
		ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
	})
	if err != nil {
		return brief(err)
	}
	if len(out.ConsumedCapacity) != 1 {
		return fmt.Errorf("a transaction tells no capacity")
	}
	return units("1 KB and 10 KB", &out.ConsumedCapacity[0], 22)
}
