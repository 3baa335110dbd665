// Command cacerts writes the certificates of the image to the file that its argument
// names. The Dockerfile runs it.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"session-api/deploy/image/internal/roots"
)

func main() {
	if err := write(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "cacerts:", err)
		os.Exit(1)
	}
}

func write(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("one argument is needed, the file to write; got %d", len(args))
	}
	// The certificates are public, and the image runs as another user than its build.
	if err := os.MkdirAll(filepath.Dir(args[0]), 0o755); err != nil { // #nosec G301 G703 -- as said, where the Dockerfile wants them
		return err
	}
	// #nosec G306 G703 -- as above
	return os.WriteFile(args[0], roots.PEM(), 0o644)
}
