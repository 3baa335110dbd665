//go:build !linux

package dynamotest

// startAndWait has no use where a child's life cannot be tied to ours.
func startAndWait() {}
