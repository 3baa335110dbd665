// Command image makes the image of session-api without a container engine, for every
// architecture, from what the Dockerfile says:
//
//	go run -C deploy/image .
//
// The same commit gives the same digests, on any machine. docs/image.md says what
// it writes and how to use it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"

	"github.com/google/go-containerregistry/pkg/name"

	"session-api/deploy/image/internal/oci"
	"session-api/deploy/image/internal/program"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	switch err := run(ctx, os.Stdout, os.Args[1:]); {
	case errors.Is(err, flag.ErrHelp):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "image:", err)
		os.Exit(1)
	}
}

// options are the command line.
type options struct {
	root, out, repository string
	version, commit       string
	toolchain             string
}

func read(args []string) (options, error) {
	var o options
	flags := flag.NewFlagSet("image", flag.ContinueOnError)
	flags.StringVar(&o.root, "source", "../..", "the root of the source tree")
	flags.StringVar(&o.out, "out", "dist", "the directory to write to")
	flags.StringVar(&o.repository, "name", "session-api", "the image's name, without a tag; the tag is the version")
	flags.StringVar(&o.version, "version", "", "the version to build (default: that of the Dockerfile)")
	flags.StringVar(&o.commit, "commit", "", "the commit that is built (default: git's word)")
	flags.StringVar(&o.toolchain, "toolchain", "", `the release of Go, such as go1.26.8; "local" is the one at hand (default: that of the Dockerfile's base)`)
	if err := flags.Parse(args); err != nil {
		return options{}, err
	}
	if flags.NArg() > 0 {
		return options{}, fmt.Errorf("nothing but flags is expected; got %q", flags.Args())
	}
	return o, nil
}

func run(ctx context.Context, out io.Writer, args []string) error {
	o, err := read(args)
	if err != nil {
		return err
	}
	origin, err := program.OriginOf(ctx, o.root, o.commit)
	if err != nil {
		return err
	}
	tag, err := tagOf(o, origin)
	if err != nil {
		return err
	}
	built, err := buildAll(ctx, o, origin)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(o.out, 0o755); err != nil { // #nosec G301 -- what is built is no secret
		return err
	}
	for _, a := range built.architectures {
		if err := a.write(o.out, tag); err != nil {
			return err
		}
	}
	if err := oci.WriteLayout(filepath.Join(o.out, layoutDir), built.index, tag); err != nil {
		return err
	}
	return built.report(out, o.out, origin)
}

// tagOf returns the name of the image. A version that no tag can be is found before
// minutes go into compiling it.
func tagOf(o options, origin program.Origin) (name.Tag, error) {
	r, err := readDockerfile(o, architectures[0], origin)
	if err != nil {
		return name.Tag{}, err
	}
	return name.NewTag(o.repository + ":" + r.Version)
}
