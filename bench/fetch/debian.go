package fetch

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"sort"
)

// Program is a program and what its environment needs beside ours.
type Program struct {
	Path string
	Env  []string
}

// Debian returns the program of that name: the one on PATH, or else the one of
// Debian's package pkg, which is fetched with the libraries that this machine
// lacks and unpacked into the cache. Nothing is installed on the machine, so
// nobody has to be root.
func Debian(ctx context.Context, program, pkg string) (Program, error) {
	if path, err := exec.LookPath(program); err == nil {
		return Program{Path: path}, nil
	}
	dir, err := folder(ctx, "debian-"+pkg, []byte(pkg), func(ctx context.Context, dir string) error {
		return unpack(ctx, dir, pkg)
	})
	if err != nil {
		return Program{}, fmt.Errorf("%s is not on PATH and could not be fetched; install the package %s: %w", program, pkg, err)
	}
	root := filepath.Join(dir, "root")
	// The libraries of a package that is unpacked lie in one of these.
	libs, err := filepath.Glob(filepath.Join(root, "usr", "lib", "*-linux-*"))
	if err != nil {
		return Program{}, err
	}
	p := Program{Path: filepath.Join(root, "usr", "bin", program)}
	if len(libs) > 0 {
		p.Env = []string{"LD_LIBRARY_PATH=" + libs[0]}
	}
	return p, nil
}

// unpack fetches pkg and what it depends on, as far as it is not installed, and
// unpacks it all into dir/root. apt keeps its lists and its files in dir alone.
func unpack(ctx context.Context, dir, pkg string) error {
	apt, err := need("apt-get", "this machine is not Debian or one of its kin")
	if err != nil {
		return err
	}
	options := []string{
		"-o", "Dir::State=" + filepath.Join(dir, "state"), "-o", "Dir::Cache=" + filepath.Join(dir, "cache"),
		"-o", "Dir::State::status=/var/lib/dpkg/status", "-o", "Debug::NoLocking=1", "-o", "APT::Sandbox::User=",
		"--quiet", "--yes",
	}
	archives := filepath.Join(dir, "cache", "archives")
	for _, argv := range [][]string{
		{"mkdir", "-p", filepath.Join(dir, "state", "lists", "partial"), filepath.Join(archives, "partial")},
		append(append([]string{apt}, options...), "update"),
		append(append([]string{apt}, options...), "install", "--no-install-recommends", "--download-only", pkg),
	} {
		if err := step(ctx, dir, argv...); err != nil {
			return err
		}
	}
	packages, err := filepath.Glob(filepath.Join(archives, "*.deb"))
	if err != nil || len(packages) == 0 {
		return fmt.Errorf("apt-get fetched nothing for %s", pkg)
	}
	sort.Strings(packages)
	for _, file := range packages {
		if err := step(ctx, dir, "dpkg-deb", "--extract", file, filepath.Join(dir, "root")); err != nil {
			return err
		}
	}
	return step(ctx, dir, "rm", "-r", filepath.Join(dir, "state"), filepath.Join(dir, "cache"))
}
