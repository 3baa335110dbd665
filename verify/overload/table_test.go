package main

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestATableTakesMoreReadsThanItHasPlacesFor, one after another, as many calls at once
// as there may be: reads that share a call are reads.
func TestATableTakesMoreReadsThanItHasPlacesFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		table := &table{places: make(chan struct{}, 4), takes: time.Second}
		call := `{"RequestItems":{"t":{"Keys":[` + strings.Repeat(`{"id":{"S":"a"}},`, 5) + `{"id":{"S":"b"}}]}}}`
		begin := time.Now()
		for range 2 {
			go func() {
				if rows := strings.Count(table.batchGetItem([]byte(call)), "createdAt"); rows != 6 {
					t.Errorf("%d rows were answered", rows)
				}
			}()
		}
		for range 3 {
			time.Sleep(time.Second)
			synctest.Wait()
		}
		if len(table.places) != 0 || time.Since(begin) != 3*time.Second {
			t.Errorf("after %v, %d places are taken", time.Since(begin), len(table.places))
		}
	})
}
