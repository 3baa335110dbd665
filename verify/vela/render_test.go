package vela

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

// builtIn are the definitions of KubeVela's own that the applications use, as
// their files are named.
var builtIn = []string{
	"component/webservice", "component/k8s-objects",
	"trait/service-account", "trait/hpa", "trait/podsecuritycontext", "trait/securitycontext",
	"trait/topologyspreadconstraints", "trait/json-merge-patch",
}

// definitions returns a folder with the definitions that there are where an
// application is applied, as far as it needs them, and ours with that text.
func definitions(t *testing.T, ours string) string {
	t.Helper()
	source, err := module()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, filepath.Base(component)+".cue"), ours)
	for _, name := range builtIn {
		text := read(t, filepath.Join(source, "vela-templates/definitions/internal", name+".cue"))
		write(t, filepath.Join(dir, filepath.Base(name)+".cue"), text)
	}
	return dir
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// dryRun returns what KubeVela makes of an application with the text app.
func dryRun(t *testing.T, app, ours string) (string, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "app.yaml")
	write(t, file, app)
	return vela(t, "dry-run", "--offline", "-f", file, "-d", definitions(t, ours))
}

// application is an application as its file has it.
type application struct {
	Metadata struct{ Name string }
	Spec     struct {
		Components []struct {
			Name, Type string
			DependsOn  []string
			Traits     []struct{ Type string }
		}
	}
}

// applications returns the texts of the applications, by the files in testdata
// that hold what is made of them.
func applications(t *testing.T) map[string]string {
	t.Helper()
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), top+"/deploy/laptop/kubevela")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{"session-management.yaml": read(t, top+"/deploy/kubevela/session-management-app.yaml")}
	for _, r := range built.Resources() {
		if r.GetKind() != "Application" {
			continue
		}
		text, err := r.AsYAML()
		if err != nil {
			t.Fatal(err)
		}
		all["session-management-laptop.yaml"] = string(text)
	}
	return all
}

func TestTheComponentDefinitionIsValid(t *testing.T) {
	t.Parallel()
	if out := mustVela(t, "def", "vet", component+".cue"); !strings.Contains(out, "succeed") {
		t.Errorf("vela def vet says %s", out)
	}
}

// TestTheRenderedDefinitionIsTheOneInTheRepository is for whoever has kubectl and
// not vela: they apply the rendered file.
func TestTheRenderedDefinitionIsTheOneInTheRepository(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "rendered.yaml")
	mustVela(t, "def", "render", component+".cue", "-o", file)
	golden(t, component+".yaml", read(t, file))
}

// parameter matches the name of a parameter, or of one within it.
var parameter = regexp.MustCompile(`^\s*([a-zA-Z]+)\??:`)

func TestEveryParameterHasAUsage(t *testing.T) {
	t.Parallel()
	_, text, found := strings.Cut(read(t, component+".cue"), "parameter: {\n")
	if !found {
		t.Fatal("there are no parameters")
	}
	usage, count := "", 0
	for line := range strings.Lines(text) {
		if said, is := strings.CutPrefix(strings.TrimSpace(line), "// +usage="); is {
			usage = said
			continue
		}
		if m := parameter.FindStringSubmatch(line); m != nil {
			if count++; usage == "" {
				t.Errorf("%s has none", m[1])
			}
			usage = ""
		}
	}
	if count != 7 {
		t.Errorf("there are %d parameters, not 7", count)
	}
}

func TestTheApplicationsAreMadeAsBefore(t *testing.T) {
	t.Parallel()
	for file, text := range applications(t) {
		made, err := dryRun(t, text, read(t, component+".cue"))
		if err != nil {
			t.Fatal(err)
		}
		golden(t, filepath.Join("testdata", file), made)
	}
}

// TestAnApplicationNamesOnlyWhatThereIs says what the dry run does not: it drops
// dependencies on nothing without a word.
func TestAnApplicationNamesOnlyWhatThereIs(t *testing.T) {
	t.Parallel()
	known := []string{filepath.Base(component)}
	for _, name := range builtIn {
		known = append(known, filepath.Base(name))
	}
	for file, text := range applications(t) {
		var app application
		if err := yaml.Unmarshal([]byte(text), &app); err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, c := range app.Spec.Components {
			names = append(names, c.Name)
		}
		for _, c := range app.Spec.Components {
			for _, other := range c.DependsOn {
				if !slices.Contains(names, other) {
					t.Errorf("%s: %s depends on %s, which is no component", file, c.Name, other)
				}
			}
			for _, trait := range c.Traits {
				if !slices.Contains(known, trait.Type) {
					t.Errorf("%s: %s has the trait %s", file, c.Name, trait.Type)
				}
			}
			if !slices.Contains(known, c.Type) {
				t.Errorf("%s: %s is a %s", file, c.Name, c.Type)
			}
		}
		if app.Metadata.Name != "session-management" || !slices.Contains(names, "session-api") {
			t.Errorf("%s: it is %s with %v, which the guide's commands do not find", file, app.Metadata.Name, names)
		}
	}
}

func TestTheServiceWaitsForItsTable(t *testing.T) {
	t.Parallel()
	var app application
	if err := yaml.Unmarshal([]byte(applications(t)["session-management.yaml"]), &app); err != nil {
		t.Fatal(err)
	}
	service := app.Spec.Components[2]
	if service.Name != "session-api" || !slices.Contains(service.DependsOn, "user-sessions") {
		t.Errorf("%s depends on %v", service.Name, service.DependsOn)
	}
}
