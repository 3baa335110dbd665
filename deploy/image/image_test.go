package main

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/validate"

	"session-api/deploy/image/internal/oci"
	"session-api/deploy/image/internal/program"
	"session-api/deploy/image/internal/roots"
)

// What the images of these tests are built as.
const (
	testVersion = "v9.8.7"
	testCommit  = "c0ffee0"
)

var testTime = time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)

// buildFrom builds everything from the source tree at root.
func buildFrom(root string) (*built, error) {
	return buildAll(context.Background(),
		// The release at hand, because a test of the image should need no download.
		options{root: root, version: testVersion, commit: testCommit, toolchain: program.LocalToolchain},
		program.Origin{Commit: testCommit, Time: testTime})
}

var buildHere = sync.OnceValues(func() (*built, error) { return buildFrom("../..") })

// here returns what is built from this source tree, once for all tests.
func here(t *testing.T) *built {
	t.Helper()
	b, err := buildHere()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// each runs f for every architecture.
func each(t *testing.T, f func(*testing.T, architecture)) {
	t.Helper()
	b := here(t)
	if len(b.architectures) != 2 {
		t.Errorf("there are %d architectures, want 2", len(b.architectures))
	}
	for _, a := range b.architectures {
		t.Run(a.name, func(t *testing.T) { t.Parallel(); f(t, a) })
	}
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// held is what the image holds, by name in the order of the archive.
type held struct {
	name    string
	mode    int64
	content []byte
}

// unpacked keeps what images hold, because under the race detector it takes seconds
// to unpack one.
var unpacked sync.Map

func contents(t *testing.T, a architecture) []held {
	t.Helper()
	once, _ := unpacked.LoadOrStore(a.image, sync.OnceValue(func() []held { return unpack(t, a.image) }))
	all := once.(func() []held)()
	if len(all) == 0 {
		t.Fatal("the image cannot be unpacked, or holds nothing")
	}
	return all
}

func unpack(t *testing.T, image v1.Image) []held {
	t.Helper()
	layers := must[[]v1.Layer](t)(image.Layers())
	if len(layers) != 1 {
		t.Fatalf("%d layers, want 1", len(layers))
	}
	archive := tar.NewReader(must[io.ReadCloser](t)(layers[0].Uncompressed()))
	var all []held
	for {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Uid != 0 || h.Gid != 0 || h.Uname != "" || h.Gname != "" || !h.ModTime.Equal(testTime) {
			t.Errorf("%s belongs to %d:%d (%q:%q) and is of %v", h.Name, h.Uid, h.Gid, h.Uname, h.Gname, h.ModTime)
		}
		all = append(all, held{h.Name, h.Mode, must[[]byte](t)(io.ReadAll(archive))})
	}
}

func TestAnImageHoldsTheProgramAndTheCertificatesAndNothingElse(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a architecture) {
		want := []held{
			{"etc/", 0o755, nil},
			{"etc/ssl/", 0o755, nil},
			{"etc/ssl/certs/", 0o755, nil},
			{"etc/ssl/certs/ca-certificates.crt", 0o644, roots.PEM()},
			{"session-api", 0o755, a.binary},
		}
		got := contents(t, a)
		if !slices.EqualFunc(got, want, func(a, b held) bool {
			return a.name == b.name && a.mode == b.mode && bytes.Equal(a.content, b.content)
		}) {
			for _, h := range got {
				t.Errorf("%s, mode %o, %d bytes", h.name, h.mode, len(h.content))
			}
		}
	})
}

// maxBytes bounds an image, unpacked: 40 MB.
const maxBytes = 40_000_000

func TestAnImageIsSmall(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a architecture) {
		size := 0
		for _, h := range contents(t, a) {
			size += len(h.content)
		}
		if size >= maxBytes {
			t.Errorf("it holds %d bytes, want less than %d", size, maxBytes)
		}
	})
}

