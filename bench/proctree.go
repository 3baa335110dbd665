package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// usage is what processes have used and hold.
type usage struct {
	// cpu is user and system time, that of children which have ended included.
	cpu time.Duration
	// resident is memory in bytes. What processes share counts for each of them.
	resident int64
}

// clockTick is the unit of CPU time in /proc: USER_HZ, 100 a second on every
// Linux that Go runs on (proc(5)).
const clockTick = 10 * time.Millisecond

// treeUsage returns the usage of the processes with these ids and of all that
// descend from them: workers are part of a server.
func treeUsage(roots ...int) (usage, error) {
	all, err := readStats()
	if err != nil {
		return usage{}, err
	}
	children := map[int][]int{}
	for pid, s := range all {
		children[s.parent] = append(children[s.parent], pid)
	}
	var sum usage
	for rest := roots; len(rest) > 0; rest = rest[1:] {
		s, ok := all[rest[0]]
		if !ok {
			continue // it has ended; its parent has its time
		}
		sum.cpu += s.cpu
		sum.resident += s.resident
		rest = append(rest, children[rest[0]]...)
	}
	for _, root := range roots {
		if _, ok := all[root]; !ok {
			return usage{}, fmt.Errorf("process %d has ended", root)
		}
	}
	return sum, nil
}

// stat is what this program reads of one /proc/<pid>/stat.
type stat struct {
	parent int
	usage
}

func readStats() (map[int]stat, error) {
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil, err
	}
	all := make(map[int]stat, len(files))
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended since
		}
		pid, s, err := parseStat(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		all[pid] = s
	}
	return all, nil
}

// The fields of /proc/<pid>/stat after the name, counted from 0 (proc(5)).
const (
	statParent = 1
	statUser   = 11 // then: system, user of ended children, system of those
	statPages  = 21
)

func parseStat(text []byte) (pid int, s stat, err error) {
	// The name in parentheses may hold anything; fields are counted after it.
	end := bytes.LastIndexByte(text, ')')
	first, _, found := strings.Cut(string(text), " ")
	fields := strings.Fields(string(text[end+1:]))
	if !found || end < 0 || len(fields) <= statPages {
		return 0, stat{}, fmt.Errorf("%q is no line of a process", text)
	}
	number := func(field string) (n int) {
		if err == nil {
			n, err = strconv.Atoi(field)
		}
		return n
	}
	pid = number(first)
	s.parent = number(fields[statParent])
	for _, field := range fields[statUser : statUser+4] {
		s.cpu += time.Duration(number(field)) * clockTick
	}
	s.resident = int64(number(fields[statPages])) * int64(os.Getpagesize())
	return pid, s, err
}
