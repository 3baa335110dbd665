package main

import (
	"bytes"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"session-api"
	"session-api/internal/config"
	"session-api/store/atrest"
)

// atRest returns the options that args give.
func atRest(t *testing.T, args ...string) config.AtRest {
	t.Helper()
	var c config.Config
	parser, err := config.NewParser(&c, func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(args); err != nil {
		t.Fatal(err)
	}
	return c.AtRest
}

// newDataKeys returns the name of a fresh file of keys.
func newDataKeys(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "data-keys.json")
	mustChangeKeys(t, file, "new")
	return file
}

func TestAnEngineThatKeepsNoSecretsIsLeftAsItIs(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	for _, args := range [][]string{nil, {"--session-id-at-rest=plain", "--session-data-at-rest=plain"}, {"--session-id-at-rest=plain", "--session-id-key-file=" + fileWith(t, "x")}} {
		s, err := readSecrets(atRest(t, args...))
		if err != nil {
			t.Fatal(err)
		}
		e, err := openMemory(nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		kept := s.keep(e, slog.New(slog.NewTextHandler(&log, nil)))
		if kept.Store != e.Store || kept.handle != nil || kept.newIDs != nil || kept.maxDataBytes != 0 || log.String() != "" {
			t.Errorf("with %v it is %+v, and the log says %s", args, kept, &log)
		}
	}
}

func TestWhatIsKeptSecretReachesTheService(t *testing.T) {
	t.Parallel()
	ids, data := fileWith(t, keyText+"\n"+strings.Repeat("ab", 32)+"\n"), newDataKeys(t)
	for _, test := range []struct {
		args    []string
		log     string
		hashed  bool
		maxData int
	}{
		{[]string{"--session-id-key-file=" + ids}, "ids=hashed data=plain", true, session.MaxDataBytes},
		{[]string{"--data-keys-file=" + data}, "ids=plain data=encrypted data_key=", false, atrest.MaxDataBytes},
		{[]string{"--data-keys-file=" + data, "--session-data-at-rest=plain"}, "ids=plain data=plain", false, session.MaxDataBytes},
		{[]string{"--session-id-key-file=" + ids, "--data-keys-file=" + data, "--session-data-at-rest=required"}, "ids=hashed data=required data_key=", true, atrest.MaxDataBytes},
	} {
		var log bytes.Buffer
		s, err := readSecrets(atRest(t, test.args...))
		if err != nil {
			t.Fatal(err)
		}
		e, err := openMemory(nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		service, err := newService(s.keep(e, slog.New(slog.NewTextHandler(&log, nil))), config.Sessions{TTL: time.Hour}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(log.String(), test.log) {
			t.Errorf("with %v the log says %s; want %s", test.args, &log, test.log)
		}
		made, err := service.Create(t.Context(), session.New{UserID: "ada", Data: make([]byte, test.maxData)})
		if err != nil || session.IsHandle(made.Handle) != test.hashed {
			t.Errorf("with %v Create returned %+v, %v", test.args, made, err)
		}
		if got, err := service.Get(t.Context(), made.ID); err != nil || got.Listed() != made.Listed() {
			t.Errorf("with %v Get returned %+v, %v", test.args, got, err)
		}
		if _, err := service.Create(t.Context(), session.New{UserID: "ada", Data: make([]byte, test.maxData+1)}); err == nil {
			t.Errorf("with %v a byte more is stored", test.args)
		}
	}
}

func TestFilesOfKeysWithAnythingElseAreRefusedWithoutShowingIt(t *testing.T) {
	t.Parallel()
	for what, args := range map[string][]string{
		"SESSION_ID_KEY_FILE (--session-id-key-file)": {"--session-id-key-file"},
		"DATA_KEYS_FILE (--data-keys-file)":           {"--data-keys-file"},
	} {
		for _, text := range []string{"", "hunter2", keyText + "\n" + keyText, keyText + "\n\n" + keyText, strings.Repeat(keyText+"\n", 9), keyText + "\n" + keyText[1:]} {
			file := fileWith(t, text)
			_, err := readSecrets(atRest(t, args[0]+"="+file))
			if err == nil || !strings.Contains(err.Error(), what) || !strings.Contains(err.Error(), file) || strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), keyText[:8]) {
				t.Errorf("%q in the file of %s gives %v", text, what, err)
			}
		}
		missing := filepath.Join(t.TempDir(), "none")
		if _, err := readSecrets(atRest(t, args[0]+"="+missing)); err == nil || strings.Count(err.Error(), missing) != 1 {
			t.Errorf("a file that is not there gives %v", err)
		}
	}
}
