// Package contract owns the proof that the service and its published contract,
// api/openapi.yaml, say the same. Its tests send every call and provoke every
// error that the contract knows, put requests and answers through an OpenAPI
// validator, and compare routes, statuses, error codes, headers and examples with
// the document in both directions. There is nothing to import.
//
// After a change of the API, change api/openapi.yaml, run "go generate ./api" in
// the main module, and add the new call to scenario_test.go: these tests name
// whatever is still missing.
package contract
