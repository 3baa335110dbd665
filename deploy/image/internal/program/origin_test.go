package program

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// committed returns a git repository with one commit, of the year 2001, and its hash.
func committed(t *testing.T) (root, hash string) {
	t.Helper()
	root = t.TempDir()
	write(t, root, "one")
	for _, args := range [][]string{
		{"init", "-q"}, {"add", "."},
		{"-c", "user.name=n", "-c", "user.email=e", "-c", "commit.gpgsign=false", "commit", "-q", "--no-verify", "-m", "one"},
	} {
		command := exec.CommandContext(t.Context(), "git", append([]string{"-C", root}, args...)...)
		command.Env = append(os.Environ(), "GIT_COMMITTER_DATE=2001-02-03T04:05:06+09:00", "GIT_AUTHOR_DATE=2002-02-03T04:05:06Z")
		if said, err := command.CombinedOutput(); err != nil {
			t.Fatalf("git %q: %v\n%s", args, err, said)
		}
	}
	hash, err := git(t.Context(), root, "rev-parse", "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	return root, hash
}

func write(t *testing.T, root, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(root, "file"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func wantOrigin(t *testing.T, root, given string, want Origin) {
	t.Helper()
	got, err := OriginOf(t.Context(), root, given)
	if err != nil || got != want {
		t.Errorf("the origin is %+v, %v; want %+v", got, err, want)
	}
}

func TestTheOriginIsTheCommitAndItsTime(t *testing.T) {
	t.Setenv(EpochVariable, "")
	root, hash := committed(t)
	at := time.Date(2001, 2, 2, 19, 5, 6, 0, time.UTC)
	wantOrigin(t, root, "", Origin{Commit: hash, Time: at})
	wantOrigin(t, root, "given", Origin{Commit: "given", Time: at})
	write(t, root, "two")
	wantOrigin(t, root, "", Origin{Commit: hash + "+dirty", Time: at})
}

func TestTheEnvironmentSetsTheTime(t *testing.T) {
	t.Setenv(EpochVariable, "1770091506")
	at := time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)
	root, hash := committed(t)
	wantOrigin(t, root, "", Origin{Commit: hash, Time: at})
	wantOrigin(t, t.TempDir(), "given", Origin{Commit: "given", Time: at})
}

func TestAnOriginThatIsNotKnownIsAnError(t *testing.T) {
	for _, test := range []struct{ epoch, commit string }{
		{"", ""}, {"", "given"}, {"1770091506", ""}, {"yesterday", "given"},
	} {
		t.Setenv(EpochVariable, test.epoch)
		if origin, err := OriginOf(t.Context(), t.TempDir(), test.commit); err == nil {
			t.Errorf("%s=%q and commit %q: the origin is %+v", EpochVariable, test.epoch, test.commit, origin)
		}
	}
}
