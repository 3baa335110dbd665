package oci

import (
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// operatingSystem is the one that images are for.
const operatingSystem = "linux"

// Image makes the image for arch of files and config, as of the time at. Like those
// that engines make today it is in the OCI format, with a health check in its
// configuration, which Docker reads and the OCI leaves to Docker.
func Image(arch string, files []File, config v1.Config, at time.Time) (v1.Image, error) {
	content, err := layer(files, at)
	if err != nil {
		return nil, err
	}
	image := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	image, err = mutate.ConfigFile(image, &v1.ConfigFile{
		Architecture: arch, OS: operatingSystem, Created: v1.Time{Time: at}, Config: config,
		RootFS: v1.RootFS{Type: "layers"},
	})
	if err != nil {
		return nil, err
	}
	return mutate.Append(image, mutate.Addendum{
		Layer: content, MediaType: types.OCILayer,
		History: v1.History{Created: v1.Time{Time: at}, CreatedBy: "session-api/deploy/image"},
	})
}

// Index makes the index of images, by which one name stands for all architectures.
func Index(images ...v1.Image) (v1.ImageIndex, error) {
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, image := range images {
		file, err := image.ConfigFile()
		if err != nil {
			return nil, err
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{
			Add: image, Descriptor: v1.Descriptor{Platform: file.Platform()},
		})
	}
	return index, nil
}
