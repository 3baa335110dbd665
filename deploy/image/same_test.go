package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
)

// The second build is of what "docker build" is sent, so this also shows that
// .dockerignore keeps nothing back that the build needs.
func TestTheSameSourceGivesTheSameDigestElsewhere(t *testing.T) {
	first := must[v1.Hash](t)(here(t).index.Digest())
	elsewhere := buildContext(t)
	// What may be set on a machine and would change a binary.
	for variable, value := range map[string]string{
		"GOFLAGS": "-tags=other -ldflags=-X=main.version=v0", "GOAMD64": "v3", "GOARM64": "v9.0", "GODEBUG": "panicnil=1", "GOEXPERIMENT": "nogreenteagc",
		"CGO_ENABLED": "1", "GOWORK": filepath.Join(elsewhere, "go.work"), "TZ": "Asia/Tokyo", "LC_ALL": "tr_TR.UTF-8",
	} {
		t.Setenv(variable, value)
	}
	second := must[*built](t)(buildFrom(elsewhere))
	if got := must[v1.Hash](t)(second.index.Digest()); got != first {
		t.Errorf("it is %s and then %s", first, got)
	}
}

// buildContext copies what the engine is sent for a build to a directory of its own,
// with the Dockerfile, which the engine reads beside it.
func buildContext(t *testing.T) string {
	t.Helper()
	const root = "../.."
	ignored := ignores(t, filepath.Join(root, ".dockerignore"))
	to := t.TempDir()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := must[string](t)(filepath.Rel(root, path))
		out := must[bool](t)(ignored.MatchesOrParentMatches(name)) && name != "Dockerfile"
		switch {
		case out && entry.IsDir(): // the file has no exceptions that lie deeper
			return fs.SkipDir
		case out:
			return nil
		case entry.IsDir():
			return os.MkdirAll(filepath.Join(to, name), 0o700)
		}
		return os.WriteFile(filepath.Join(to, name), must[[]byte](t)(os.ReadFile(path)), 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
	return to
}

func ignores(t *testing.T, path string) *patternmatcher.PatternMatcher {
	t.Helper()
	file := must[*os.File](t)(os.Open(path))
	defer func() { _ = file.Close() }()
	return must[*patternmatcher.PatternMatcher](t)(patternmatcher.New(must[[]string](t)(ignorefile.ReadAll(file))))
}

func TestNoSecretOfAWorkingCopyIsSentToTheEngine(t *testing.T) {
	t.Parallel()
	ignored := ignores(t, "../../.dockerignore")
	for _, name := range []string{".git/config", ".env", "deploy/.env", "data/MANIFEST", "tls.key", "some/where/cert.pem", "deploy/image/dist/oci/index.json"} {
		if !must[bool](t)(ignored.MatchesOrParentMatches(name)) {
			t.Errorf("%s is sent", name)
		}
	}
	for _, name := range []string{"go.mod", "cmd/session-api/main.go", "deploy/image/go.mod", "internal/apidocs/page.html"} {
		if must[bool](t)(ignored.MatchesOrParentMatches(name)) {
			t.Errorf("%s is kept back", name)
		}
	}
}
