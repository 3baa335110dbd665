package main

import (
	"os/exec"
	"syscall"
)

// endWithParent makes the child end when the thread that starts it does.
func endWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
