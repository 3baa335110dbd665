package embedded

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"

	"github.com/cockroachdb/pebble/v2/vfs"
)

const (
	// markerName is the file that makes a directory a data directory.
	markerName     = "session-api.json"
	markerTempName = markerName + ".tmp"
	// markerEngine names this engine in the marker.
	markerEngine = "embedded"
	// markerFormat is the format of the data directory: its layout, its keys and
	// its rows. A release that older ones must not open takes the next number.
	markerFormat = 1
	// maxMarkerBytes is more than any marker of ours has.
	maxMarkerBytes = 4 << 10
)

type marker struct {
	Engine string `json:"engine"`
	Format int    `json:"format"`
}

// mark checks the marker, or writes it if there is none. The directory is
// locked, so nobody else does.
func (d *dataDir) mark() error {
	text, err := d.readMarker()
	if errors.Is(err, fs.ErrNotExist) {
		if err := d.writeMarker(); err != nil {
			return d.cannot("be written", err)
		}
		return nil
	}
	if err != nil {
		return d.cannot("be read", err)
	}
	return d.checkMarker(text)
}

func (d *dataDir) checkMarker(text []byte) error {
	var m marker
	switch err := json.Unmarshal(text, &m); {
	case err != nil || m.Engine == "" || m.Format < 1:
		return says("the data directory %q has a damaged %s; restore that file from a backup", d.path, markerName)
	case m.Engine != markerEngine:
		return says("the data directory %q belongs to another engine (%q); choose another directory", d.path, m.Engine)
	case m.Format > markerFormat:
		return says("the data directory %q has format %d and this release reads formats up to %d; run the newer release that wrote it, or choose another directory",
			d.path, m.Format, markerFormat)
	}
	return nil
}

func (d *dataDir) readMarker() ([]byte, error) {
	f, err := d.fs.Open(d.fs.PathJoin(d.path, markerName))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(f, maxMarkerBytes))
	return text, errors.Join(err, f.Close())
}

// writeMarker makes the marker appear whole and durable, or not at all.
func (d *dataDir) writeMarker() error {
	text, err := json.Marshal(marker{Engine: markerEngine, Format: markerFormat})
	if err != nil {
		return err
	}
	temp := d.fs.PathJoin(d.path, markerTempName)
	f, err := d.fs.Create(temp, vfs.WriteCategoryUnspecified)
	if err != nil {
		return err
	}
	_, err = f.Write(append(text, '\n'))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := d.fs.Rename(temp, d.fs.PathJoin(d.path, markerName)); err != nil {
		return err
	}
	return d.syncDir(d.path)
}
