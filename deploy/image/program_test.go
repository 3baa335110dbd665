package main

import (
	"bytes"
	"debug/buildinfo"
	"debug/elf"
	"maps"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"session-api/internal/config"
)

func TestTheProgramIsStaticAndForItsArchitecture(t *testing.T) {
	t.Parallel()
	machines := map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}
	each(t, func(t *testing.T, a architecture) {
		file := must[*elf.File](t)(elf.NewFile(bytes.NewReader(a.binary)))
		if file.Machine != machines[a.name] {
			t.Errorf("it is for %v", file.Machine)
		}
		for _, p := range file.Progs {
			if p.Type == elf.PT_INTERP || p.Type == elf.PT_DYNAMIC {
				t.Errorf("it has a segment of type %v: it wants a loader", p.Type)
			}
		}
		if file.Section(".debug_info") != nil || file.Section(".symtab") != nil {
			t.Error("it carries what only a debugger needs")
		}
	})
}

func TestTheProgramTellsWhatItIsAndNothingOfTheMachine(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a architecture) {
		info := must[*debug.BuildInfo](t)(buildinfo.Read(bytes.NewReader(a.binary)))
		settings := map[string]string{}
		for _, s := range info.Settings {
			settings[s.Key] = s.Value
		}
		want := map[string]string{"-buildmode": "exe", "-compiler": "gc", "-trimpath": "true", "CGO_ENABLED": "0", "GOOS": "linux", "GOARCH": a.name}
		want[map[string]string{"amd64": "GOAMD64", "arm64": "GOARM64"}[a.name]] = map[string]string{"amd64": "v1", "arm64": "v8.0"}[a.name]
		if !maps.Equal(settings, want) {
			t.Errorf("it was built with %v, want %v", settings, want)
		}
		for _, text := range []string{testVersion, testCommit} {
			if !bytes.Contains(a.binary, []byte(text)) {
				t.Errorf("%s is not in it", text)
			}
		}
		for _, private := range []string{"/home/", "/root/", "/tmp/"} {
			if bytes.Contains(a.binary, []byte(private+"go")) {
				t.Errorf("it names a path below %s", private)
			}
		}
	})
}

func TestThePortAndTheVariablesOfTheImageAreTheProgramsOwn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a architecture) {
		started := must[*v1.ConfigFile](t)(a.image.ConfigFile()).Config
		env := map[string]string{}
		for _, variable := range started.Env {
			name, value, _ := strings.Cut(variable, "=")
			env[name] = value
		}
		asked := map[string]bool{}
		var c config.Config
		parser, err := config.NewParser(&c, func(name string) (string, bool) {
			asked[name] = true
			value, ok := env[name]
			return value, ok
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parser.Parse(nil); err != nil {
			t.Fatal(err)
		}
		for name := range env {
			if !asked[name] {
				t.Errorf("the program has no option %s", name)
			}
		}
		if engine, why := c.Store.Engine(); engine != config.DynamoDB {
			t.Errorf("it serves from %s, because %s", engine, why)
		}
		if c.Callers.AllowUnauthenticated || c.Check() == nil {
			t.Error("it serves everybody without being told to")
		}
		if c.HTTP.Host != "0.0.0.0" {
			t.Errorf("it listens on %s, where nobody outside the container reaches it", c.HTTP.Host)
		}
		if _, ok := started.ExposedPorts[strconv.Itoa(c.HTTP.Port)+"/tcp"]; !ok {
			t.Errorf("it listens on %d, and exposed are %v", c.HTTP.Port, started.ExposedPorts)
		}
	})
}
