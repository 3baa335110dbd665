package main

import (
	"fmt"
	"log/slog"

	"session-api/internal/config"
	"session-api/store/atrest"
	"session-api/store/atrest/datakeys"
)

// secrets are what keeps ids and data secret at rest; nil for what is kept as it is.
type secrets struct {
	ids  *atrest.IDKeys
	data *datakeys.Keys
	form config.DataAtRest
}

// dataRules are the rules of the forms of data.
var dataRules = map[config.DataAtRest]atrest.DataRule{
	config.PlainData: atrest.Clear, config.EncryptedData: atrest.Encrypt, config.RequiredData: atrest.Require,
}

// readSecrets reads the files that c names. The errors name option and file and show
// nothing of what is there.
func readSecrets(c config.AtRest) (s secrets, err error) {
	s.form = c.DataForm()
	if c.IDForm() == config.HashedIDs {
		if s.ids, err = readIDKeys(c.IDKeyFile); err != nil {
			return secrets{}, err
		}
	}
	if c.File != "" {
		if s.data, err = readDataKeys(c.File); err != nil {
			return secrets{}, err
		}
	}
	return s, nil
}

func readIDKeys(name string) (*atrest.IDKeys, error) {
	f := secretFile{"SESSION_ID_KEY_FILE (--session-id-key-file)", name}
	lines, err := f.keys(atrest.IDSecretBytes, atrest.MaxIDSecrets)
	if err != nil {
		return nil, err
	}
	keys, err := atrest.NewIDKeys(lines)
	if err != nil {
		return nil, fmt.Errorf("%s: %q: %w", f.option, name, err)
	}
	return keys, nil
}

func dataKeysFile(name string) secretFile {
	return secretFile{"DATA_KEYS_FILE (--data-keys-file)", name}
}

func readDataKeys(name string) (*datakeys.Keys, error) {
	f := dataKeysFile(name)
	text, err := f.start(datakeys.MaxFileBytes + 1)
	if err != nil {
		return nil, err
	}
	keys, err := datakeys.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %q %w", f.option, name, err)
	}
	return keys, nil
}

// keep puts before e what keeps the secrets, if there is any, and logs what that is.
func (s secrets) keep(e engine, log *slog.Logger) engine {
	if s.ids == nil && s.data == nil {
		return e
	}
	ids := config.PlainIDs
	if s.ids != nil {
		ids = config.HashedIDs
		e.handle, e.newIDs = s.ids.Handle, s.ids.NewIDs
	}
	said := []any{"ids", string(ids), "data", string(s.form)}
	if s.form != config.PlainData {
		e.maxDataBytes = atrest.MaxDataBytes
		said = append(said, "data_key", s.data.Primary())
	}
	log.Info("kept secret at rest", said...)
	e.Store = atrest.New(e.Store, atrest.Options{IDs: s.ids, Data: s.data, Rule: dataRules[s.form], Logger: log})
	return e
}
