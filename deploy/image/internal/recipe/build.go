package recipe

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
)

// base is the form of the base's name. The release of Go in it is the one that the
// image is built with, in both ways.
var base = regexp.MustCompile(`^golang:([0-9]+\.[0-9]+\.[0-9]+)-[a-z]+(@sha256:[0-9a-f]{64})?$`)

// writesCertificates is the call of the Go command that writes the certificates to
// the file that follows. What they are does not hang on how it is compiled.
const writesCertificates = "run -C deploy/image -trimpath ./cacerts"

// readBuild reads the stage that makes the files.
func (r *Recipe) readBuild(stage instructions.Stage, defaults scope) error {
	name, err := defaults.expand(stage.BaseName)
	if err != nil {
		return err
	}
	match := base.FindStringSubmatch(name)
	if match == nil {
		return fmt.Errorf("the base is %s; it must name a whole release, such as golang:1.26.8-bookworm", name)
	}
	r.GoRelease = match[1]
	declared := scope{}
	for _, c := range stage.Commands {
		switch c := c.(type) {
		case *instructions.ArgCommand:
			err = declared.declare(c, defaults)
		case *instructions.WorkdirCommand, *instructions.CopyCommand:
			// Where the source lies in that stage; here it lies where it is.
		case *instructions.RunCommand:
			err = r.readRun(c, declared)
		default:
			err = errors.New("this instruction is not known in the stage that builds")
		}
		if err != nil {
			return fmt.Errorf("%s: %w", c, err)
		}
	}
	return nil
}

// readRun reads one of the two commands that make a file of the image.
func (r *Recipe) readRun(c *instructions.RunCommand, declared scope) error {
	words, err := declared.words(strings.Join(c.CmdLine, " "))
	if err != nil {
		return err
	}
	if slices.ContainsFunc(words, isOperator) {
		return errors.New("one command is known for each RUN")
	}
	goes := slices.Index(words, "go")
	if goes < 0 {
		return errors.New("only the Go command is known")
	}
	env, args := words[:goes], words[goes+1:]
	switch {
	case len(args) > 0 && args[0] == "build":
		return r.readCompile(env, args)
	case len(args) > 0 && strings.Join(args[:len(args)-1], " ") == writesCertificates:
		r.Certificates, err = inRootfs(args[len(args)-1])
		return err
	}
	return errors.New("this call of the Go command is not known")
}

func (r *Recipe) readCompile(env, args []string) error {
	at := slices.Index(args, "-o")
	if at < 0 || at+1 == len(args) {
		return errors.New("it must say -o and a file")
	}
	binary, err := inRootfs(args[at+1])
	if err != nil {
		return err
	}
	r.Binary = binary
	r.Compile = Command{Env: env, Args: slices.Delete(slices.Clone(args), at, at+2)}
	return nil
}

// inRootfs returns the path in the image of a file that the build stage writes.
func inRootfs(path string) (string, error) {
	inside, ok := strings.CutPrefix(path, rootfs)
	if !ok {
		return "", fmt.Errorf("%s is not below %s", path, rootfs)
	}
	return "/" + inside, nil
}

// isOperator reports whether a word may mean something to the shell that its text
// does not show here.
func isOperator(word string) bool { return strings.ContainsAny(word, "&|;<>`") }
