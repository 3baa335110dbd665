// Package kro owns the proof that what operators apply is right, as far as it can
// be told without a cluster. Its tests build deploy/kro with kro's own graph
// builder, have kro's own runtime make the Table of an instance and judge the
// states that ACK reports, send that Table as a CreateTable to a DynamoDB
// server and let "session-api table check" look at it, decode every manifest as
// strictly as an API server would, and hold together everything that is said in
// two places: the application, the kustomizations, the table, the program.
//
// There is nothing to import. What kro and KubeVela need each other for meets
// in testdata of verify/vela, which holds what KubeVela renders.
package kro
