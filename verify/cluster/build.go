package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// tools are the programs of the run, by the name that they are called with here:
// the module that pins each, and its name as a tool of that module.
var tools = []struct{ name, module, tool string }{
	{"etcd", "kubernetes", "go.etcd.io/etcd/server/v3"},
	{"kube-apiserver", "kubernetes", "k8s.io/kubernetes/cmd/kube-apiserver"},
	{"kubectl", "kubernetes", "k8s.io/kubernetes/cmd/kubectl"},
	{"kro", "kubernetes", "github.com/kubernetes-sigs/kro/cmd/controller"},
	{"kwok", "kubernetes", "sigs.k8s.io/kwok/cmd/kwok"},
	{"kube-controller-manager", "kubernetes", "k8s.io/kubernetes/cmd/kube-controller-manager"},
	{"kube-scheduler", "kubernetes", "k8s.io/kubernetes/cmd/kube-scheduler"},
	{"vela-core", "kubevela", "github.com/oam-dev/kubevela/cmd/core"},
	{"vela", "kubevela", "github.com/oam-dev/kubevela/references/cmd/cli"},
}

// kubernetesVersion is that of k8s.io/kubernetes in the module kubernetes.
const kubernetesVersion = "v1.36.3"

// stamp gives the programs of Kubernetes their version, as its own build does:
// without one kubectl takes the API server for broken.
const stamp = "-X k8s.io/component-base/version.gitVersion=" + kubernetesVersion +
	" -X k8s.io/client-go/pkg/version.gitVersion=" + kubernetesVersion

// build returns the path of every program. Those that are not there from an earlier
// run are built, one after the other and at a low priority: it may take long, and
// whoever starts it may want to go on working.
func build(ctx context.Context) (map[string]string, error) {
	paths := map[string]string{}
	for _, t := range tools {
		path, err := placeOf(t.module, t.name)
		if err != nil {
			return nil, err
		}
		paths[t.name] = path
		if _, err := os.Stat(path); err == nil {
			continue
		}
		began := time.Now()
		if err := buildTool(ctx, t.module, t.tool, path); err != nil {
			return nil, fmt.Errorf("%s does not build, see above (%w); it needs Go and the modules of verify/cluster/%s", t.name, err, t.module)
		}
		fmt.Printf("built %s, %s\n", t.name, time.Since(began).Round(time.Second))
	}
	return paths, nil
}

// buildTool builds a tool of the module into path, which has it whole or not at all.
func buildTool(ctx context.Context, module, tool, path string) error {
	unfinished := path + ".unfinished"
	cmd := exec.CommandContext(ctx, "nice", "-n", "19", "go", "build", "-ldflags", stamp, "-o", unfinished, tool)
	cmd.Dir, cmd.Stderr = module, os.Stderr
	if err := cmd.Run(); err != nil {
		return err
	}
	return os.Rename(unfinished, path)
}

// placeOf returns where a program is kept from run to run: what it is built from
// cannot change under one go.sum.
func placeOf(module, name string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("there is no place to keep programs in: %w", err)
	}
	sum := sha256.New()
	for _, file := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(module, file))
		if err != nil {
			return "", err
		}
		sum.Write(text)
	}
	sum.Write([]byte(runtime.Version() + runtime.GOOS + runtime.GOARCH + stamp))
	dir := filepath.Join(cache, "session-api-tests", fmt.Sprintf("cluster-%x", sum.Sum(nil)[:4]))
	return filepath.Join(dir, name), os.MkdirAll(dir, 0o700)
}

// moduleDir returns the folder of a module that the module in dir needs, for the
// files in it that are not Go.
func moduleDir(ctx context.Context, dir, module string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", module)
	cmd.Dir = dir
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("the module %s is not there: %w", module, err)
	}
	return strings.TrimSpace(string(out)), nil
}

// buildService returns the path of session-api: the given one, or one that it
// builds of the tree at top into dir.
func buildService(ctx context.Context, given, top, dir string) (string, error) {
	if given != "" {
		return filepath.Abs(given)
	}
	path := filepath.Join(dir, "session-api")
	cmd := exec.CommandContext(ctx, "nice", "-n", "19", "go", "build", "-o", path, "./cmd/session-api")
	cmd.Dir, cmd.Stderr = top, os.Stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("session-api does not build, see above: %w", err)
	}
	return path, nil
}
