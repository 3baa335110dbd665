package fetch

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// Python returns the folder with the programs of a virtual environment that has
// what the file of requirements pins.
func Python(ctx context.Context, name, requirements string) (bin string, err error) {
	pins, err := os.ReadFile(requirements)
	if err != nil {
		return "", err
	}
	dir, err := folder(ctx, "python-"+name, pins, func(ctx context.Context, dir string) error {
		python, err := need("python3", "install Python 3.11 or newer with its venv module")
		if err != nil {
			return err
		}
		if err := step(ctx, dir, python, "-m", "venv", "venv"); err != nil {
			return err
		}
		file, err := filepath.Abs(requirements)
		if err != nil {
			return err
		}
		return step(ctx, dir, filepath.Join(dir, "venv", "bin", "python"), "-m", "pip", "install",
			"--disable-pip-version-check", "--no-input", "-r", file)
	})
	if err != nil {
		return "", fmt.Errorf("the Python packages of %s could not be installed: %w", name, err)
	}
	return filepath.Join(dir, "venv", "bin"), nil
}

// Node returns a folder with the program of source, a folder with package.json and
// package-lock.json, and beside it the packages that these pin.
func Node(ctx context.Context, name, source, program string) (dir string, err error) {
	var all []byte
	files := map[string][]byte{}
	for _, file := range []string{"package.json", "package-lock.json", program} {
		if files[file], err = os.ReadFile(filepath.Join(source, file)); err != nil {
			return "", err
		}
		all = append(all, files[file]...)
	}
	dir, err = folder(ctx, "node-"+name, all, func(ctx context.Context, dir string) error {
		npm, err := need("npm", "install Node 20 or newer with npm")
		if err != nil {
			return err
		}
		for file, text := range files {
			if err := os.WriteFile(filepath.Join(dir, file), text, 0o644); err != nil {
				return err
			}
		}
		return step(ctx, dir, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	})
	if err != nil {
		return "", fmt.Errorf("the Node packages of %s could not be installed: %w", name, err)
	}
	return dir, nil
}
