// Package recipe owns what the Dockerfile says: how the image's files are made, and
// how a container of it is started. There is one description of the image, so that
// the two ways to build it cannot part.
//
// It knows the instructions that our Dockerfile uses. Any other is an error: to skip
// it would be to build another image in silence.
package recipe

import (
	"fmt"
	"io"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// Args are the build arguments of the Dockerfile.
type Args struct {
	// Arch is the architecture to build for, as Go names it.
	Arch string
	// Version and Commit say what is built; "" leaves the Dockerfile's default.
	Version, Commit string
}

// Recipe is the Dockerfile, read for one architecture.
type Recipe struct {
	// Arch is the architecture that it was read for.
	Arch string
	// Version says what is built.
	Version string
	// GoRelease is the release of Go that the base has, such as "1.26.8".
	GoRelease string
	// Compile is the command that builds the program.
	Compile Command
	// Binary and Certificates are the two files of the image, as absolute paths.
	Binary, Certificates string
	// Config is how a container is started.
	Config v1.Config
}

// Command is a call of the Go command.
type Command struct {
	// Env are the variables set for it, as NAME=value.
	Env []string
	// Args are its arguments, without "go" and without the file to write.
	Args []string
}

// rootfs is where the build stage gathers the image's files.
const rootfs = "/rootfs/"

// Read reads a Dockerfile for the architecture of args.
func Read(file io.Reader, args Args) (*Recipe, error) {
	parsed, err := parser.Parse(file)
	if err != nil {
		return nil, err
	}
	stages, global, err := instructions.Parse(parsed.AST, nil)
	if err != nil {
		return nil, err
	}
	if len(stages) != 2 {
		return nil, fmt.Errorf("there are %d stages; two are known, one that builds and the image", len(stages))
	}
	r := &Recipe{Arch: args.Arch}
	defaults := scope{"BUILDPLATFORM": "", "TARGETARCH": args.Arch}
	for _, a := range global {
		if err := defaults.declare(&a, given(args)); err != nil {
			return nil, err
		}
	}
	r.Version = defaults["VERSION"]
	if err := r.readBuild(stages[0], defaults); err != nil {
		return nil, err
	}
	if err := r.readImage(stages[1], defaults); err != nil {
		return nil, err
	}
	return r, r.check()
}

// given returns the arguments that were given by name.
func given(a Args) map[string]string {
	named := map[string]string{}
	if a.Version != "" {
		named["VERSION"] = a.Version
	}
	if a.Commit != "" {
		named["COMMIT"] = a.Commit
	}
	return named
}

// check finds what is missing, and an architecture that does not reach the compiler.
func (r *Recipe) check() error {
	switch {
	case r.Binary == "":
		return fmt.Errorf("nothing builds the program into %s", rootfs)
	case r.Certificates == "":
		return fmt.Errorf("nothing writes certificates into %s", rootfs)
	case !slices.Contains(r.Compile.Env, "GOARCH="+r.Arch):
		return fmt.Errorf("the program is built with %s, want GOARCH=%s", strings.Join(r.Compile.Env, " "), r.Arch)
	case len(r.Config.Entrypoint) == 0 || r.Config.Entrypoint[0] != r.Binary:
		return fmt.Errorf("the entrypoint is %q, want %s", r.Config.Entrypoint, r.Binary)
	}
	return nil
}
