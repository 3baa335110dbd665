package dynamo

import (
	"testing"

	"session-api"
	"session-api/store/dynamo/dynamotest"
	"session-api/storetest"
)

func TestStoreKeepsTheContractOfEngines(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		indexed bool
		from    int // calls, from which on reads share
	}{
		"with the index": {indexed: true}, "without the index": {indexed: false}, "with shared reads": {indexed: true, from: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			if s.Server == dynamotest.Moto && c.indexed && c.from == 0 {
				t.Skip("Moto takes minutes for each of these: the other two have between them what this one asks of a server")
			}
			storetest.RunWith(t, func(t *testing.T) session.Store {
				return s.open(t, s.newTable(t, c.indexed), Options{CoalesceFrom: c.from})
			}, storetest.Options{Except: exceptions(s.Server)})
		})
	}
}

// exceptions are the claims that a server cannot keep, with the reasons.
func exceptions(s dynamotest.Server) map[string]string {
	e := map[string]string{}
	if s != dynamotest.Moto {
		return e
	}
	for reason, names := range map[string][]string{
		"Moto looks at a condition and writes in two steps, on many threads without a lock": {
			"races/OneWriterWinsEachVersion", "races/NoUpdateIsLost", "races/OneCreateOfAnIDWins", "races/OneDeleteWins",
			"races/OneOfSeveralWritesAtAVersionWins", "races/ADeletedRowStaysAway", "races/RowAndListsAgreeAfterARace",
			"races/OneRetimeWinsTheTimesThatItRead", "races/RetimesAndUpdatesLoseNothing", "races/ARestrictedWriterNeverChangesARowOfOthers",
		},
		"Moto undoes a refused transaction by putting the table of before in place, and what others wrote since is gone": {
			"races/OneTransactionEndsARow", "races/OneTransactionCreatesAnID", "races/OneTransactionWinsEachVersionOfARecord",
			"races/AnEndedRowStaysAway", "races/RowsInOppositeOrdersDoNotHang", "races/RecordsInOppositeOrdersDoNotHang",
			"visibility/EveryGoroutineSeesItsOwnTransactions",
		},
		"Moto shows the writes of a transaction one by one":               {"visibility/ATransactionIsNeverSeenHalfDone"},
		"Moto changes a row's attributes one by one while others read it": {"visibility/ARowIsNeverSeenHalfWritten"},
		"Moto counts more than the item's bytes, and refuses rows near 400 KB": {
			"values/DataOfEverySizeIsKept", "values/TheLargestSessionFits",
		},
	} {
		for _, name := range names {
			e[name] = reason
		}
	}
	return e
}
