package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

// machine says what the figures are of.
func machine() string {
	cpu := value("/proc/cpuinfo", "model name")
	kernel, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	return fmt.Sprintf("%s, %d cores, %s of memory, Linux %s, %s", cpu, runtime.NumCPU(),
		value("/proc/meminfo", "MemTotal"), strings.TrimSpace(string(kernel)), runtime.Version())
}

// value returns what a file of /proc says of name, "unknown" if nothing.
func value(file, name string) string {
	text, _ := os.ReadFile(file)
	for line := range strings.Lines(string(text)) {
		if left, right, found := strings.Cut(line, ":"); found && strings.TrimSpace(left) == name {
			return strings.TrimSpace(right)
		}
	}
	return "unknown"
}
