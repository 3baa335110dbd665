// Package table owns the setting up of the DynamoDB table that sessions are
// stored in: it makes one, compares one with what it should be, and brings an
// older one up to date while it serves. It is the library behind
// "session-api table create", "check" and "upgrade".
//
// It is not a part of serving: the service itself never makes or alters a table,
// and needs none of the permissions that this package lists.
//
// The files: schema.go says what the table should be, compare.go finds where a
// table differs (no calls, no clock), plan.go what an upgrade has to do about
// it; create.go, check.go and upgrade.go make the calls, wait.go waits for what
// DynamoDB does afterwards by itself, rows.go looks for rows that an added index
// would lock, and failure.go turns every error into a sentence.
package table
