package dynamo

import (
	"maps"
	"testing"

	"session-api"
	"session-api/store/dynamo/dynamotest"
	"session-api/storetest"
)

func TestStoreKeepsTheContractOfEngines(t *testing.T) {
	t.Parallel()
	for name, indexed := range map[string]bool{"with the index": true, "without the index": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			storetest.RunWith(t, func(t *testing.T) session.Store {
				return s.open(t, s.newTable(t, indexed), Options{})
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
	for _, name := range []string{
		"OneWriterWinsEachVersion", "NoUpdateIsLost", "OneCreateOfAnIDWins", "OneDeleteWins",
		"OneOfUpdateAndDeleteAtAVersionWins", "ADeletedRowStaysAway", "RowAndListsAgreeAfterARace",
	} {
		e["races/"+name] = "Moto looks at a condition and writes in two steps, on many threads without a lock"
	}
	maps.Copy(e, map[string]string{
		"visibility/ARowIsNeverSeenHalfWritten": "Moto changes a row's attributes one by one while others read it",
		"values/DataOfEverySizeIsKept":          "Moto counts more than the item's bytes, and refuses rows near 400 KB",
		"values/TheLargestSessionFits":          "Moto counts more than the item's bytes, and refuses rows near 400 KB",
	})
	return e
}
