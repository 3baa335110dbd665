package browser

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"session-api/api"
)

// The blocks of the page that hold the calls; Swagger UI names them by tag and
// operationId.
const (
	create = "#operations-Sessions-createSession"
	read   = "#operations-Sessions-getSession"
)

// TestTheDocsPage starts one server; each claim about the page has a browser of
// its own.
func TestTheDocsPage(t *testing.T) {
	t.Parallel()
	chromium := findChromium(t)
	base := startServer(t)
	for claim, check := range map[string]func(*testing.T, *tab){
		"lets a person create and read a session": createAndRead,
		"sends and shows JSON as it is":           sendAndShowExactly,
		"shows every operation of the contract":   showEveryOperation,
		"takes no other contract from a link":     openLink,
	} {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			b := openTab(t, chromium, base)
			b.open(t, "/docs")
			check(t, b)
			b.expectNoFaults(t)
		})
	}
}

func createAndRead(t *testing.T, b *tab) {
	b.tryOut(t, create)
	status, created := b.execute(t, create)
	b.keepPicture(t, "created")
	if status != "201" || !idOf.MatchString(created) {
		t.Fatalf("after Execute on POST /sessions the page shows %s %q, want 201 and a session id", status, created)
	}

	b.tryOut(t, read)
	b.do(t, "typing the id", chromedp.SendKeys(read+` input[placeholder="id"]`, idOf.FindStringSubmatch(created)[1]))
	status, found := b.execute(t, read)
	b.keepPicture(t, "read")
	if status != "200" || found != created {
		t.Errorf("the page shows %s %q for the new session, want 200 and what was created: %q", status, found, created)
	}
}

// idOf finds the session id in an answer.
var idOf = regexp.MustCompile(`"sessionId": "(session-user123-[A-Z2-7]+)"`)

func sendAndShowExactly(t *testing.T, b *tab) {
	b.tryOut(t, create)
	const box = create + " .body-param__text"
	b.do(t, "typing the body",
		chromedp.Focus(box),
		chromedp.Evaluate[chromedp.Void](`document.querySelector("`+box+`").select()`),
		chromedp.SendKeys(box, `{"userId":"u","data":{"2":12345678901234567890123,"1":[1e3,0.10,{},"a{\"b"]}}`))
	_, shown := b.execute(t, create)
	want := `
  "data": {
    "2": 12345678901234567890123,
    "1": [
      1e3,
      0.10,
      {},
      "a{\"b"
    ]
  },`
	if !strings.Contains(shown, want) {
		t.Errorf("the page shows\n%s\nwithout\n%s", shown, want)
	}
}

func showEveryOperation(t *testing.T, b *tab) {
	shown := get(t, b, "counting the operations", chromedp.Evaluate[int](`document.querySelectorAll(".opblock").length`))
	if want := operations(t); shown != want {
		t.Errorf("the page shows %d operations, the contract has %d", shown, want)
	}
	// Swagger UI's green of a POST: proof that its stylesheet got through.
	green := get(t, b, "reading the colour", chromedp.Evaluate[string](
		`getComputedStyle(document.querySelector("`+create+` .opblock-summary-method")).backgroundColor`))
	if green != "rgb(73, 204, 144)" {
		t.Errorf("POST is shown in %s; the stylesheet does not work", green)
	}
}

func openLink(t *testing.T, b *tab) {
	b.open(t, "/docs?url=https://other.test/openapi.json&configUrl=https://other.test/config.json")
}

// operations returns how many operations the contract has.
func operations(t *testing.T) int {
	t.Helper()
	var contract struct{ Paths map[string]map[string]any }
	if err := json.Unmarshal(api.JSON(), &contract); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, methods := range contract.Paths {
		n += len(methods)
	}
	return n
}

// open opens a path of the server that leads to the page.
func (b *tab) open(t *testing.T, path string) {
	t.Helper()
	b.do(t, "opening the page", chromedp.Navigate(b.base+path), chromedp.WaitVisible(create))
}

// tryOut opens a call and presses "Try it out".
func (b *tab) tryOut(t *testing.T, call string) {
	t.Helper()
	b.do(t, "opening the call", chromedp.Click(call+" .opblock-summary-control"))
	b.do(t, "pressing Try it out", chromedp.Click(call+" .try-out__btn"))
}

// execute presses "Execute" and returns the status and the body that the page
// then shows.
func (b *tab) execute(t *testing.T, call string) (status, body string) {
	t.Helper()
	answer := call + " .live-responses-table tbody "
	b.do(t, "pressing Execute", chromedp.Click(call+" .execute"))
	status = get(t, b, "reading the status", chromedp.Text(answer+".response-col_status"))
	body = get(t, b, "reading the body", chromedp.Text(answer+".highlight-code code"))
	return strings.TrimSpace(status), body
}

// expectNoFaults fails the test if a request left the host or the browser had
// anything to complain of: a script error, say, or a breach of the page's policy.
func (b *tab) expectNoFaults(t *testing.T) {
	t.Helper()
	if s := b.strangers(); len(s) > 0 {
		t.Errorf("requests left the host: %q", s)
	}
	if c := b.complained(); len(c) > 0 {
		t.Errorf("the browser complained: %q", c)
	}
}

// keepPicture writes what the tab shows beside the other artifacts of the test.
func (b *tab) keepPicture(t *testing.T, name string) {
	t.Helper()
	png := get(t, b, "taking a picture", chromedp.FullScreenshot(100))
	if err := os.WriteFile(filepath.Join(t.ArtifactDir(), name+".png"), png, 0o600); err != nil {
		t.Fatal(err)
	}
}
