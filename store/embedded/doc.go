// Package embedded keeps sessions on local disk, in one process, on Pebble. It
// owns the data directory; rules about sessions stay in package session.
//
// # Layout of a data directory
//
//	session-api.json   says whose directory it is and in which format (marker.go)
//	db/                the Pebble database; its LOCK file keeps other processes out
//
// The database holds six kinds of keys (keys.go):
//
//	r <id>                          one session or alias (row.go)
//	u <user> <createdAt> <id>       finds a user's sessions in order of creation
//	e <expiresAt> <id>              finds the sessions and aliases whose time is over
//	k <key>                         one record (record.go)
//	x <expiresAt> <key>             finds the records whose time is over
//	m cursor                        the key that seals the cursors of lists
//
// A row has one of three layouts: 1 is a session without optional fields, 2 one
// with them, 3 an alias. An alias has no by-user key, so that no list finds it.
//
// What belongs together comes and goes in one atomic batch (batch.go): the three
// keys of a session, the two of an alias or a record, and whatever a transaction
// names. An update writes the row alone, for nothing in the index keys changes.
// Other times move the by-expiry key and are noted in the by-user entry.
//
// # Durability and isolation
//
// A write returns nil only after the write-ahead log that holds it was synced.
// One goroutine commits for all (commit.go, group.go): whatever arrives while a
// sync is under way goes into the next batch, so that 64 writers share a sync.
//
// Pebble makes a batch visible before its sync. So that no caller sees a state
// that a crash takes back, Get answers with the row as it was before a write of
// it that is under way (locks.go, lockread.go), and a list waits for the sync of
// what it saw. Record does as Get, with locks of its own.
//
// A write holds the lock of its row from before it reads it until it is durable. A
// transaction (apply.go) holds those of all rows that it ends or makes and of all
// records that it writes; it takes them in one order, rows before records, so that
// no two wait for each other. To reads all that it does happens at one moment.
//
// Rows that were read last are kept decoded in front of Pebble (hotrows.go). A
// write drops its row before it can begin, so none is ever stale. Blocks of files are
// kept by Pebble, in memory that its memtables do not take (blockcache.go).
//
// # Trouble with the disk
//
// Pebble panics, or exits, when the write-ahead log or the manifest cannot be
// written. It never gets that far here: every change of a file goes through a
// guard (guard.go). When space or file handles run out, the operation waits and
// is tried again; meanwhile writes are refused and Status says why. After any
// other fault the guard stops the operation for good, and all that follow:
// writes are refused until the process is started anew, reads go on. A write
// that was waiting is answered with ErrUnavailable at once. Before it comes to
// that, writes are refused while the disk has less free space than a reserve
// (space.go); deletes may use most of the reserve, for they make room.
// Transactions may not, whatever is in them.
//
// # The sweep
//
// Expired rows, aliases among them, stay readable for Options.Retention, and
// records until their time is over. After that a background goroutine (sweep.go)
// removes them in small steps, with a pause after each in proportion to what it
// took. It walks the two by-expiry indexes and reads no rows.
package embedded