func TestAContainerRunsAsNobodyAndServesFromDynamoDB(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a architecture) {
		file := must[*v1.ConfigFile](t)(a.image.ConfigFile())
		if file.Architecture != a.name || file.OS != "linux" || !file.Created.Equal(testTime) {
			t.Errorf("it is for %s/%s and of %v", file.OS, file.Architecture, file.Created)
		}
		want := v1.Config{
			User:         "65532:65532",
			Env:          []string{"SESSION_STORE=dynamodb", "HOST=0.0.0.0"},
			Entrypoint:   []string{"/session-api"},
			WorkingDir:   "/",
			ExposedPorts: map[string]struct{}{"8080/tcp": {}},
			Healthcheck: &v1.HealthConfig{
				Test:     []string{"CMD", "/session-api", "healthcheck"},
				Interval: 10 * time.Second, Timeout: 3 * time.Second, StartPeriod: 5 * time.Second, Retries: 3,
			},
			Labels: map[string]string{
				"org.opencontainers.image.title":       "session-api",
				"org.opencontainers.image.description": "A session store over REST",
				"org.opencontainers.image.version":     testVersion,
				"org.opencontainers.image.revision":    testCommit,
			},
		}
		if !reflect.DeepEqual(file.Config, want) {
			t.Errorf("it is started so:\n%+v, want\n%+v", file.Config, want)
		}
	})
}

func TestEnginesAndRegistriesReadWhatIsWritten(t *testing.T) {
	t.Parallel()
	b, dir := here(t), t.TempDir()
	tag := must[name.Tag](t)(name.NewTag("session-api:" + testVersion))
	for _, a := range b.architectures {
		if err := a.write(dir, tag); err != nil {
			t.Fatal(err)
		}
		read := must[v1.Image](t)(tarball.ImageFromPath(filepath.Join(dir, a.archive()), &tag))
		if got, want := must[v1.Hash](t)(read.ConfigName()), must[v1.Hash](t)(a.image.ConfigName()); got != want {
			t.Errorf("%s holds the image %s, want %s", a.archive(), got, want)
		}
	}
	if err := oci.WriteLayout(filepath.Join(dir, layoutDir), b.index, tag); err != nil {
		t.Fatal(err)
	}
	top := must[*v1.IndexManifest](t)(must[v1.ImageIndex](t)(layout.ImageIndexFromPath(filepath.Join(dir, layoutDir))).IndexManifest())
	if len(top.Manifests) != 1 || top.Manifests[0].Digest != must[v1.Hash](t)(b.index.Digest()) ||
		!maps.Equal(top.Manifests[0].Annotations, map[string]string{"org.opencontainers.image.ref.name": testVersion}) {
		t.Errorf("the layout names %+v", top.Manifests)
	}
	if err := validate.Index(must[v1.ImageIndex](t)(must[layout.Path](t)(layout.FromPath(filepath.Join(dir, layoutDir))).ImageIndex())); err != nil {
		t.Error(err)
	}
}

func TestTheIndexNamesTheArchitectures(t *testing.T) {
	t.Parallel()
	var got []string
	for _, m := range must[*v1.IndexManifest](t)(here(t).index.IndexManifest()).Manifests {
		got = append(got, fmt.Sprintf("%s %s", m.Platform, m.MediaType))
	}
	want := []string{
		"linux/amd64 application/vnd.oci.image.manifest.v1+json",
		"linux/arm64 application/vnd.oci.image.manifest.v1+json",
	}
	if !slices.Equal(got, want) {
		t.Errorf("it names %q", got)
	}
}

func TestTheReportNamesEveryDigest(t *testing.T) {
	t.Parallel()
	var said bytes.Buffer
	b := here(t)
	if err := b.report(&said, "dist", program.Origin{Commit: testCommit, Time: testTime}); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("session-api v9.8.7, commit c0ffee0, as of 2026-02-03T04:05:06Z\n"+
		"linux/amd64  %s  dist/session-api-linux-amd64.tar\n"+
		"linux/arm64  %s  dist/session-api-linux-arm64.tar\n"+
		"index        %s  dist/oci\n",
		must[v1.Hash](t)(b.architectures[0].image.Digest()), must[v1.Hash](t)(b.architectures[1].image.Digest()), must[v1.Hash](t)(b.index.Digest()))
	if said.String() != want {
		t.Errorf("it says\n%s, want\n%s", &said, want)
	}
}
