package oci

import (
	"os"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// refName is the annotation by which tools name an image in a layout (OCI image
// specification, annotations).
const refName = "org.opencontainers.image.ref.name"

// WriteLayout writes index and its images to dir, anew, as an OCI image layout, which
// tools that speak to registries read.
func WriteLayout(dir string, index v1.ImageIndex, tag name.Tag) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	l, err := layout.Write(dir, empty.Index)
	if err != nil {
		return err
	}
	return l.AppendIndex(index, layout.WithAnnotations(map[string]string{refName: tag.TagStr()}))
}

// WriteArchive writes image to file as "docker save" does, for "docker load" and all
// that read the same.
func WriteArchive(file string, image v1.Image, tag name.Tag) error {
	return tarball.WriteToFile(file, tag, image)
}
