package main

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
)

// version and commit are set by release builds:
//
//	go build -ldflags "-X main.version=v1.2.3 -X main.commit=abc1234"
//
// Where they are not, what the Go command noted in the binary counts.
var version, commit string

// about says in one line what this binary is.
func about() string {
	module, revision := "", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		// Of a build that is no release it is "(devel)".
		module, revision = strings.Trim(info.Main.Version, "()"), vcsRevision(info.Settings)
	}
	return fmt.Sprintf("session-api %s, commit %s, %s %s/%s",
		cmp.Or(version, module, "unknown"), cmp.Or(commit, revision, "unknown"),
		runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// vcsRevision returns the commit that the Go command stamped into the binary; ""
// if it was built without one. Changes beyond the commit show as "+dirty".
func vcsRevision(settings []debug.BuildSetting) string {
	revision, suffix := "", ""
	for _, s := range settings {
		switch {
		case s.Key == "vcs.revision":
			revision = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			suffix = "+dirty"
		}
	}
	if revision == "" {
		return ""
	}
	return revision + suffix
}
