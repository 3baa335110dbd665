package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"session-api/store/dynamo/table"
)

func readPage(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile("../../docs/dynamodb.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

func TestThePageShowsWhatIsMeasured(t *testing.T) {
	t.Parallel()
	_, shown, _, err := cut(readPage(t))
	if err != nil {
		t.Fatal(err)
	}
	if want := report(sizesOf(t)) + "\n"; shown != want {
		t.Errorf("docs/dynamodb.md is not up to date: run \"go run ./cost ../docs/dynamodb.md\" in verify/. The first difference is %s", difference(shown, want))
	}
}

// difference returns the first lines that differ.
func difference(shown, want string) string {
	has, wants := strings.Split(shown, "\n"), strings.Split(want, "\n")
	for i := range min(len(has), len(wants)) {
		if has[i] != wants[i] {
			return fmt.Sprintf("\n%s\nwhich is to be\n%s", has[i], wants[i])
		}
	}
	return fmt.Sprintf("the number of lines, %d in place of %d", len(has), len(wants))
}

// TestThePolicyAllowsWhatTheServiceCallsAndNoMore compares the page's policy with
// the calls that were seen. Opening the service makes the one call that is no part
// of any request.
func TestThePolicyAllowsWhatTheServiceCallsAndNoMore(t *testing.T) {
	t.Parallel()
	called := map[string]bool{"dynamodb:DescribeTable": true}
	for _, s := range sizesOf(t) {
		for _, c := range s.costs {
			for op := range c.measured.calls {
				called["dynamodb:"+op] = true
			}
			// There is no action for a transaction: it needs those of its parts
			// (AWS: "Using IAM with DynamoDB transactions"), which are puts and deletes.
			delete(called, "dynamodb:TransactWriteItems")
		}
	}
	allowed := policyActions(t, readPage(t))
	if want := slices.Sorted(maps.Keys(called)); !slices.Equal(allowed, want) {
		t.Errorf("the policy allows %v; the service calls %v", allowed, want)
	}
}

// policyActions returns the actions of the page's policy.
func policyActions(t *testing.T, page string) []string {
	t.Helper()
	for rest := page; ; {
		_, after, found := strings.Cut(rest, "```json\n")
		if !found {
			t.Fatal("the page has no policy")
		}
		block, behind, _ := strings.Cut(after, "```")
		rest = behind
		var policy struct{ Statement []struct{ Action []string } }
		if err := json.Unmarshal([]byte(block), &policy); err != nil {
			t.Fatalf("a block of JSON on the page is none: %v", err)
		}
		if len(policy.Statement) > 0 {
			return policy.Statement[0].Action
		}
	}
}

func TestThePageNamesTheActionsOfTheTableCommands(t *testing.T) {
	t.Parallel()
	page := readPage(t)
	for command, actions := range map[string][]string{
		"`table create`":                    table.CreateActions,
		"… with `--point-in-time-recovery`": table.CreateRecoveryActions,
		"… with `--tag`":                    table.CreateTagActions,
		"`table check`":                     table.CheckActions,
		"`table upgrade`":                   table.UpgradeActions,
	} {
		row := "| " + command + " | `" + strings.Join(actions, "`, `") + "` |\n"
		if !strings.Contains(page, row) {
			t.Errorf("docs/dynamodb.md lacks the row\n%s", row)
		}
	}
}

func TestThePageIsWrittenBetweenItsMarksOnly(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/page.md"
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("above\n" + beginMark + "old\n" + endMark + "below\n")
	if err := writeInto(path, "new\n"); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(path)
	if want := "above\n" + beginMark + "new\n\n" + endMark + "below\n"; string(page) != want || err != nil {
		t.Errorf("the page is %q, %v; want %q", page, err, want)
	}
	write("no marks\n")
	if err := writeInto(path, "new\n"); err == nil {
		t.Error("a page without marks gives no error")
	}
}
