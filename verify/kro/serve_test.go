package kro

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

// TestTheDeploymentsEnvironmentServes starts the program with the variables of the
// Deployment on the table of the manifests, asks what the probes ask, and ends it
// as Kubernetes does.
func TestTheDeploymentsEnvironmentServes(t *testing.T) {
	t.Parallel()
	access := create(t, object(t, "deploy/kubernetes/table/table.yaml"))
	c := container(t, deployment(t, kustomize(t, "deploy/kubernetes/base"), "session-api"))
	s := serve(t, append(access, variables(t, c)...))
	if s.engine != "dynamodb" || s.place != "tenant-atlantis-user-sessions in us-west-2" {
		t.Errorf("it serves %s from %s", s.engine, s.place)
	}
	for _, path := range []string{c.LivenessProbe.HTTPGet.Path, c.ReadinessProbe.HTTPGet.Path} {
		answer, err := http.Get("http://" + s.addr + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			t.Errorf("%s answers %s", path, answer.Status)
		}
	}
	if err := s.stop(t); err != nil {
		t.Errorf("after SIGTERM it ends with %v", err)
	}
}

// variables returns the variables of c, but for those that are a pod's alone: the
// address, the mounted file, and the time that load balancers need.
func variables(t *testing.T, c corev1.Container) []string {
	t.Helper()
	key := filepath.Join(t.TempDir(), "cursor-key")
	if err := os.WriteFile(key, []byte(strings.Repeat("0f", 32)), 0o600); err != nil {
		t.Fatal(err)
	}
	env := environment(c)
	delete(env, "HOST")
	env["PORT"], env["CURSOR_KEY_FILE"], env["SHUTDOWN_DELAY"] = "0", key, "0s"
	var all []string
	for name, value := range env {
		all = append(all, name+"="+value)
	}
	return all
}

// server is the running program, and what it said when it started.
type server struct {
	addr, engine, place string

	cmd   *exec.Cmd
	lines *json.Decoder
}

func serve(t *testing.T, variables []string) *server {
	t.Helper()
	s := &server{cmd: run(t, variables)}
	log, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.lines = json.NewDecoder(log)
	for s.addr == "" {
		var line struct{ Msg, Addr, Engine, Place string }
		if err := s.lines.Decode(&line); err != nil {
			t.Fatalf("it ended before it listened: %v", err)
		}
		if s.addr = line.Addr; line.Msg == "session store" {
			s.engine, s.place = line.Engine, line.Place
		}
	}
	return s
}

// stop sends SIGTERM and returns how the program ended.
func (s *server) stop(t *testing.T) error {
	t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	var line any
	for s.lines.Decode(&line) == nil { // Wait closes the pipe: first comes what is in it
		continue
	}
	return s.cmd.Wait()
}
