package embedded

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
)

func TestOpenMakesAPrivateDirectoryWithItsParents(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a", "b")
	s := open(t, Options{Dir: dir})
	if got, err := s.Status(t.Context()); err != nil || got.Table != "b" {
		t.Errorf("Status = %+v, %v; want the table b", got, err)
	}
	for _, path := range []string{dir, filepath.Join(dir, databaseName)} {
		info, err := os.Stat(path)
		if err != nil || info.Mode() != fs.ModeDir|dirMode {
			t.Errorf("%s: %v, %v; want a directory for its owner only", path, info.Mode(), err)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, markerName))
	if want := `{"engine":"embedded","format":1}` + "\n"; string(text) != want || err != nil {
		t.Errorf("the marker is %q, %v; want %q", text, err, want)
	}
}

func TestRowsAndCursorKeySurviveAReopen(t *testing.T) {
	t.Parallel()
	mem := vfs.NewMem()
	s := open(t, Options{fs: mem})
	create(t, s, newSession("row"))
	key := s.CursorKey()
	if err := s.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	again := open(t, Options{fs: mem})
	wantData(t, again, "row", `{"n":1}`)
	if got := again.CursorKey(); !bytes.Equal(got, key) || len(key) != 32 {
		t.Errorf("the cursor key was %x and is %x", key, got)
	}
	if other := open(t, Options{fs: vfs.NewMem()}).CursorKey(); bytes.Equal(other, key) {
		t.Error("two directories have the same cursor key")
	}
}

func TestOpenRefusesWhatIsNotItsOwn(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		lay  func(t *testing.T, dir string)
		says string
	}{
		"a file":             {func(t *testing.T, dir string) { lay(t, dir, "") }, "is not a directory"},
		"below a file":       {func(t *testing.T, dir string) { lay(t, filepath.Dir(dir), "") }, "is not a directory"},
		"other files":        {func(t *testing.T, dir string) { lay(t, dir+"/notes.txt", "") }, "not a session-api data directory"},
		"a database":         {func(t *testing.T, dir string) { lay(t, dir+"/db/000001.log", "") }, "not a session-api data directory"},
		"a file named db":    {func(t *testing.T, dir string) { lay(t, dir+"/db", "") }, "not a session-api data directory"},
		"a newer format":     {func(t *testing.T, dir string) { lay(t, dir+"/"+markerName, `{"engine":"embedded","format":7}`) }, "has format 7 and this release reads formats up to 1; run the newer release"},
		"another engine":     {func(t *testing.T, dir string) { lay(t, dir+"/"+markerName, `{"engine":"other","format":1}`) }, `another engine ("other")`},
		"a marker of zeroes": {func(t *testing.T, dir string) { lay(t, dir+"/"+markerName, "\x00\x00") }, "damaged " + markerName},
		"an empty marker":    {func(t *testing.T, dir string) { lay(t, dir+"/"+markerName, "{}") }, "damaged " + markerName},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "parent", "data")
			test.lay(t, dir)
			wantRefusal(t, Options{Dir: dir}, test.says)
		})
	}
}

// lay writes a file and the directories on the way to it.
func lay(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// wantRefusal fails unless Open says so, in a sentence that names the directory.
func wantRefusal(t *testing.T, o Options, says string) {
	t.Helper()
	s, err := tryOpen(o)
	if err == nil {
		_ = s.Close()
		t.Fatal("Open took the directory")
	}
	if text := err.Error(); !strings.Contains(text, says) || !strings.Contains(text, filepath.Clean(o.Dir)) || strings.Contains(text, "\n") {
		t.Errorf("Open: %q; want one sentence with %q and the directory", text, says)
	}
}

func TestOpenTellsWhatPermissionIsMissing(t *testing.T) {
	t.Parallel()
	for name, kind := range map[string]errorfs.OpKind{
		"look": errorfs.OpStat, "list": errorfs.OpList, "make": errorfs.OpMkdirAll, "lock": errorfs.OpLock, "mark": errorfs.OpCreate,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDisk()
			if err := d.mem.MkdirAll("data", 0o700); err != nil {
				t.Fatal(err)
			}
			denied := &fs.PathError{Op: "open", Path: "data", Err: syscall.EACCES}
			d.fail(failing(denied, kind))
			wantRefusal(t, Options{Dir: "data", fs: d}, "has no permission")
		})
	}
}

func TestOneStoreHasTheDirectoryAtATime(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, Options{Dir: dir})
	wantRefusal(t, Options{Dir: dir}, "in use by another process")
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	relative, err := filepath.Rel(here, dir)
	if err != nil {
		t.Fatal(err)
	}
	if s, err := tryOpen(Options{Dir: relative}); err == nil || !strings.Contains(err.Error(), "in use by another process") {
		t.Errorf("Open by another spelling = %v, %v", s, err)
	}
	create(t, s, newSession("row"))
	if err := s.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	wantData(t, open(t, Options{Dir: dir}), "row", `{"n":1}`)
}

// childDir tells a second process of this test which directory to open.
const childDir = "SESSION_API_TEST_CHILD_DIR"

func TestAnotherProcessIsKeptOut(t *testing.T) {
	t.Parallel()
	if dir := os.Getenv(childDir); dir != "" {
		wantRefusal(t, Options{Dir: dir}, "in use by another process")
		return
	}
	dir := t.TempDir()
	open(t, Options{Dir: dir})
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestAnotherProcessIsKeptOut$", "-test.v")
	child.Env = append(os.Environ(), childDir+"="+dir)
	if out, err := child.CombinedOutput(); err != nil || !bytes.Contains(out, []byte("--- PASS")) {
		t.Errorf("the other process: %v\n%s", err, out)
	}
}

// TestACrashWhileTheDirectoryIsMadeLeavesWhatOpens crashes the machine before
// each single operation of the first Open.
func TestACrashWhileTheDirectoryIsMadeLeavesWhatOpens(t *testing.T) {
	t.Parallel()
	crash := errors.New("crash")
	for at := 0; ; at++ {
		d := newDisk()
		var left *vfs.MemFS
		var whole *vfs.MemFS
		n := 0
		d.fail(func(op errorfs.Op) error {
			if op.Kind.ReadOrWrite() == errorfs.OpIsRead {
				return nil
			}
			if n++; n <= at {
				return nil
			}
			if left == nil {
				left = d.afterCrash()
				whole = d.mem.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: 100, RNG: newRand(at)})
			}
			return crash
		})
		s, err := tryOpen(Options{fs: d})
		if err == nil {
			// The crash would come after Open.
			if at < 20 {
				t.Fatalf("Open made only %d changes; the test does not see them", at)
			}
			d.fail(nil)
			_ = s.Close()
			return
		}
		for name, after := range map[string]*vfs.MemFS{"the machine": left, "the process": whole} {
			s, err := tryOpen(Options{fs: after})
			if err != nil {
				t.Errorf("after a crash of %s before change %d: %v", name, at, err)
				continue
			}
			create(t, s, newSession("row"))
			_ = s.Close()
		}
	}
}
