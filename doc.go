// Package session is the domain of the Session API: what a session is, which
// rules hold for it, and what a storage engine must do to keep it.
//
// The flow of one request:
//
//	internal/httpapi   reads HTTP, checks the JSON, calls the Service
//	session.Service    applies every rule: ids, times, limits, expiry, paging
//	session.Store      the calls that it needs, mostly one, each decided atomically
//	                   inside the engine
//	store/...          the engine: memory, embedded (Pebble), dynamo (DynamoDB)
//
// Nothing imports back up that list, and only cmd/session-api names an engine.
//
// The vocabulary:
//
//   - session: a row that belongs to a user, holds JSON data and ends by itself.
//   - id: what a caller presents to use a session. It is a credential; anything
//     that a person or a log may see shows Redact(id).
//   - version: a number that every write of a row raises; conditions name it.
//   - expired: now >= ExpiresAt. An expired row may still be stored; it is
//     never active again.
//   - absolute end, idle end: a session ends at the earlier of the two, which is its
//     ExpiresAt. Activity moves the idle end only, and raises no version.
//   - rotation: a session gets another id. Its former id may live on as an alias,
//     which reads for a time of grace and does nothing else.
//   - namespace: the users whose ids begin with a caller's prefix. To that caller
//     there are no sessions but theirs.
//   - record: bytes under a key that the Service keeps beside sessions. The roster
//     of a user's sessions is one, what an idempotency key made is another.
//   - cursor: the opaque text that continues a list. Position is the engine's
//     half of it; the Service seals it.
package session
