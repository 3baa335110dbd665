// Command probe asks DynamoDB-compatible servers what they do with the calls
// that the DynamoDB engine makes, compares it with what AWS documents, and
// prints a Markdown table of who gets what right:
//
//	go run ./probe                              all servers of dynamotest
//	go run ./probe -servers dynoxide            one of them
//	go run ./probe -endpoint http://host:8000   a server that runs already
//	go run ./probe -only '^capacity/'           some of the checks
//
// A check is a small function in a file named for its group. It makes its own
// table, returns nil if the server does what AWS does, and otherwise an error
// that says what the server did. Checks know no server: an excuse for one of
// them has its place in docs/adr/0010-dynamodb-test-servers.md.
package main
