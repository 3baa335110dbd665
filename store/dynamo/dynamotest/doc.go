// Package dynamotest owns the DynamoDB-compatible servers that tests run on: it
// installs them, starts them and ends them. It knows nothing of sessions or of
// the AWS SDK, only of processes, so that every test that needs a server can use
// it; tables are the caller's, a fresh one for each test.
//
// Three independent open implementations are known, each pinned to one version:
// Dynoxide (the default, the most faithful), Moto and Dynalite. What each gets
// wrong is measured in docs/adr/0010-dynamodb-test-servers.md.
//
// Three environment variables decide, in this order:
//
//   - DYNAMODB_TEST_ENDPOINT: the URL of a server that runs already. Nothing is
//     installed or started then, whatever a test asks for.
//   - DYNAMODB_TEST_SERVER: dynoxide, moto or dynalite, for Shared.
//   - The user's cache directory (XDG_CACHE_HOME on Linux) holds the installed
//     servers in session-api-tests/, one folder for each pinned version.
//
// A server that cannot be had fails the test with what to install or to set; it
// never skips it.
package dynamotest
