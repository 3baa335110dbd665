package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"session-api/deploy/image/internal/oci"
	"session-api/deploy/image/internal/program"
	"session-api/deploy/image/internal/recipe"
	"session-api/deploy/image/internal/roots"
)

// architectures are those that images are built for, as Go and the OCI name them.
var architectures = []string{"amd64", "arm64"}

// layoutDir is the directory of the image layout, below that of all that is written.
const layoutDir = "oci"

// built is all that one run builds.
type built struct {
	version       string
	architectures []architecture
	index         v1.ImageIndex
}

// architecture is what is built for one architecture.
type architecture struct {
	name   string
	binary []byte
	image  v1.Image
}

func buildAll(ctx context.Context, o options, origin program.Origin) (*built, error) {
	all := &built{}
	var images []v1.Image
	for _, arch := range architectures {
		r, err := readDockerfile(o, arch, origin)
		if err != nil {
			return nil, err
		}
		a, err := build(ctx, o, r, origin)
		if err != nil {
			return nil, err
		}
		all.version = r.Version
		all.architectures = append(all.architectures, a)
		images = append(images, a.image)
	}
	index, err := oci.Index(images...)
	all.index = index
	return all, err
}

func readDockerfile(o options, arch string, origin program.Origin) (*recipe.Recipe, error) {
	file, err := os.Open(filepath.Join(o.root, "Dockerfile"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	r, err := recipe.Read(file, recipe.Args{Arch: arch, Version: o.version, Commit: origin.Commit})
	if err != nil {
		return nil, fmt.Errorf("the Dockerfile is not understood: %w", err)
	}
	return r, nil
}

func build(ctx context.Context, o options, r *recipe.Recipe, origin program.Origin) (architecture, error) {
	toolchain := o.toolchain
	if toolchain == "" {
		toolchain = program.PinnedToolchain(r)
	}
	binary, err := program.Compile(ctx, o.root, r, toolchain)
	if err != nil {
		return architecture{}, err
	}
	image, err := oci.Image(r.Arch, []oci.File{
		{Path: r.Binary, Mode: 0o755, Content: binary},
		{Path: r.Certificates, Mode: 0o644, Content: roots.PEM()},
	}, r.Config, origin.Time)
	return architecture{name: r.Arch, binary: binary, image: image}, err
}

// write writes the archive of the image and, for tools that look into it, the binary.
func (a architecture) write(dir string, tag name.Tag) error {
	if err := oci.WriteArchive(filepath.Join(dir, a.archive()), a.image, tag); err != nil {
		return err
	}
	binary := filepath.Join(dir, a.program())
	// A file that is there would keep its permissions.
	if err := os.RemoveAll(binary); err != nil {
		return err
	}
	return os.WriteFile(binary, a.binary, 0o755) // #nosec G306 -- a program to be run
}

func (a architecture) program() string { return "session-api-linux-" + a.name }
func (a architecture) archive() string { return a.program() + ".tar" }

// report says what was built and where it is.
func (b *built) report(out io.Writer, dir string, origin program.Origin) error {
	said := fmt.Sprintf("session-api %s, commit %s, as of %s\n", b.version, origin.Commit, origin.Time.Format("2006-01-02T15:04:05Z"))
	for _, a := range b.architectures {
		digest, err := a.image.Digest()
		if err != nil {
			return err
		}
		said += fmt.Sprintf("linux/%s  %s  %s\n", a.name, digest, filepath.Join(dir, a.archive()))
	}
	digest, err := b.index.Digest()
	if err != nil {
		return err
	}
	said += fmt.Sprintf("index        %s  %s\n", digest, filepath.Join(dir, layoutDir))
	_, err = io.WriteString(out, said)
	return err
}
