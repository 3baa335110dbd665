package dynamotest

import (
	_ "embed"
	"path/filepath"
	"runtime"
)

// The versions that docs/adr/0010-dynamodb-test-servers.md measures. A change
// here needs the probe to be run again.
const (
	// dynoxideCrate 3.2.0 is the server that calls itself 1.5.0.
	dynoxideCrate   = "3.2.0"
	motoVersion     = "5.2.5"
	dynaliteVersion = "4.0.0"
)

// The pins: everything that pip and npm install, with the versions of all
// dependencies. Cargo's lock file is part of the crate.
var (
	//go:embed pins/requirements.txt
	motoPins []byte
	//go:embed pins/package.json
	dynalitePackage []byte
	//go:embed pins/package-lock.json
	dynaliteLock []byte
)

// recipe says how a server is had.
type recipe struct {
	// version names the folder, for people.
	version string
	// tool is what must be on PATH; remedy is the sentence if it is not.
	tool, remedy string
	// files are written into the folder before the steps.
	files map[string][]byte
	// steps are the commands that install the server into dir, run there.
	steps func(dir string) [][]string
	// run is the command that serves on 127.0.0.1:port from memory.
	run func(dir, port string) []string
}

var recipes = map[Server]recipe{
	Dynoxide: {
		version: dynoxideCrate,
		tool:    "cargo",
		remedy:  "install Rust 1.88 or newer and a C compiler",
		steps: func(dir string) [][]string {
			return [][]string{{
				"cargo", "install", "--locked", "--root", dir, "--version", "=" + dynoxideCrate,
				// The rest of the defaults is an MCP server and an importer.
				"--no-default-features", "--features", "native-sqlite,http-server,cli",
				"dynoxide-rs",
			}}
		},
		run: func(dir, port string) []string {
			return []string{filepath.Join(dir, "bin", "dynoxide"), "serve", "--host", "127.0.0.1", "--port", port}
		},
	},
	Moto: {
		version: motoVersion,
		tool:    python,
		remedy:  "install Python 3.11 or newer with its venv module",
		files:   map[string][]byte{"requirements.txt": motoPins},
		steps: func(dir string) [][]string {
			return [][]string{
				{python, "-m", "venv", filepath.Join(dir, "venv")},
				{venvPython(dir), "-m", "pip", "install", "--disable-pip-version-check", "-r", "requirements.txt"},
			}
		},
		run: func(dir, port string) []string {
			return []string{venvPython(dir), "-m", "moto.server", "-H", "127.0.0.1", "-p", port}
		},
	},
	Dynalite: {
		version: dynaliteVersion,
		tool:    "npm",
		remedy:  "install Node 20 or newer with npm",
		files:   map[string][]byte{"package.json": dynalitePackage, "package-lock.json": dynaliteLock},
		steps: func(string) [][]string {
			// No package needs its scripts here: they would build LevelDB for disk.
			return [][]string{{"npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"}}
		},
		run: func(dir, port string) []string {
			// Its half second of CREATING, UPDATING and DELETING becomes 50 ms:
			// enough to be seen, and every test makes a table.
			const change = "50"
			return []string{
				"node", filepath.Join(dir, "node_modules", "dynalite", "cli.js"), "--host", "127.0.0.1", "--port", port,
				"--createTableMs", change, "--updateTableMs", change, "--deleteTableMs", change,
			}
		},
	},
}

// python is the name of Python 3 on PATH.
const python = "python3"

func venvPython(dir string) string {
	if runtime.GOOS == "windows" {
		return filepath.Join(dir, "venv", "Scripts", "python.exe")
	}
	return filepath.Join(dir, "venv", "bin", "python")
}
