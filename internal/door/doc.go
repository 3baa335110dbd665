// Package door owns connections before and between requests: how many there may be, who
// must go when there are too many, and what is answered where no request came of what
// was sent. net/http's server does the rest. A Door stands between its listener and it,
// because there net/http can be helped in what it has no setting for:
//
//	conn.go     a connection, as the door sees it
//	listen.go   how many connections there are
//	deadline.go when a connection is cut
//	refusal.go  net/http's answers to what is no request, in the API's form
//	framing.go  requests whose length is said twice, which net/http lets in
//
// What a request is answered is not its business.
package door
