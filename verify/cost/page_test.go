package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
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
