package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/alecthomas/kong"

	"session-api/internal/config"
)

// Exit codes. A supervisor may start a process again after exitFailed; after
// exitUsage that helps nobody.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// process is what the operating system gives a run of the program.
type process struct {
	args           []string
	env            config.LookupEnv
	stdout, stderr io.Writer
	signals        <-chan os.Signal
}

// grammar is the command line.
type grammar struct {
	Help helpFlag `short:"h" help:"Show this page."`

	Serve struct {
		config.Config `embed:""`
	} `cmd:"" default:"withargs" help:"Serve the API until Ctrl-C or SIGTERM."`

	Healthcheck struct {
		config.Listen `embed:""`
	} `cmd:"" help:"Ask the server at HOST and PORT whether it is healthy; exit 0 if it is, else 1. Made for container images, which have no curl."`

	Table tableCommands `cmd:"" help:"Make, check or upgrade the DynamoDB table; see session-api table --help."`

	Keys keysCommands `cmd:"" help:"Make API keys; see session-api keys --help."`

	DataKeys dataKeysCommands `cmd:"" help:"Make and change the file of the keys that encrypt data; see session-api data-keys --help."`

	Version struct{} `cmd:"" help:"Print the version, the commit and the Go version."`
}

// usageError is an error that only another command line or environment mends.
type usageError struct{ error }

// run does what the command line asks for and returns the exit code. An error is
// one sentence on standard error.
func (p process) run() int {
	err := p.dispatch()
	if err == nil {
		return exitOK
	}
	_, _ = fmt.Fprintf(p.stderr, "session-api: %v\n", err)
	if usage := (usageError{}); errors.As(err, &usage) {
		return exitUsage
	}
	return exitFailed
}

func (p process) dispatch() error {
	var g grammar
	parser, err := config.NewParser(&g, p.env)
	if err != nil {
		return err
	}
	ctx, err := parser.Parse(p.args)
	switch {
	case errors.Is(err, errHelpWanted):
		return writeHelp(p.stdout, parser.Model, selected(err))
	case err != nil:
		return badUsage(err)
	}
	switch command := ctx.Command(); command {
	case "data-keys new", "data-keys add", "data-keys promote", "data-keys remove", "data-keys list":
		return g.DataKeys.run(command, p.stdout)
	case "serve":
		return serve(&g.Serve.Config, p.stdout, p.signals)
	case "healthcheck":
		return healthcheck(g.Healthcheck.Listen)
	case "keys new":
		return g.Keys.New.run(p.stdout, p.stderr, time.Now())
	case "version":
		_, err := fmt.Fprintln(p.stdout, about())
		return err
	default:
		return g.Table.run(command, p.stdout, p.signals)
	}
}

// badUsage turns an error of the parser into a sentence for a person.
func badUsage(err error) error {
	if bad := (*config.BadValue)(nil); errors.As(err, &bad) {
		return usageError{bad}
	}
	return usageError{fmt.Errorf("%w (session-api --help shows what there is)", err)}
}

// errHelpWanted ends the parsing of a command line that asks for help, before
// any value is looked at: help must come even where the environment is bad.
var errHelpWanted = errors.New("help is wanted")

// helpFlag is --help.
type helpFlag bool

// BeforeReset is called by kong when the flag is on the command line.
func (helpFlag) BeforeReset() error { return errHelpWanted }

// IsBool tells kong that the flag takes no value.
func (helpFlag) IsBool() bool { return true }

// selected returns the command that the command line named before err ended it,
// or nil.
func selected(err error) *kong.Node {
	var parse *kong.ParseError
	if !errors.As(err, &parse) || parse.Context == nil {
		return nil
	}
	return parse.Context.Selected()
}
