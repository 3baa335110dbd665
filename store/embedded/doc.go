// Package embedded keeps sessions on local disk, in one process, on Pebble. It
// owns the data directory; rules about sessions stay in package session.
//
// # Layout of a data directory
//
//	session-api.json   says whose directory it is and in which format (marker.go)
//	db/                the Pebble database; its LOCK file keeps other processes out
//
// The database holds four kinds of keys (keys.go):
//
//	r <id>                          one session (row.go)
//	u <user> <createdAt> <id>       finds a user's sessions in order of creation
//	e <expiresAt> <id>              finds the sessions whose time is over
//	m cursor                        the key that seals the cursors of lists
//
// A create or a delete writes the three keys of a session in one atomic batch.
// An update writes the row alone: nothing in the index keys ever changes.
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
// what it saw.
//
// Rows that were read last are kept decoded in front of Pebble (hotrows.go). A
// write drops its row before it can begin, so none is ever stale.
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
//
// # The sweep
//
// Expired rows stay readable for Options.Retention. After that a background
// goroutine (sweep.go) removes them in small steps, with a pause after each in
// proportion to what it took.
package embedded
