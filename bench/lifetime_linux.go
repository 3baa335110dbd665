package main

import (
	"os/exec"
	"syscall"
)

// tie makes the child a process group of its own, so that Ctrl-C reaches this
// program alone, which then ends its children in order, and makes the child end
// if this program is killed.
func tie(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// killGroup ends what is left of a server's workers.
func killGroup(pid int) { _ = syscall.Kill(-pid, syscall.SIGKILL) }
