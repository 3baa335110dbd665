package dynamotest

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// installerOf returns an installer into a fresh root that runs one shell command.
func installerOf(t *testing.T, command string) installer {
	t.Helper()
	return installer{
		server: fakeServer,
		root:   t.TempDir(),
		recipe: recipe{
			version: "1", tool: "sh", remedy: "install a shell",
			files: map[string][]byte{"pins": []byte("a==1\n")},
			steps: func(string) [][]string { return [][]string{{"sh", "-c", command}} },
		},
	}
}

func mustInstall(t *testing.T, i installer) string {
	t.Helper()
	dir, err := i.install(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestManyInstallAtOnceAndItIsDoneOnce(t *testing.T) {
	t.Parallel()
	i := installerOf(t, "cat pins >> ../done")
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			if _, err := i.install(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	done, err := os.ReadFile(filepath.Join(i.root, "done"))
	if err != nil || string(done) != "a==1\n" {
		t.Errorf("the step wrote %q, %v", done, err)
	}
}

func TestAnInstallationThatWasCutShortIsDoneAnew(t *testing.T) {
	t.Parallel()
	i := installerOf(t, "true")
	left := filepath.Join(i.root, i.folder(), "left")
	if err := os.MkdirAll(left, 0o755); err != nil {
		t.Fatal(err)
	}
	mustInstall(t, i)
	if _, err := os.Stat(left); !os.IsNotExist(err) {
		t.Errorf("what was left is still there: %v", err)
	}
}

func TestAFailedStepIsReportedAndTriedAgain(t *testing.T) {
	t.Parallel()
	i := installerOf(t, "test -e ../go || { echo no such crate; exit 3; }")
	_, err := i.install(t.Context())
	if err == nil || !strings.Contains(err.Error(), "no such crate") || !strings.Contains(err.Error(), "exit status 3") {
		t.Fatalf("the error is %v", err)
	}
	if err := os.WriteFile(filepath.Join(i.root, "go"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	mustInstall(t, i)
}

func TestAMissingToolIsAnErrorThatSaysWhatToDo(t *testing.T) {
	t.Parallel()
	i := installerOf(t, "true")
	i.tool = "no-such-tool-anywhere"
	_, err := i.install(t.Context())
	if err == nil {
		t.Fatal("no error")
	}
	for _, part := range []string{i.tool, i.remedy, EndpointVariable, ServerVariable} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error does not say %q: %v", part, err)
		}
	}
}

func TestAnInstalledServerNeedsItsToolNoMore(t *testing.T) {
	t.Parallel()
	i := installerOf(t, "true")
	dir := mustInstall(t, i)
	i.tool = "no-such-tool-anywhere"
	if again := mustInstall(t, i); again != dir {
		t.Errorf("it went into %s and then into %s", dir, again)
	}
}

func TestOtherPinsAreAnotherFolder(t *testing.T) {
	t.Parallel()
	i := installerOf(t, "true")
	before := i.folder()
	i.files = map[string][]byte{"pins": []byte("a==2\n")}
	if after := i.folder(); after == before {
		t.Errorf("both are %s", after)
	}
}

func TestAWaitForAnotherInstallationEndsWithItsContext(t *testing.T) {
	t.Parallel()
	i := installerOf(t, "true")
	unlock, err := lock(t.Context(), filepath.Join(i.root, i.folder()+".lock"))
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := i.install(ctx)
		ended <- err
	}()
	cancel()
	if err := <-ended; err == nil {
		t.Error("it installed beside the holder of the lock")
	}
}
