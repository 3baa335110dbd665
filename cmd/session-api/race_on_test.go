//go:build race

package main

// raceFlags build the program under test with the race detector, as the test is:
// a race then ends the program with a code of its own.
var raceFlags = []string{"-race"}
