package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"session-api/internal/config"
	"session-api/store/atrest/datakeys"
)

// dataKeysCommands are the commands that change the file of the keys of data. A
// server reads it once, at its start.
type dataKeysCommands struct {
	New struct {
		config.DataKeys
	} `cmd:"" help:"Make the file with one key. A file that is there is never touched."`

	Add struct {
		config.DataKeys
	} `cmd:"" help:"Add a key, which reads and does not encrypt yet. Give the file to all servers and restart them before it is promoted."`

	Promote struct {
		config.DataKeys
		aKey
	} `cmd:"" help:"Have a key encrypt from now on. All servers must have it already."`

	Remove struct {
		config.DataKeys
		aKey
	} `cmd:"" help:"Take a key away for good. Nothing that it encrypted can be read after."`

	List struct {
		config.DataKeys
	} `cmd:"" help:"Show the ids of the keys, and which one encrypts."`
}

// aKey names a key by the id that Tink gave it, a number of 32 bits.
type aKey struct {
	Key int `name:"key" type:"whole" cli:"only" min:"1" max:"4294967295" unset:"none" required:"" help:"The id of the key, as data-keys list shows it."`
}

// run does what command, one of "data-keys …", asks for.
func (c *dataKeysCommands) run(command string, out io.Writer) error {
	switch command {
	case "data-keys new":
		return c.make(out)
	case "data-keys add":
		return changeKeys(c.Add.File, out, func(s *datakeys.Set) (string, error) {
			id, err := s.Add()
			return fmt.Sprintf("The key %d reads. When all servers have it: session-api data-keys promote --key %d", id, id), err
		})
	case "data-keys promote":
		id := c.Promote.id()
		return changeKeys(c.Promote.File, out, func(s *datakeys.Set) (string, error) {
			return fmt.Sprintf("The key %d encrypts.", id), s.Promote(id)
		})
	case "data-keys remove":
		id := c.Remove.id()
		return changeKeys(c.Remove.File, out, func(s *datakeys.Set) (string, error) {
			return fmt.Sprintf("The key %d is gone.", id), s.Remove(id)
		})
	case "data-keys list":
		return listKeys(c.List.File, out)
	}
	return fmt.Errorf("the command %q is not wired", command)
}

func (k aKey) id() uint32 { return uint32(k.Key) } // #nosec G115 -- the option has a maximum

func (c *dataKeysCommands) make(out io.Writer) error {
	if err := wantsFile(c.New.File); err != nil {
		return err
	}
	s, id, err := datakeys.New()
	if err != nil {
		return err
	}
	text, err := s.Text()
	if err != nil {
		return err
	}
	// Exclusive, so that no key that rows need is ever overwritten.
	f, err := os.OpenFile(c.New.File, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s is there already and was left as it is", c.New.File)
	}
	if err != nil {
		return err
	}
	if err := writeWhole(f, text); err != nil {
		return both(err, os.Remove(c.New.File))
	}
	_, err = fmt.Fprintf(out, "The key %d encrypts. Keep a copy of %s apart from the data: without it no data can be read.\n", id, c.New.File)
	return err
}

// changeKeys does change to the keys in a file and puts the new file in the place of
// the old one in one step.
func changeKeys(name string, out io.Writer, change func(*datakeys.Set) (string, error)) error {
	s, err := readSet(name)
	if err != nil {
		return err
	}
	done, err := change(s)
	if err != nil {
		return err
	}
	text, err := s.Text()
	if err != nil {
		return err
	}
	if err := replaceFile(name, text); err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, done)
	return err
}

func listKeys(name string, out io.Writer) error {
	s, err := readSet(name)
	if err != nil {
		return err
	}
	keys, err := s.Keys()
	if err != nil {
		return err
	}
	for _, k := range keys {
		does := "reads"
		if k.Primary {
			does = "reads and encrypts"
		}
		if _, err := fmt.Fprintln(out, k.ID, does); err != nil {
			return err
		}
	}
	return nil
}

func readSet(name string) (*datakeys.Set, error) {
	if err := wantsFile(name); err != nil {
		return nil, err
	}
	f := dataKeysFile(name)
	text, err := f.start(datakeys.MaxFileBytes + 1)
	if err != nil {
		return nil, err
	}
	s, err := datakeys.Read(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %q %w", f.option, name, err)
	}
	return s, nil
}

func wantsFile(name string) error {
	if name == "" {
		return usageError{errors.New("DATA_KEYS_FILE (--data-keys-file) must name the file of the keys")}
	}
	return nil
}

// replaceFile puts a file with text in the place of name, with the same mode.
func replaceFile(name string, text []byte) error {
	was, err := os.Stat(name)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	if err := both(f.Chmod(was.Mode().Perm()), writeWhole(f, text)); err != nil {
		return both(err, os.Remove(f.Name()))
	}
	if err := os.Rename(f.Name(), name); err != nil {
		return both(err, os.Remove(f.Name()))
	}
	return nil
}

// writeWhole writes text to f and closes it, synced: a key that rows need must
// outlive a crash.
func writeWhole(f *os.File, text []byte) error {
	_, err := f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	return both(err, f.Close())
}
