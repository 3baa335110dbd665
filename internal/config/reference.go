package config

import "github.com/alecthomas/kong"

// Option is what a reference says of one option.
type Option struct {
	// Group is the heading that it belongs under.
	Group string
	// Env and Flag are its two spellings; Flag comes without hyphens.
	Env, Flag string
	// Default is its value when nobody sets it. With IsRule it is not a value
	// but words for how one is found.
	Default string
	IsRule  bool
	// Allowed says what its value must be.
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

// Describe returns what a reference says of those flags that are options.
func Describe(flags []*kong.Flag) []Option {
	var out []Option
	for _, f := range flags {
		k, ok := kinds[f.Tag.Type]
		if !ok {
			continue
		}
		o := Option{
			Env: envName(f.Name), Flag: f.Name,
			Default: f.Default, IsRule: !f.HasDefault,
			Allowed: k.allowed(f.Tag),
			Meaning: f.Help,
		}
		if o.IsRule {
			o.Default = f.Tag.Get("unset")
		}
		if f.Group != nil {
			o.Group = f.Group.Title
		}
		out = append(out, o)
	}
	return out
}
