package config

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/alecthomas/kong"
)

// LookupEnv returns an environment variable and whether it is set, as
// os.LookupEnv does.
type LookupEnv func(name string) (value string, ok bool)

// NewParser returns a parser for grammar, a pointer to a struct of commands that
// embed Config or parts of it. Where the command line leaves an option out, the
// variable of its name in env counts, and where that is missing or empty, the
// default. The parser has no --help of its own, ends no process and reports a
// value that is not allowed as a *BadValue.
func NewParser(grammar any, env LookupEnv) (*kong.Kong, error) {
	options := []kong.Option{kong.NoDefaultHelp(), kong.Resolvers(fromEnvironment(env))}
	for name, k := range kinds {
		options = append(options, kong.NamedMapper(name, mapper(k)))
	}
	return kong.New(grammar, options...)
}

// fromEnvironment resolves options from env. Kong's own tag for this reads the
// process's environment, which tests that run side by side cannot share, and
// takes an empty variable for a value.
func fromEnvironment(env LookupEnv) kong.ResolverFunc {
	return func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		if flag.Tag.Type == "" || ofOneCommand(flag.Tag) {
			return nil, nil // no option, but --help or a flag of one command
		}
		if value, _ := env(envName(flag.Name)); value != "" {
			return value, nil
		}
		return nil, nil
	}
}

// ofOneCommand reports whether a flag belongs to one command, and so has no
// variable: what is asked for once must not come from an environment that stays.
func ofOneCommand(t *kong.Tag) bool { return t.Get("cli") == "only" }

// envName is the environment variable of a flag.
func envName(flag string) string {
	return strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

func mapper(k kind) kong.MapperFunc {
	return func(ctx *kong.DecodeContext, target reflect.Value) error {
		token := ctx.Scan.Pop()
		bad := &BadValue{Flag: ctx.Value.Name, Env: envName(ctx.Value.Name), Allowed: k.allowed(ctx.Value.Tag)}
		if ofOneCommand(ctx.Value.Tag) {
			bad.Env = ""
		}
		if token.IsEOL() {
			return bad
		}
		given := token.String()
		bad.Value = &given
		value, ok := k.read(given, ctx.Value.Tag)
		if !ok {
			return bad
		}
		if !token.IsValue() { // "--data-dir --port": more likely two flags
			bad.Allowed = fmt.Sprintf("written --%s=%s if it begins with a hyphen", bad.Flag, given)
			return bad
		}
		if target.Kind() == reflect.Slice { // a flag that may be given several times
			target.Set(reflect.Append(target, reflect.ValueOf(value)))
			return nil
		}
		target.Set(reflect.ValueOf(value).Convert(target.Type()))
		return nil
	}
}

// BadValue says that an option was given a value that is not allowed. Its text
// shows the value; an option that holds a secret must name a file instead.
type BadValue struct {
	// Flag is the option, without the leading hyphens.
	Flag string
	// Env is its environment variable, "" if it has none.
	Env string
	// Value is the text given; nil if the flag ended the command line.
	Value *string
	// Allowed says what the value must be.
	Allowed string
}

// shownChars bounds how much of a value an error shows, in bytes.
const shownChars = 80

// Error names the option in its spellings, the value and what is allowed.
func (e *BadValue) Error() string {
	value := "has no value"
	if e.Value != nil {
		value = fmt.Sprintf("is %q", cut(*e.Value))
	}
	name := "--" + e.Flag
	if e.Env != "" {
		name = e.Env + " (" + name + ")"
	}
	return fmt.Sprintf("%s %s; it must be %s", name, value, e.Allowed)
}

func cut(text string) string {
	if len(text) <= shownChars {
		return text
	}
	return text[:shownChars] + "…"
}
