// Package vela owns the proof that KubeVela makes of deploy/kubevela what it is
// meant to make. Its tests run the vela command of the pinned release: they vet
// and render the component definition, render both applications without a
// cluster and compare them with testdata; and they ask KubeVela's own engine for
// the health and the message of a table in every phase.
//
// There is nothing to import. verify/kro goes on from testdata: it holds the
// rendered objects to the kustomizations and makes a table of the instance. The
// phases come from there: verify/kro/testdata/phases.yaml.
//
// After a change of deploy/kubevela run "go test . -update" and look at what the
// change did to testdata; then run the tests of verify/kro.
package vela
