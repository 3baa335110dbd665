// Package docs has no code: its test holds pages of this folder to the repository.
package docs

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// sources returns the text of all Go files of the repository, of each module.
func sources(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != ".." && strings.HasPrefix(d.Name(), "."):
			return filepath.SkipDir
		case strings.HasSuffix(path, ".go"):
			all.WriteString(read(t, path))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

var (
	aTest  = regexp.MustCompile("`(Test[A-Z]\\w+)`")
	aCheck = regexp.MustCompile("`([a-z]+)/([A-Z]\\w+)`")
)

// TestEveryTestThatASecurityPageNamesExists, so that nobody signs for a test that was
// renamed or removed. A check of storetest is named with its group.
func TestEveryTestThatASecurityPageNamesExists(t *testing.T) {
	t.Parallel()
	code := sources(t)
	page := read(t, "security.md")
	tests, checks := aTest.FindAllStringSubmatch(page, -1), aCheck.FindAllStringSubmatch(page, -1)
	if len(tests) < 50 || len(checks) < 5 {
		t.Fatalf("the page names %d tests and %d checks; want more", len(tests), len(checks))
	}
	missing := map[string]bool{}
	for _, m := range tests {
		if !missing[m[1]] && !strings.Contains(code, "\nfunc "+m[1]+"(t *testing.T)") {
			missing[m[1]] = true
			t.Errorf("there is no test %s", m[1])
		}
	}
	for _, m := range checks {
		if !strings.Contains(code, "\t{\""+m[1]+"\", ") || !strings.Contains(code, "\t{\""+m[2]+"\", ") {
			t.Errorf("storetest has no check %s/%s", m[1], m[2])
		}
	}
}

// asvs are the requirements of chapter V7 of OWASP ASVS 5.0: how many each of its
// sections has.
var asvs = []int{3, 4, 2, 5, 3, 2}

var aRow = regexp.MustCompile(`^\| (?:\*\*)?(7\.\d\.\d|API\d+|AAL\d)\b`)

func TestEveryRequirementOfTheStandardsHasItsRow(t *testing.T) {
	t.Parallel()
	var want []string // in the order of the page
	for section, n := range asvs {
		for i := range n {
			want = append(want, fmt.Sprintf("7.%d.%d", section+1, i+1))
		}
	}
	want = append(want, "AAL1", "AAL2", "AAL3")
	for i := range 10 {
		want = append(want, fmt.Sprintf("API%d", i+1))
	}
	var got []string
	for line := range strings.Lines(read(t, "security.md")) {
		if m := aRow.FindStringSubmatch(line); m != nil {
			got = append(got, m[1])
			shown := aTest.MatchString(line) || aCheck.MatchString(line)
			if !shown && !strings.Contains(line, "| application |") && !strings.HasPrefix(m[1], "AAL") {
				t.Errorf("the row of %s names no test", m[1])
			}
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("the rows are of %q; want %q", got, want)
	}
}

var (
	aLink    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	aHeading = regexp.MustCompile(`(?m)^#+ (.+)$`)
	noAnchor = regexp.MustCompile("[^a-z0-9 _-]")
)

// TestLinksOfTheSecurityPagesLead checks files and headings; what is elsewhere is not
// called.
func TestLinksOfTheSecurityPagesLead(t *testing.T) {
	t.Parallel()
	for _, page := range []string{"security.md", "../SECURITY.md"} {
		for _, m := range aLink.FindAllStringSubmatch(read(t, page), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			file, anchor, _ := strings.Cut(m[1], "#")
			target := page
			if file != "" {
				target = filepath.Join(filepath.Dir(page), file)
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s links to %s: %v", page, m[1], err)
			} else if anchor != "" && !slices.Contains(anchors(read(t, target)), anchor) {
				t.Errorf("%s links to %s, and there is no such heading", page, m[1])
			}
		}
	}
}

// anchors are those of the page's headings, as code hosts make them.
func anchors(page string) []string {
	var all []string
	for _, m := range aHeading.FindAllStringSubmatch(page, -1) {
		all = append(all, strings.ReplaceAll(noAnchor.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-"))
	}
	return all
}
