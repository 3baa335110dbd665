//go:build race

package main

// raceFlags build the service with the race detector, as the test is.
var raceFlags = []string{"-race"}
