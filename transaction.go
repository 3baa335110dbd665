package session

import "time"

// Transaction is one or more writes that happen together or not at all. Together
// they are at most 4 MB (AWS: API reference, TransactWriteItems).
type Transaction struct {
	// Create is a new row; nil for none.
	Create *Session
	// End are rows that end.
	End []Ending
	// Records are records that are written.
	Records []RecordWrite
}

// MaxTransactionWrites bounds the writes of one Transaction, all kinds together
// (AWS: API reference, TransactWriteItems). No id and no key may come twice.
const MaxTransactionWrites = 100

// Ending removes a row, or puts an alias in its place.
type Ending struct {
	// ID names the row.
	ID string
	// Cond is what the row must satisfy.
	Cond Condition
	// Alias, if set, is what then stands in the row's place.
	Alias *Alias
}

// Alias says under which id a session goes on.
type Alias struct {
	// To is the id of the session.
	To string
	// Until is the alias's ExpiresAt: UTC, in whole seconds.
	Until time.Time
}

// Row returns the row that the alias is at id.
func (a Alias) Row(id string) *Session {
	return &Session{ID: id, RotatedTo: a.To, ExpiresAt: a.Until}
}

// Record is something that the Service keeps beside sessions: bytes under a key,
// which no id of a session meets.
type Record struct {
	// Key names the record: 1 to 512 bytes of UTF-8.
	Key string
	// Value is at most MaxDataBytes.
	Value []byte
	// Version is chosen by the writer, above 0 and unlike any that the key had
	// before: a record that is cleared away and made anew must not look the same.
	Version int64
	// ExpiresAt is when the engine may clear the record away: UTC, in whole
	// seconds. Until it has, the record is there.
	ExpiresAt time.Time
}

// RecordWrite puts a record in the place of the one at version Was.
type RecordWrite struct {
	Record
	// Was is the version that is replaced; 0 means that there is no record.
	Was int64
}
