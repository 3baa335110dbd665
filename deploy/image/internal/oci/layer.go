// Package oci owns the image as bytes: a layer, an image for each architecture, an
// index of them, and the files by which engines and registries take them. The same
// files at the same time give the same bytes, on any machine and by any release of
// Go.
package oci

import (
	"archive/tar"
	"bytes"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
	// Not compress/gzip: what that writes may change with the release of Go, this
	// only with go.mod.
	"github.com/klauspost/compress/gzip"
)

// File is a file of the image. It belongs to root, and nobody may write to it.
type File struct {
	// Path is absolute.
	Path string
	// Mode are its permission bits.
	Mode    int64
	Content []byte
}

// layer packs files, with the directories above them, as of the time at.
func layer(files []File, at time.Time) (v1.Layer, error) {
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	archive := tar.NewWriter(zip)
	for _, entry := range entries(files, at) {
		if err := archive.WriteHeader(entry.header); err != nil {
			return nil, err
		}
		if _, err := archive.Write(entry.content); err != nil {
			return nil, err
		}
	}
	if err := archive.Close(); err != nil {
		return nil, err
	}
	if err := zip.Close(); err != nil {
		return nil, err
	}
	opener := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(packed.Bytes())), nil }
	return tarball.LayerFromOpener(opener, tarball.WithMediaType(types.OCILayer))
}

type entry struct {
	header  *tar.Header
	content []byte
}

// entries are files and their directories, in the order of their names, so that a
// directory comes before what it holds.
func entries(files []File, at time.Time) []entry {
	var all []entry
	held := map[string]bool{"": true}
	for _, f := range files {
		name := strings.TrimPrefix(f.Path, "/")
		all = append(all, entry{
			header:  &tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: f.Mode, Size: int64(len(f.Content)), ModTime: at, Format: tar.FormatUSTAR},
			content: f.Content,
		})
		for dir := parent(name); !held[dir]; dir = parent(dir) {
			held[dir] = true
			all = append(all, entry{
				header: &tar.Header{Typeflag: tar.TypeDir, Name: dir + "/", Mode: 0o755, ModTime: at, Format: tar.FormatUSTAR},
			})
		}
	}
	slices.SortFunc(all, func(a, b entry) int { return strings.Compare(a.header.Name, b.header.Name) })
	return all
}

// parent returns the directory of a relative name, "" at the top.
func parent(name string) string { return strings.TrimPrefix(path.Dir(name), ".") }
