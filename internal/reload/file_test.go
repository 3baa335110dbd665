package reload_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"session-api/internal/reload"
)

// joined takes any texts but those with "bad" in them.
func joined(texts [][]byte) (string, error) {
	all := string(bytes.Join(texts, []byte("+")))
	if strings.Contains(all, "bad") {
		return "", errors.New("it is not good")
	}
	return all, nil
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// open opens files with these texts, and returns their paths and the log.
func open(t *testing.T, texts ...string) (*reload.File[string], []string, *bytes.Buffer) {
	t.Helper()
	var paths []string
	for i, text := range texts {
		paths = append(paths, filepath.Join(t.TempDir(), string(rune('a'+i))))
		write(t, paths[i], text)
	}
	log := &bytes.Buffer{}
	f, err := reload.Open("THE_FILE (--the-file)", slog.New(slog.NewTextHandler(log, nil)), joined, paths...)
	if err != nil {
		t.Fatal(err)
	}
	return f, paths, log
}

func TestAChangedFileIsTakenOver(t *testing.T) {
	t.Parallel()
	f, paths, log := open(t, "1", "2")
	if got := f.Value(); got != "1+2" {
		t.Errorf("at first it says %q", got)
	}
	write(t, paths[1], "3")
	if got := f.Value(); got != "1+2" {
		t.Errorf("before anybody looks it says %q", got)
	}
	f.Look()
	if got := f.Value(); got != "1+3" {
		t.Errorf("after the change it says %q", got)
	}
	f.Look()
	if got := strings.Count(log.String(), "read anew"); got != 1 {
		t.Errorf("one change is logged %d times: %s", got, log)
	}
}

func TestALinkThatIsSwappedIsSeen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	// As a kubelet does it, with the same time and size on both sides.
	for _, version := range []string{"..1", "..2"} {
		if err := os.Mkdir(at(version), 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(at(version), "key"), version)
		if err := os.Chtimes(filepath.Join(at(version), "key"), time.Unix(1, 0), time.Unix(1, 0)); err != nil {
			t.Fatal(err)
		}
	}
	link := func(to, name string) {
		t.Helper()
		if err := errors.Join(os.Symlink(to, at("new")), os.Rename(at("new"), at(name))); err != nil {
			t.Fatal(err)
		}
	}
	link("..1", "..data")
	link("..data/key", "key")
	f, err := reload.Open("X", slog.New(slog.DiscardHandler), joined, at("key"))
	if err != nil {
		t.Fatal(err)
	}
	link("..2", "..data")
	f.Look()
	if got := f.Value(); got != "..2" {
		t.Errorf("after the swap it says %q", got)
	}
}

func TestABrokenFileChangesNothingAndIsLoggedOnce(t *testing.T) {
	t.Parallel()
	f, paths, log := open(t, "good")
	for _, broken := range []string{"bad secret", "bad other secret", ""} {
		log.Reset()
		if broken == "" {
			if err := os.Remove(paths[0]); err != nil {
				t.Fatal(err)
			}
		} else {
			write(t, paths[0], broken)
		}
		for range 3 {
			f.Look()
		}
		if got := f.Value(); got != "good" {
			t.Errorf("with %q it says %q", broken, got)
		}
		if got := log.String(); strings.Count(got, "level=ERROR") != 1 || !strings.Contains(got, "THE_FILE (--the-file)") || strings.Contains(got, "secret") {
			t.Errorf("with %q it logs %s", broken, got)
		}
	}
	write(t, paths[0], "good again")
	f.Look()
	if got := f.Value(); got != "good again" {
		t.Errorf("once mended it says %q", got)
	}
}

func TestAFileThatCannotBeUsedIsRefusedAtFirst(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	bad, large := filepath.Join(dir, "bad"), filepath.Join(dir, "large")
	write(t, bad, "bad")
	write(t, large, strings.Repeat("x", 16<<20+1))
	for path, words := range map[string][]string{
		bad:                        {"THE_FILE", "it is not good"},
		large:                      {"THE_FILE", "16 MiB"},
		dir:                        {"THE_FILE", dir, "directory"},
		filepath.Join(dir, "none"): {"THE_FILE", "none", "no such file"},
	} {
		_, err := reload.Open("THE_FILE", nil, joined, path)
		for _, word := range words {
			if err == nil || !strings.Contains(err.Error(), word) {
				t.Errorf("%s: got %v; want a sentence with %q", path, err, word)
			}
		}
	}
}

func TestAWatchedFileIsReadAnewWithinTheInterval(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, paths, _ := open(t, "1")
		ctx, end := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			reload.Watch(ctx, f)
		}()
		write(t, paths[0], "2")
		time.Sleep(reload.Interval + time.Millisecond) // on the bubble's clock
		synctest.Wait()
		if got := f.Value(); got != "2" {
			t.Errorf("after an interval it says %q", got)
		}
		end()
		<-done
	})
}
