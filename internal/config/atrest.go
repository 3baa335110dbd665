package config

import "errors"

// AtRest says what nobody finds in a copy of the disk or table.
type AtRest struct {
	IDs       IDsAtRest  `name:"session-id-at-rest" type:"choice" choices:"plain,hashed" unset:"hashed if SESSION_ID_KEY_FILE is set, else plain" help:"How session ids are stored: plain as they are, hashed as handles, which are keyed hashes that lists then show and that end a session and do nothing else. Changing it ends all sessions."`
	IDKeyFile string     `name:"session-id-key-file" type:"path" unset:"none" help:"A file with the secret that SESSION_ID_AT_REST=hashed needs: 64 hexadecimal digits, and while it is replaced a line for each. Give every server on a table the same."`
	Data      DataAtRest `name:"session-data-at-rest" type:"choice" choices:"plain,encrypted,required" unset:"encrypted if DATA_KEYS_FILE is set, else plain" help:"How data is stored: plain as it is, encrypted with the keys of DATA_KEYS_FILE. All of them read data that is encrypted; required refuses to read any that is not."`
	DataKeys
}

// DataKeys says where the keys of data are.
type DataKeys struct {
	File string `name:"data-keys-file" type:"path" unset:"none" help:"The file with the keys that encrypt data, made and changed by session-api data-keys. Give every server on a table the same."`
}

// IDsAtRest names a form in which ids are stored; "" goes by the key file.
type IDsAtRest string

// The forms in which ids are stored.
const (
	PlainIDs  IDsAtRest = "plain"
	HashedIDs IDsAtRest = "hashed"
)

// DataAtRest names a form in which data is stored; "" goes by the file of keys.
type DataAtRest string

// The forms in which data is stored.
const (
	PlainData     DataAtRest = "plain"
	EncryptedData DataAtRest = "encrypted"
	RequiredData  DataAtRest = "required"
)

// IDForm returns the form in which ids are stored.
func (a AtRest) IDForm() IDsAtRest {
	switch {
	case a.IDs != "":
		return a.IDs
	case a.IDKeyFile != "":
		return HashedIDs
	}
	return PlainIDs
}

// DataForm returns the form in which data is stored.
func (a AtRest) DataForm() DataAtRest {
	switch {
	case a.Data != "":
		return a.Data
	case a.File != "":
		return EncryptedData
	}
	return PlainData
}

// check returns a sentence about options that do not go together.
func (a AtRest) check() error {
	switch {
	case a.IDForm() == HashedIDs && a.IDKeyFile == "":
		return errors.New("SESSION_ID_AT_REST=hashed (--session-id-at-rest) needs SESSION_ID_KEY_FILE (--session-id-key-file), " +
			"a file with 64 random hexadecimal digits, such as openssl rand -hex 32 makes")
	case a.DataForm() != PlainData && a.File == "":
		return errors.New("SESSION_DATA_AT_REST=" + string(a.Data) + " (--session-data-at-rest) needs DATA_KEYS_FILE (--data-keys-file), " +
			"which session-api data-keys new makes")
	}
	return nil
}
