// Command gosec looks for security faults in all packages of modules:
//
//	go run -C tools ./gosec DIR...
//
// It is github.com/securego/gosec, as a library, with every check on. The program
// of that name is built of some fifty modules, among them clients of services that
// propose repairs; the checks need six.
//
// An exception stands where it is made, with its rule and its reason:
//
//	// #nosec G304 -- the operator names the file
//
// One without a rule or a reason excepts nothing. It ends with code 1 when there is
// something to mend.
package main

import (
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/securego/gosec/v2"
	"github.com/securego/gosec/v2/analyzers"
	"github.com/securego/gosec/v2/rules"
	"golang.org/x/tools/go/packages"
)

func main() {
	found, err := run(os.Args[1:])
	for _, line := range found {
		fmt.Println(line)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "gosec:", err)
	}
	if err != nil || len(found) > 0 {
		os.Exit(1)
	}
}

// run returns what is to be mended in the modules at dirs, a line for each.
func run(dirs []string) ([]string, error) {
	if len(dirs) == 0 {
		return nil, errors.New("it takes one directory or more, of a module each")
	}
	var found []string
	for _, dir := range dirs {
		lines, err := look(dir)
		if err != nil {
			return found, fmt.Errorf("%s: %w", dir, err)
		}
		found = append(found, lines...)
	}
	return found, nil
}

// newAnalyzer returns one with every check. What is generated is looked at like
// the rest. Tests are not: they write files and start programs all the time. Nor
// is an error that is plainly thrown away ("_ ="), which the option "audit" would
// add: errcheck looks after errors.
func newAnalyzer() *gosec.Analyzer {
	c := gosec.NewConfig()
	c.SetGlobal(gosec.NoSecRequireRules, "true")
	c.SetGlobal(gosec.NoSecRequireJustification, "true")
	a := gosec.NewAnalyzer(c, false, false, false, 1, log.New(io.Discard, "", 0))
	a.LoadRules(rules.Generate(false).RulesInfo())
	a.LoadAnalyzers(analyzers.Generate(false).AnalyzersInfo())
	return a
}

// look looks at one module.
func look(dir string) ([]string, error) {
	// At once, where the library's own way asks the go command for each package.
	loaded, err := packages.Load(&packages.Config{Mode: gosec.LoadMode, Dir: dir}, "./...")
	if err != nil {
		return nil, err
	}
	if len(loaded) == 0 {
		return nil, errors.New("there are no packages")
	}
	a := newAnalyzer()
	for _, p := range loaded {
		if len(p.Errors) > 0 {
			return nil, p.Errors[0]
		}
		a.CheckRules(p)
		a.CheckAnalyzers(p)
	}
	return lines(a, dir)
}

// lines returns the findings in the order of the files.
func lines(a *gosec.Analyzer, dir string) ([]string, error) {
	root, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	issues, _, troubles := a.Report()
	var found []string
	for _, i := range issues {
		found = append(found, fmt.Sprintf("%s:%s: %s: %s", i.File, i.Line, i.RuleID, i.What))
	}
	// An exception that excepts nothing, or code that cannot be looked at.
	for _, file := range slices.Sorted(maps.Keys(troubles)) {
		for _, e := range troubles[file] {
			found = append(found, fmt.Sprintf("%s:%d: %s", file, e.Line, e.Err))
		}
	}
	slices.Sort(found)
	for i, line := range found {
		found[i] = strings.TrimPrefix(line, root+string(filepath.Separator))
	}
	return found, nil
}
