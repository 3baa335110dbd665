// Package datakeys owns the keys that encrypt what is stored: the file that holds
// them, their ids and their rotation, and sealing and opening with them. It knows
// nothing of sessions.
//
// The file is a Tink keyset in JSON. One of its keys is the primary, which seals;
// all of them open. A key is X-AES-256-GCM (C2SP, "XAES-256-GCM"): its nonces are
// long enough to be random for any number of texts, where AES-GCM would wear out
// after 2^32 of them (NIST SP 800-38D section 8.3), which a busy service writes in
// weeks.
package datakeys

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Overhead is how many bytes more than its text a sealed text has: the id of the
// key with a mark before it, the nonce and the tag.
const Overhead = prefixBytes + 24 + 16

// prefixBytes is the length of mark and id (Tink, "Wire format": a byte 1, then the
// id in network order).
const prefixBytes = 5

// MaxFileBytes bounds the file of a keyset: far above a hundred keys.
const MaxFileBytes = 64 << 10

// errNoKeyset shows nothing of what it is about, which may be any secret.
var errNoKeyset = errors.New("is no keyset of session-api data-keys")

// Keys seal and open. They are safe for concurrent use.
type Keys struct {
	aead    tink.AEAD
	primary uint32
	ids     []uint32
}

// Parse returns the keys in the text of a file. No error shows anything of it.
func Parse(text []byte) (*Keys, error) {
	s, err := Read(text)
	if err != nil {
		return nil, err
	}
	return s.keys()
}

// read returns the keyset in text if all of its keys are of the kind made here.
func read(text []byte) (*keyset.Handle, error) {
	if len(text) > MaxFileBytes {
		return nil, errNoKeyset
	}
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(text)))
	if err != nil {
		return nil, errNoKeyset // err may quote the text
	}
	for _, k := range handle.KeysetInfo().GetKeyInfo() {
		if k.GetTypeUrl() != template().GetTypeUrl() || k.GetOutputPrefixType() != tinkpb.OutputPrefixType_TINK {
			return nil, errNoKeyset
		}
	}
	return handle, nil
}

func template() *tinkpb.KeyTemplate { return aead.XAES256GCM192BitNonceKeyTemplate() }

// Seal encrypts text with the primary key. Who opens it must name the same place.
func (k *Keys) Seal(text, place []byte) ([]byte, error) { return k.aead.Encrypt(text, place) }

// Open returns the text that Seal was given for the same place. The error names
// the key's id and nothing else of what was sealed.
func (k *Keys) Open(sealed, place []byte) ([]byte, error) {
	text, err := k.aead.Decrypt(sealed, place)
	if err == nil {
		return text, nil
	}
	id, ok := keyID(sealed)
	switch {
	case !ok:
		return nil, errors.New("is not encrypted as it should be")
	case !slices.Contains(k.ids, id):
		return nil, fmt.Errorf("is encrypted with the key %d, which DATA_KEYS_FILE does not have", id)
	}
	return nil, fmt.Errorf("was altered, or moved from another row, since it was encrypted with the key %d", id)
}

// Primary returns the id of the key that seals.
func (k *Keys) Primary() uint32 { return k.primary }

// keyID returns the id of the key that sealed says it was sealed with.
func keyID(sealed []byte) (uint32, bool) {
	if len(sealed) < prefixBytes || sealed[0] != 1 {
		return 0, false
	}
	return binary.BigEndian.Uint32(sealed[1:prefixBytes]), true
}
