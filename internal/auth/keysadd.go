package auth

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// newFileMode is that of a keys file that is made: nobody else's business, though it
// holds no key.
const newFileMode = 0o600

// Entry returns k as a keys file has it, in several lines.
func (k Key) Entry() ([]byte, error) { return json.Marshal(k.entry(), jsontext.WithIndent("  ")) }

func (k Key) entry() keyEntry {
	e := keyEntry{ID: k.ID, SHA256: hex.EncodeToString(k.Digest[:]), grant: grant{Scopes: k.Scopes.Names()}}
	if !k.ExpiresAt.IsZero() {
		text := k.ExpiresAt.UTC().Format(time.RFC3339)
		e.ExpiresAt = &text
	}
	if k.UserPrefix != "" {
		e.UserPrefix = &k.UserPrefix
	}
	if k.Rate != nil {
		e.Rate = &rate{RPS: k.Rate.RPS, Burst: k.Rate.Burst}
	}
	return e
}

// AddKey adds k to the keys file at path, which it makes if it is missing. Whoever
// reads the file meanwhile sees it whole, as it was or as it is then. A file that a
// server would refuse is an error and stays as it is, and so is an id that is taken.
func AddKey(path string, k Key) error {
	// What is at the end of a link is replaced, not the link.
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	next, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_EXCL, newFileMode) // #nosec G304 -- the operator names the file, no caller does
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%q is there: another run is adding a key, or one was cut off and left it; then remove it", path+".new")
	}
	if err != nil {
		return err
	}
	// Until here nobody else is adding: the new file is the lock too.
	err = writeKeys(next, path, k)
	if err == nil {
		err = os.Rename(next.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(next.Name()))
	}
	return syncDir(filepath.Dir(path))
}

// writeKeys writes what is at path and k to next, down to the disk, and closes it.
func writeKeys(next *os.File, path string, k Key) error {
	text, err := withKey(path, k)
	if err == nil {
		_, err = next.Write(text)
	}
	if err == nil {
		err = keepOwner(next, path)
	}
	if err == nil {
		err = next.Sync()
	}
	if closed := next.Close(); err == nil {
		err = closed
	}
	return err
}

// withKey returns the text of the file at path with k added.
func withKey(path string, k Key) ([]byte, error) {
	var entries []jsontext.Value
	text, err := os.ReadFile(path) // #nosec G304 -- the operator names the file, no caller does
	if err == nil {
		if _, err := ParseKeys(text); err != nil {
			return nil, fmt.Errorf("%q: %w", path, err)
		}
		entries, err = readEntries(text, keysList)
	} else if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err != nil {
		return nil, err
	}
	added, err := json.Marshal(k.entry())
	if err != nil {
		return nil, err
	}
	text, err = json.Marshal(map[string][]jsontext.Value{keysList: append(entries, added)}, jsontext.WithIndent("  "))
	if err != nil {
		return nil, err
	}
	if _, err := ParseKeys(text); err != nil {
		return nil, fmt.Errorf("%q: %w", path, err)
	}
	return append(text, '\n'), nil
}

// keepOwner gives next the mode and, as far as this user may, the owner of the file
// that it takes the place of: a server that could read the one must read the other.
func keepOwner(next *os.File, path string) error {
	former, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = giveAway(next, former)
	}
	if err == nil {
		err = next.Chmod(former.Mode().Perm())
	}
	return err
}
