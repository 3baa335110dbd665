package config

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// aCommand has flags of its own beside options of the server.
type aCommand struct {
	Help bool `help:"A flag of the parser's."`
	Table
	DryRun bool     `name:"dry-run" cli:"only" help:"Only tell."`
	Rows   int      `name:"rows" type:"whole" cli:"only" default:"10" min:"0" max:"99" help:"How many."`
	Tags   []string `name:"tag" type:"tag" cli:"only" unset:"none" help:"A tag."`
}

// parseCommand reads args where every variable that could be meant is set.
func parseCommand(t *testing.T, args ...string) (*aCommand, *kong.Kong, error) {
	t.Helper()
	env := map[string]string{"DRY_RUN": "true", "ROWS": "7", "TAG": "a=b", "DYNAMODB_TABLE_NAME": "from-env"}
	c := &aCommand{}
	parser, err := NewParser(c, func(name string) (string, bool) { return env[name], env[name] != "" })
	if err != nil {
		t.Fatal(err)
	}
	_, err = parser.Parse(args)
	return c, parser, err
}

func TestAFlagOfOneCommandHasNoVariable(t *testing.T) {
	t.Parallel()
	c, _, err := parseCommand(t)
	if err != nil || c.TableName != "from-env" || c.Region != "us-west-2" {
		t.Errorf("the options of the server are %+v, %v", c.Table, err)
	}
	if c.DryRun || c.Rows != 10 || len(c.Tags) != 0 {
		t.Errorf("a variable set a flag of one command: %+v", c)
	}
	if c, _, err = parseCommand(t, "--dry-run", "--rows=0"); err != nil || !c.DryRun || c.Rows != 0 {
		t.Errorf("the flags set %+v, %v", c, err)
	}
}

func TestAFlagCanBeGivenSeveralTimesIfItHoldsSeveral(t *testing.T) {
	t.Parallel()
	c, _, err := parseCommand(t, "--tag", "team=id", "--tag=cost centre=a=b", "--tag", "empty=")
	if want := []string{"team=id", "cost centre=a=b", "empty="}; err != nil || !slices.Equal(c.Tags, want) {
		t.Errorf("got %q, %v; want %q", c.Tags, err, want)
	}
}

func TestTagsAreThoseThatAWSTakes(t *testing.T) {
	t.Parallel()
	for _, tag := range []string{"a=b", "a=", "équipe=sécurité 1", strings.Repeat("n", 128) + "=" + strings.Repeat("v", 256), "a+-._:/@=+-=._:/@"} {
		if _, _, err := parseCommand(t, "--tag="+tag); err != nil {
			t.Errorf("refused: %v", err)
		}
	}
	for _, tag := range []string{"", "a", "=b", "aws:a=b", "a\n=b", "a=b;c", "a=#", strings.Repeat("n", 129) + "=", "a=" + strings.Repeat("v", 257)} {
		if _, _, err := parseCommand(t, "--tag="+tag); err == nil {
			t.Errorf("--tag takes %.20q", tag)
		}
	}
}

func TestABadValueOfOneCommandsFlagNamesTheFlagAlone(t *testing.T) {
	t.Parallel()
	_, _, err := parseCommand(t, "--rows=100")
	var bad *BadValue
	const want = `--rows is "100"; it must be a whole number from 0 to 99`
	if !errors.As(err, &bad) || bad.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestFlagsOfOneCommandAreDescribedWithoutAVariable(t *testing.T) {
	t.Parallel()
	_, parser, err := parseCommand(t)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]Option{}
	for _, o := range Describe(parser.Model.Flags) {
		got[o.Flag] = o
	}
	want := []Option{
		{Flag: "dry-run", Meaning: "Only tell."},
		{Flag: "rows", Meaning: "How many.", Default: "10", Allowed: "a whole number from 0 to 99"},
		{Flag: "tag", Meaning: "A tag.", Default: "none", IsRule: true, Allowed: kinds["tag"].allowed(nil)},
	}
	for _, o := range want {
		if got[o.Flag] != o {
			t.Errorf("--%s is described as %+v, want %+v", o.Flag, got[o.Flag], o)
		}
	}
	if len(got) != len(want)+2 || got["dynamodb-table-name"].Env != "DYNAMODB_TABLE_NAME" {
		t.Errorf("described are %+v", got)
	}
}

func TestAFlagThatMustBeGivenIsDescribedSo(t *testing.T) {
	t.Parallel()
	parser, err := NewParser(&struct {
		Name string `name:"id" type:"text" cli:"only" required:"" help:"A name."`
	}{}, func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	described := Describe(parser.Model.Flags)
	if len(described) != 1 || !described[0].Required {
		t.Errorf("it is described as %+v", described)
	}
	if _, err := parser.Parse(nil); err == nil || !strings.Contains(err.Error(), "--id") {
		t.Errorf("without it: %v", err)
	}
}
