package faultproxy

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
)

// object is a JSON object of which only some members matter.
type object = map[string]json.RawMessage

// LeaveHalf passes on the first half of a BatchGetItem's keys, rounded up, and
// names the others in UnprocessedKeys.
func LeaveHalf() Fault { return leave(func(keys int) int { return (keys + 1) / 2 }) }

// LeaveAll answers a BatchGetItem with no row and all keys in UnprocessedKeys,
// which is how one that is throttled as a whole looks.
func LeaveAll() Fault { return leave(func(int) int { return 0 }) }

// leave passes on the first take(n) of the n keys of each table.
func leave(take func(n int) int) Fault {
	return func(x *Exchange) {
		var request object
		var tables map[string]object
		mustDecode(x.Body, &request)
		mustDecode(request["RequestItems"], &tables)
		left := map[string]object{}
		for name, table := range tables {
			var keys []json.RawMessage
			mustDecode(table["Keys"], &keys)
			n := take(len(keys))
			addKeys(left, name, table, keys[n:])
			delete(tables, name)
			addKeys(tables, name, table, keys[:n])
		}
		request["RequestItems"] = encode(tables)
		x.Body = encode(request)
		x.replyLeaving(left, len(tables) > 0)
	}
}

// replyLeaving answers a batch whose keys in left are left over; others says
// whether there are more.
func (x *Exchange) replyLeaving(left map[string]object, others bool) {
	answer := &Answer{Status: http.StatusOK, Header: http.Header{}, Body: []byte(`{"Responses":{},"UnprocessedKeys":{}}`)}
	if others {
		var err error
		if answer, err = x.Forward(); err != nil {
			return
		}
	}
	answer.edit(func(body object) {
		var unprocessed map[string]object
		mustDecode(body["UnprocessedKeys"], &unprocessed)
		for name, table := range left {
			var keys, more []json.RawMessage
			mustDecode(table["Keys"], &keys)
			mustDecode(unprocessed[name]["Keys"], &more)
			addKeys(left, name, table, append(keys, more...))
		}
		body["UnprocessedKeys"] = encode(left)
	})
	x.Reply(answer)
}

// addKeys puts a table with these keys into tables, unless there are none.
func addKeys(tables map[string]object, name string, table object, keys []json.RawMessage) {
	if len(keys) == 0 {
		return
	}
	table = maps.Clone(table)
	table["Keys"] = encode(keys)
	tables[name] = table
}

// HideRows takes the rows with these ids, which are strings in the attribute
// "id", out of the answer to a Query or Scan: an index that does not have them
// yet.
func HideRows(ids ...string) Fault {
	return items(func(rows []object) []object {
		return slices.DeleteFunc(rows, func(row object) bool {
			var id struct{ S string }
			mustDecode(row["id"], &id)
			return slices.Contains(ids, id.S)
		})
	})
}

// ShowRows puts rows before the others in the answer to a Query or Scan: an index
// that has them still. A row is its string attributes by name.
func ShowRows(rows ...map[string]string) Fault {
	return items(func(shown []object) []object {
		var first []object
		for _, row := range rows {
			o := object{}
			for name, value := range row {
				o[name] = encode(map[string]string{"S": value})
			}
			first = append(first, o)
		}
		return append(first, shown...)
	})
}

// items passes the call on and changes the Items of the answer.
func items(change func([]object) []object) Fault {
	return func(x *Exchange) {
		answer, err := x.Forward()
		if err != nil {
			return
		}
		answer.edit(func(body object) {
			var rows []object
			mustDecode(body["Items"], &rows)
			rows = change(rows)
			body["Items"], body["Count"] = encode(rows), encode(len(rows))
		})
		x.Reply(answer)
	}
}

// edit changes the body of an answer, unless that is an error.
func (a *Answer) edit(change func(body object)) {
	if a.Status != http.StatusOK {
		return
	}
	body := object{}
	mustDecode(a.Body, &body)
	change(body)
	a.SetBody(encode(body))
}

// mustDecode reads JSON into v, nothing at all leaves v as it is. What client and
// target send is JSON of known shapes; if it is not, the connection is closed.
func mustDecode(text []byte, v any) {
	if len(text) > 0 && json.Unmarshal(text, v) != nil {
		panic(http.ErrAbortHandler)
	}
}

func encode(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	return text
}
