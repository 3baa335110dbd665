package main

import (
	"bytes"
	"encoding/hex"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// keyText is a key as a file holds it, and key what it stands for.
var (
	keyText = strings.Repeat("0123456789abcdef", 4)
	key, _  = hex.DecodeString(keyText)
)

// fileWith returns the name of a file that holds text.
func fileWith(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "cursor-key")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestAKeyFileHoldsTheDigitsOfAKey(t *testing.T) {
	t.Parallel()
	for _, text := range []string{keyText, keyText + "\n", strings.ToUpper(keyText)} {
		if got, err := readCursorKey(fileWith(t, text)); err != nil || !bytes.Equal(got, key) {
			t.Errorf("%q is read as %x, %v", text, got, err)
		}
	}
}

func TestAKeyFileWithAnythingElseIsRefusedWithoutShowingIt(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "\n", keyText[1:], keyText + "0", keyText + "00", keyText + "\n\n", keyText + " ", "\n" + keyText, keyText + "\r\n",
		"0x" + keyText, "0x" + keyText[2:], "g" + keyText[1:], keyText[:32] + "\n" + keyText[32:], strings.Repeat(keyText, 2), "hunter2",
	} {
		got, err := readCursorKey(fileWith(t, text))
		if err == nil || got != nil {
			t.Errorf("%q is taken for the key %x", text, got)
			continue
		}
		for _, part := range []string{keyText[:8], "hunter2", "'g'", "invalid byte"} {
			if strings.Contains(err.Error(), part) {
				t.Errorf("the content %q shows in %q", text, err)
			}
		}
	}
}

func TestAKeyFileThatCannotBeReadIsNamed(t *testing.T) {
	t.Parallel()
	for file, why := range map[string]string{filepath.Join(t.TempDir(), "none"): "no such file", t.TempDir(): "is a directory"} {
		_, err := readCursorKey(file)
		if err == nil || !strings.Contains(err.Error(), why) || strings.Count(err.Error(), file) != 1 {
			t.Errorf("got %v, want the file and that it %s", err, why)
		}
	}
}

func TestAKeyFileGoesBeforeTheKeyOfTheEngine(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"embedded", "memory"} {
		c := parsed(t, "--session-store="+name, "--data-dir="+t.TempDir(), "--cursor-key-file="+fileWith(t, keyText))
		e, err := openEngine(c, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(e.cursorKey, key) {
			t.Errorf("the key of the %s engine goes before that of the file", name)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
}
