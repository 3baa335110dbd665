package config

import "github.com/alecthomas/kong"

// Option is what a reference or a help page says of one option.
type Option struct {
	// Group is the heading that it belongs under.
	Group string
	// Env and Flag are its two spellings; Flag comes without hyphens. Env is ""
	// for a flag that belongs to one command.
	Env, Flag string
	// Default is its value when nobody sets it. With IsRule it is not a value
	// but words for how one is found.
	Default string
	IsRule  bool
	// Required says that there is no default and none can do: only a flag of one
	// command is like that.
	Required bool
	// Allowed says what its value must be; "" for a flag that takes none.
	Allowed string
	// Meaning is one sentence or a few.
	Meaning string
}

// Options returns every option of Config, in the order of the struct.
func Options() ([]Option, error) {
	parser, err := NewParser(&Config{}, func(string) (string, bool) { return "", false })
	if err != nil {
		return nil, err
	}
	return Describe(parser.Model.Flags), nil
}

// Describe returns what there is to say of those flags that are options: all but
// --help.
func Describe(flags []*kong.Flag) []Option {
	var out []Option
	for _, f := range flags {
		o := Option{Flag: f.Name, Meaning: f.Help, Required: f.Required}
		if k, ok := kinds[f.Tag.Type]; ok {
			o.Allowed = k.allowed(f.Tag)
			o.Default, o.IsRule = defaultOf(f)
		} else if !ofOneCommand(f.Tag) {
			continue
		}
		if !ofOneCommand(f.Tag) {
			o.Env = envName(f.Name)
		}
		if f.Group != nil {
			o.Group = f.Group.Title
		}
		out = append(out, o)
	}
	return out
}

// defaultOf returns a flag's default, or the words for how one is found.
func defaultOf(f *kong.Flag) (text string, isRule bool) {
	if f.HasDefault {
		return f.Default, false
	}
	return f.Tag.Get("unset"), true
}
