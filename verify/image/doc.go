// Package image owns the proof that a session-api which runs somewhere keeps the
// contract: a container of the image, a pod behind a forwarded port, a binary. All
// that its tests know is an address; they read the contract from the service and
// hold every request and every answer to it. There is nothing to import.
//
//	SESSION_API_URL=http://127.0.0.1:8080 go test ./image
//
// drives what runs there, and leaves no session behind. Where the service asks who
// calls, SESSION_API_TOKEN holds a key or a token with every scope, and DOCS=true has it
// show its contract. Without the variable the
// tests build the program and start it, so that they cannot rot between two images.
//
// What takes a hand inside, such as a moved clock or a broken store, is in
// verify/contract.
package image
