package browser

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience bounds one test: far above what it takes on a slow machine.
const patience = time.Minute

// hostname is what the browser calls this machine. Browsers and Swagger UI trust
// "localhost" more than other names, and the page must work for those too.
const hostname = "session-api.test"

// tab is one page of a browser of its own, and what went wrong in it.
type tab struct {
	context.Context
	base       string // the URL of the server
	mu         sync.Mutex
	requests   []string
	complaints []string
}

// openTab starts the browser with an empty profile that can reach this machine
// and nothing else.
func openTab(t *testing.T, chromium, base string) *tab {
	t.Helper()
	// Not t.Context(), which ends before the clean-up closes the browser.
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	allocator, _ := chromedp.NewExecAllocator(ctx,
		chromedp.ExecPath(chromium),
		chromedp.Headless,
		chromedp.NoSandbox, // tests run as root in containers, where there is none
		chromedp.DisableGPU,
		chromedp.NoFirstRun,
		chromedp.WindowSize(1280, 1600),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true), // containers have a small /dev/shm
		chromedp.Flag("host-resolver-rules", "MAP "+hostname+" 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
	)
	page, _ := chromedp.NewContext(allocator)
	b := &tab{Context: page, base: base}
	t.Cleanup(func() {
		if err := chromedp.Cancel(page); err != nil {
			t.Errorf("closing the browser: %v", err)
		}
	})
	if err := chromedp.Listen(page, b.note); err != nil {
		t.Fatalf("starting the browser: %v", err)
	}
	if _, err := chromedp.Call(page, audits.Enable, cdp.Empty{}); err != nil {
		t.Fatalf("asking for the browser's complaints: %v", err)
	}
	return b
}

// findChromium returns the browser's path. A machine without one fails the test:
// a page that nobody opened is not known to work.
func findChromium(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("CHROME_PATH"); path != "" {
		return path
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("this test needs Chromium: apt-get install chromium, or set CHROME_PATH to the program of a Chromium or Chrome")
	return ""
}

// do runs the steps in the tab, or ends the test with what was to be done.
func (b *tab) do(t *testing.T, what string, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(b, steps...); err != nil {
		t.Fatalf("%s: %v\nthe browser complained of: %q", what, err, b.complained())
	}
}

// get returns what the action finds in the tab, or ends the test.
func get[T any](t *testing.T, b *tab, what string, action chromedp.Action[T]) T {
	t.Helper()
	found, err := chromedp.Run(b, action)
	if err != nil {
		t.Fatalf("%s: %v\nthe browser complained of: %q", what, err, b.complained())
	}
	return found
}

// note keeps what the browser tells of requests and of everything that it would
// print in red.
func (b *tab) note(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, e.Request.URL)
	case *network.EventWebSocketCreated:
		b.requests = append(b.requests, e.URL)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			b.complain("%s: %s (%s)", e.Entry.Source, e.Entry.Text, e.Entry.URL)
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning || e.Type == runtime.ConsoleAPICalledTypeAssert {
			b.complain("console: %s", arguments(e.Args))
		}
	case *runtime.EventExceptionThrown:
		b.complain("exception: %v", e.ExceptionDetails)
	case *audits.EventIssueAdded:
		if d := e.Issue.Details.ContentSecurityPolicyIssueDetails; d != nil {
			b.complain("content security policy: %s blocked %s %s", d.ViolatedDirective, d.ContentSecurityPolicyViolationType, d.BlockedURL)
		}
	}
}

func (b *tab) complain(format string, values ...any) {
	b.complaints = append(b.complaints, fmt.Sprintf(format, values...))
}

func arguments(args []*runtime.RemoteObject) string {
	var texts []string
	for _, a := range args {
		texts = append(texts, string(a.Value)+a.Description)
	}
	return strings.Join(texts, " ")
}

func (b *tab) complained() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.complaints...)
}

// strangers returns the requests that went to another host than the server's.
func (b *tab) strangers() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var found []string
	for _, r := range b.requests {
		u, err := url.Parse(r)
		if err != nil || u.Scheme != "data" && u.Scheme+"://"+u.Host != b.base {
			found = append(found, r)
		}
	}
	return found
}
