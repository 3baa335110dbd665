package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"session-api/internal/config"
)

// helpWidth is the widest line of the help, in characters: it fits the 80
// columns of the narrowest terminal in use.
const helpWidth = 78

const helpIntro = `session-api keeps the sessions of your users and serves them over HTTP.

Start it. Nothing needs setting up; sessions are kept on disk, in ./data:

  session-api

Create a session, and list those of its user:

  curl http://127.0.0.1:8080/sessions -H 'Content-Type: application/json' \
       -d '{"userId": "ada", "data": {"theme": "dark"}}'
  curl http://127.0.0.1:8080/sessions/user/ada

Other ways to start it:

  session-api --port 9000 --data-dir /var/lib/session-api
  DYNAMODB_TABLE_NAME=my-sessions session-api   # keeps them in DynamoDB
  session-api --session-store memory            # forgets them when it ends
  SESSION_TTL_HOURS=0.5 session-api             # sessions end in half an hour

The running server explains its API, with a form to try each call, at /docs.

Commands:

`

const helpOptions = `
Options. Each is a flag, or the environment variable beside it; the flag wins,
and an empty variable counts as unset.
`

// writeHelp writes the page for command, or the main one if command is nil.
func writeHelp(w io.Writer, app *kong.Application, command *kong.Node) error {
	var page strings.Builder
	switch {
	case command == nil || command == app.DefaultCmd:
		page.WriteString(helpIntro)
		writeCommands(&page, app.Children)
		page.WriteString(helpOptions)
		command = app.DefaultCmd
	case len(command.Children) > 0:
		fmt.Fprintf(&page, "Usage: session-api %s COMMAND\n\nCommands:\n\n", command.Path())
		writeCommands(&page, command.Children)
	default:
		fmt.Fprintf(&page, "Usage: session-api %s\n\n%s\n", command.Path(), wrap(command.Help, ""))
	}
	writeOptions(&page, config.Describe(command.Flags))
	_, err := io.WriteString(w, page.String())
	return err
}

func writeCommands(page *strings.Builder, commands []*kong.Node) {
	for _, c := range commands {
		text := c.Help
		if c.Parent.DefaultCmd == c {
			text += " This is what happens without a command."
		}
		const indent = "               "
		fmt.Fprintf(page, "  %-13s%s\n", c.Name, strings.TrimLeft(wrap(text, indent), " "))
	}
}

// writeOptions writes the spellings of each option, and below them what it means
// and takes.
func writeOptions(page *strings.Builder, options []config.Option) {
	group := ""
	for _, o := range options {
		if o.Group != group {
			group = o.Group
			fmt.Fprintf(page, "\n%s:\n", group)
		}
		spelt := fmt.Sprintf("--%-26s %s", o.Flag, o.Env)
		fmt.Fprintf(page, "\n  %s\n", strings.TrimRight(spelt, " "))
		text := o.Meaning
		switch {
		case o.Required:
			text += " Allowed: " + o.Allowed + ". It must be given."
		case o.Allowed != "":
			text += " Allowed: " + o.Allowed + ". Default: " + o.Default + "."
		}
		fmt.Fprintln(page, wrap(text, "      "))
	}
}

// wrap breaks text into lines that begin with indent and stay in helpWidth.
func wrap(text, indent string) string {
	var out strings.Builder
	column := 0
	for _, word := range strings.Fields(text) {
		switch {
		case column == 0:
			out.WriteString(indent)
			column = len(indent)
		case column+1+len(word) > helpWidth:
			out.WriteString("\n" + indent)
			column = len(indent)
		default:
			out.WriteByte(' ')
			column++
		}
		out.WriteString(word)
		column += len(word)
	}
	return out.String()
}
