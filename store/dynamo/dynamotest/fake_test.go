package dynamotest

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"testing"
)

// The servers that these tests install and start: this test binary in other
// roles, so that nothing is fetched and nothing is built.
const (
	// fakeServer serves after it has refused a few requests.
	fakeServer Server = "fake"
	// dyingServer says why and ends at once.
	dyingServer Server = "dying"
)

// The roles, as the first argument of the binary.
const (
	serveRole  = "serve-for-a-test"
	dieRole    = "die-for-a-test"
	parentRole = "start-a-server-for-a-test"
)

func TestMain(m *testing.M) {
	addFakes()
	if len(os.Args) > 1 {
		playRole(os.Args[1:])
	}
	cache, err := os.MkdirTemp("", "dynamotest")
	if err != nil {
		panic(err)
	}
	// Whatever os.UserCacheDir asks on this system, it is not the user's own.
	for _, name := range []string{"XDG_CACHE_HOME", "HOME", "LocalAppData"} {
		_ = os.Setenv(name, cache)
	}
	code := m.Run()
	_ = os.RemoveAll(cache)
	os.Exit(code)
}

func addFakes() {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	for server, role := range map[Server]string{fakeServer: serveRole, dyingServer: dieRole} {
		recipes[server] = recipe{
			version: "1", tool: self,
			steps: func(string) [][]string { return nil },
			run:   func(_, port string) []string { return []string{self, role, port} },
		}
	}
}

// playRole ends the process if the arguments name a role.
func playRole(args []string) {
	switch args[0] {
	case serveRole:
		fmt.Println(serveFake(args[1]))
		os.Exit(1)
	case dieRole:
		fmt.Println("the disk is made of cheese")
		os.Exit(1)
	case parentRole:
		startAndWait()
	}
}

func serveFake(port string) error {
	var asked atomic.Int32
	return http.ListenAndServe(net.JoinHostPort("127.0.0.1", port), http.HandlerFunc(
		func(w http.ResponseWriter, _ *http.Request) {
			if asked.Add(1) <= 3 {
				w.WriteHeader(http.StatusInternalServerError)
			}
		}))
}
