package main

import "session-api"

// readCursorKey returns the key in file.
func readCursorKey(file string) ([]byte, error) {
	keys, err := secretFile{"CURSOR_KEY_FILE (--cursor-key-file)", file}.keys(session.CursorKeyBytes, 1)
	if err != nil {
		return nil, err
	}
	return keys[0], nil
}
