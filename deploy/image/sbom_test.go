package main

import (
	"bytes"
	"debug/buildinfo"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
)

// bom is what this test reads of a CycloneDX document.
type bom struct {
	BOMFormat   string `json:"bomFormat"`
	SpecVersion string `json:"specVersion"`
	Metadata    struct {
		Component component `json:"component"`
	} `json:"metadata"`
	Components []component `json:"components"`
}

type component struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	PURL    string `json:"purl"`
}

// The command is that of docs/image.md.
func TestTheBillOfMaterialsNamesEveryModuleOfTheProgram(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a := here(t).architectures[0]
	if err := a.write(dir, must[name.Tag](t)(name.NewTag("session-api:"+testVersion))); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "bom.json")
	command := exec.CommandContext(t.Context(), "go", "tool", "-modfile=tools/go.mod", "cyclonedx-gomod", "bin",
		"-json", "-std", "-noserial", "-notimestamp", "-version", testVersion, "-output", path, filepath.Join(dir, a.program()))
	if said, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	var document bom
	if err := json.Unmarshal(must[[]byte](t)(os.ReadFile(path)), &document); err != nil {
		t.Fatal(err)
	}
	if document.BOMFormat != "CycloneDX" || document.SpecVersion == "" {
		t.Errorf("it is a %s document, version %s", document.BOMFormat, document.SpecVersion)
	}
	if c := document.Metadata.Component; c.Name != "session-api" || c.Version != testVersion {
		t.Errorf("it is of %+v", c)
	}
	info := must[*debug.BuildInfo](t)(buildinfo.Read(bytes.NewReader(a.binary)))
	want := []string{"std@" + info.GoVersion}
	for _, m := range info.Deps {
		want = append(want, m.Path+"@"+m.Version)
	}
	var got []string
	for _, c := range document.Components {
		got = append(got, c.Name+"@"+c.Version)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("it names\n%q, want\n%q", got, want)
	}
}
