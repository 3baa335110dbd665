package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// secretFile is a file that an option names and that holds secrets. No error shows
// what else is there, as it may well be another secret.
type secretFile struct {
	// option is the option in its spellings.
	option string
	name   string
}

// keys returns the keys in the file, 1 to most: each a line of as many hexadecimal
// digits as bytes need. The last line feed, which editors add, may be missing.
func (f secretFile) keys(bytes, most int) ([][]byte, error) {
	text, err := f.start(most*(2*bytes+len("\n")) + 1)
	if err != nil {
		return nil, err
	}
	var keys [][]byte
	for line := range strings.SplitSeq(strings.TrimSuffix(string(text), "\n"), "\n") {
		key, err := hex.DecodeString(line)
		if err != nil || len(key) != bytes || len(keys) == most {
			return nil, fmt.Errorf("%s: %q must hold %s and nothing else", f.option, f.name, keyLines(2*bytes, most))
		}
		keys = append(keys, key)
	}
	return keys, nil
}

func keyLines(digits, most int) string {
	if most == 1 {
		return fmt.Sprintf("%d hexadecimal digits", digits)
	}
	return fmt.Sprintf("1 to %d lines of %d hexadecimal digits", most, digits)
}

// start returns at most the first bytes of the file: it may be named by mistake,
// and of any size.
func (f secretFile) start(bytes int) ([]byte, error) {
	text, err := readStart(f.name, bytes)
	if pathError := (*os.PathError)(nil); errors.As(err, &pathError) {
		err = pathError.Err // the rest of its text is the file once more
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %q cannot be read: %w", f.option, f.name, err)
	}
	return text, nil
}

func readStart(file string, bytes int) ([]byte, error) {
	f, err := os.Open(file) // #nosec G304 -- the operator names the file, no caller does
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(io.LimitReader(f, int64(bytes)))
}
