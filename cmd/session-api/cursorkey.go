package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"session-api"
)

// readCursorKey returns the key in file: as many bytes as hexadecimal digits, and
// perhaps the line feed that editors add. No error shows what else is there, as
// it may well be another secret.
func readCursorKey(file string) ([]byte, error) {
	text, err := readStart(file, 2*session.CursorKeyBytes+len("\n")+1)
	if pathError := (*os.PathError)(nil); errors.As(err, &pathError) {
		err = pathError.Err // the rest of its text is the file once more
	}
	if err != nil {
		return nil, fmt.Errorf("CURSOR_KEY_FILE (--cursor-key-file): %q cannot be read: %w", file, err)
	}
	key, err := hex.DecodeString(strings.TrimSuffix(text, "\n"))
	if err != nil || len(key) != session.CursorKeyBytes {
		return nil, fmt.Errorf("CURSOR_KEY_FILE (--cursor-key-file): %q must hold %d hexadecimal digits and nothing else",
			file, 2*session.CursorKeyBytes)
	}
	return key, nil
}

// readStart returns at most the first bytes of file: it may be named by mistake,
// and of any size.
func readStart(file string, bytes int) (string, error) {
	f, err := os.Open(file) // #nosec G304 -- the operator names the file, no caller does
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, int64(bytes)))
	return string(text), err
}
