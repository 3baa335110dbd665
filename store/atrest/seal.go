package atrest

import (
	"encoding/base64"
	"errors"
	"strings"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/aead/xaesgcm"
	"github.com/tink-crypto/tink-go/v2/insecuresecretdataaccess"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/secretdata"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// errSealed says that what is kept sealed cannot be opened.
var errSealed = errors.New("cannot be opened with the keys of SESSION_ID_KEY_FILE")

// saltBytes makes nonces of 192 bits (C2SP, "XAES-256-GCM"), which may be random.
const saltBytes = 12

// newSealer returns the cipher of package datakeys with this key.
func newSealer(secret []byte) (tink.AEAD, error) {
	parameters, err := xaesgcm.NewParameters(xaesgcm.VariantNoPrefix, saltBytes)
	if err != nil {
		return nil, err
	}
	key, err := xaesgcm.NewKey(secretdata.NewBytesFromData(secret, insecuresecretdataaccess.Token{}), 0, parameters)
	if err != nil {
		return nil, err
	}
	manager := keyset.NewManager()
	id, err := manager.AddKey(key)
	if err != nil {
		return nil, err
	}
	if err := manager.SetPrimary(id); err != nil {
		return nil, err
	}
	handle, err := manager.Handle()
	if err != nil {
		return nil, err
	}
	return aead.New(handle)
}

// Seal encrypts text with the first key, whose tag comes before it. Who opens it
// must name the same place.
func (k *IDKeys) Seal(text, place []byte) ([]byte, error) {
	sealed, err := k.keys[0].sealer.Encrypt(text, place)
	return append([]byte(k.keys[0].tag), sealed...), err
}

// Open returns the text that Seal was given for the same place.
func (k *IDKeys) Open(sealed, place []byte) ([]byte, error) {
	if len(sealed) < tagChars {
		return nil, errSealed
	}
	key := k.tagged(string(sealed[:tagChars]))
	if key == nil {
		return nil, errSealed
	}
	text, err := key.sealer.Decrypt(sealed[tagChars:], place)
	if err != nil {
		return nil, errSealed
	}
	return text, nil
}

// sealID returns an id in a form that is kept as text.
func (k *IDKeys) sealID(id, place string) (string, error) {
	sealed, err := k.Seal([]byte(id), []byte(place))
	return base64.RawURLEncoding.EncodeToString(sealed), err
}

func (k *IDKeys) openID(sealed, place string) (string, error) {
	b, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return "", errSealed
	}
	id, err := k.Open(b, []byte(place))
	return string(id), err
}

// A row that was stored under its id, before there were handles, is on no list but
// those of IDsOnly, whose reader ends what they name. There it has a name that Delete
// alone knows.
const (
	formerMark  = "former-"
	formerPlace = "former"
)

func (k *IDKeys) formerName(id string) (string, error) {
	sealed, err := k.sealID(id, formerPlace)
	return formerMark + sealed, err
}

// formerID returns the id in a name of formerName; false for any other.
func (k *IDKeys) formerID(name string) (string, bool) {
	sealed, ok := strings.CutPrefix(name, formerMark)
	if !ok {
		return "", false
	}
	id, err := k.openID(sealed, formerPlace)
	return id, err == nil
}
