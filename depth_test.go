package session_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"session-api"
)

// nested returns JSON that is so many levels deep.
func nested(levels int) []byte {
	return []byte(strings.Repeat(`{"a":[`, levels/2) + strings.Repeat("[", levels%2) + strings.Repeat("]", levels%2) + strings.Repeat("]}", levels/2))
}

func TestLevelsAreCountedWhereTheyAreLevels(t *testing.T) {
	t.Parallel()
	for text, deep := range map[string]int{
		"1": 0, `"[[[["`: 0, "[]": 1, "[[1],[2],[3]]": 2, `{"a":{"b":{}}}`: 3, `{"[":"{[","b":["\"[[","\\",[1]]}`: 3,
		`[[],[],[],{"a":[]}]`: 3, string(nested(9)): 9, string(nested(10)): 10,
	} {
		if session.NestedDeeper([]byte(text), deep) || deep > 0 && !session.NestedDeeper([]byte(text), deep-1) {
			t.Errorf("%s is not %d deep", text, deep)
		}
	}
}

// to returns a patch that makes data so many levels deep.
func to(levels int) session.Patch {
	return func([]byte) ([]byte, error) { return nested(levels), nil }
}

func TestDataIsNestedToABoundAndNoDeeper(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	id := b.createNew(t, session.New{UserID: "ada", Data: nested(session.MaxDataDepth)}).ID
	over := session.MaxDataDepth + 1
	_, create := b.Create(t.Context(), session.New{UserID: "ada", Data: nested(over)})
	_, _, once := b.CreateOnce(t.Context(), "key", session.New{UserID: "ada", Data: nested(over)})
	_, update := b.Update(t.Context(), id, nested(over), nil)
	_, patch := b.Patch(t.Context(), id, to(over), nil)
	for what, err := range map[string]error{"Create": create, "CreateOnce": once, "Update": update, "Patch": patch} {
		wantErrorIs(t, what, err, session.ErrTooDeep)
	}
}

func TestDataThatIsDeeperAlreadyCanBePatchedButNotDeepened(t *testing.T) {
	t.Parallel()
	b := newBench(t, time.Hour)
	id := b.create(t, "ada").ID
	if _, err := b.store.Update(t.Context(), id, session.Change{Data: nested(300), At: b.now}, session.Condition{Now: b.now}); err != nil {
		t.Fatal(err)
	}
	_, err := b.Patch(t.Context(), id, to(301), nil)
	wantErrorIs(t, "Patch that deepens", err, session.ErrTooDeep)
	for _, levels := range []int{300, 299, 101, 7} {
		if _, err := b.Patch(t.Context(), id, to(levels), nil); err != nil {
			t.Errorf("a patch to %d levels: %v", levels, err)
		}
	}
}

// FuzzNestedDeeper holds the count of levels against a parser's.
func FuzzNestedDeeper(f *testing.F) {
	for _, seed := range []string{"[[1]]", `{"a":{"\"":["[",{}]}}`, `"\\"`, "[]]"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var v any
		if json.Unmarshal(text, &v) != nil {
			session.NestedDeeper(text, 3) // and does not panic
			return
		}
		for levels := range 6 {
			if got, want := session.NestedDeeper(text, levels), levelsOf(v) > levels; got != want {
				t.Errorf("%q is deeper than %d: %t", text, levels, got)
			}
		}
	})
}

func levelsOf(v any) (levels int) {
	switch v := v.(type) {
	case map[string]any:
		for _, child := range v {
			levels = max(levels, levelsOf(child))
		}
		return levels + 1
	case []any:
		for _, child := range v {
			levels = max(levels, levelsOf(child))
		}
		return levels + 1
	}
	return 0
}
