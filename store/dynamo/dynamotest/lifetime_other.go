//go:build !linux

package dynamotest

import "os/exec"

// endWithParent does nothing here: only Linux can tie a child's life to ours.
// A test binary that is killed may leave its server behind.
func endWithParent(*exec.Cmd) {}
