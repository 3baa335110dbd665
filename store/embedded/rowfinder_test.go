package embedded

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// TestARowFinderFindsWhatIsThere asks for rows that are neighbours, that lie behind
// gaps of all lengths around what is stepped over, and that are not there.
func TestARowFinderFindsWhatIsThere(t *testing.T) {
	t.Parallel()
	s := open(t, Options{fs: vfs.NewMem()})
	stored := map[string]bool{}
	var ids []string
	for n := range 40 {
		id := fmt.Sprintf("row-%02d", n)
		ids = append(ids, id)
		if n%7 != 3 {
			stored[id] = true
			create(t, s, newSession(id))
		}
		if n == 20 { // what is older is in a file, what is newer in memory
			if err := s.db.Flush(); err != nil {
				t.Fatal(err)
			}
		}
	}
	ids = append([]string{"a"}, append(ids, "z", "zz")...)
	random := rand.New(rand.NewPCG(1, 2))
	for try := range 300 {
		var asked []string
		for _, id := range ids {
			if random.IntN(1+try%12) == 0 {
				asked = append(asked, id)
			}
		}
		iter, err := s.db.NewIter(&pebble.IterOptions{LowerBound: allRows.lower, UpperBound: allRows.upper})
		if err != nil {
			t.Fatal(err)
		}
		at := rowFinder{iter: iter}
		for _, id := range asked {
			if found := at.find(id); found != stored[id] {
				t.Fatalf("of %q, find(%s) = %v", asked, id, found)
			} else if found && string(iter.Key()[1:]) != id {
				t.Fatalf("of %q, find(%s) is at %q", asked, id, iter.Key())
			}
		}
		if err := iter.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestNeighboursAreSteppedTo says in which lists each row is looked up by itself.
func TestNeighboursAreSteppedTo(t *testing.T) {
	t.Parallel()
	s := open(t, Options{fs: vfs.NewMem()})
	for n := range 30 {
		create(t, s, newSession(fmt.Sprintf("row-%02d", n)))
	}
	for _, test := range []struct {
		ids    []string
		strewn bool
	}{
		{[]string{"row-03", "row-04", "row-05"}, false},
		{[]string{"row-03", fmt.Sprintf("row-%02d", 3+strideMost)}, false},
		{[]string{"row-03", fmt.Sprintf("row-%02d", 3+strideMost+1)}, true},
		{[]string{"a", "row-00", "row-28", "row-29"}, true},
	} {
		iter, err := s.db.NewIter(&pebble.IterOptions{LowerBound: allRows.lower, UpperBound: allRows.upper})
		if err != nil {
			t.Fatal(err)
		}
		at := rowFinder{iter: iter}
		for _, id := range slices.Sorted(slices.Values(test.ids)) {
			at.find(id)
		}
		if at.strewn != test.strewn {
			t.Errorf("%q are strewn: %v", test.ids, at.strewn)
		}
		if err := iter.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
