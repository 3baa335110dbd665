package main

import (
	"bufio"
	"context"
	"encoding/json"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// patience bounds every wait: far above what a slow machine needs, because reaching
// it is a failure.
const patience = time.Minute

// jail is the image for this machine, unpacked, and what a container of it is told.
// Programs run in it as engines run them: its directory is all they see, and they are
// the user that the image names, who may write nowhere.
type jail struct {
	t       *testing.T
	root    string
	started v1.Config
}

func newJail(t *testing.T) *jail {
	t.Helper()
	for _, a := range here(t).architectures {
		if a.name == runtime.GOARCH {
			j := &jail{t: t, root: t.TempDir(), started: must[*v1.ConfigFile](t)(a.image.ConfigFile()).Config}
			j.unpack(a)
			return j
		}
	}
	t.Fatalf("no image is for %s", runtime.GOARCH)
	return nil
}

func (j *jail) unpack(a architecture) {
	j.t.Helper()
	for _, h := range contents(j.t, a) {
		path, err := filepath.Join(j.root, h.name), error(nil)
		if strings.HasSuffix(h.name, "/") {
			err = os.Mkdir(path, os.FileMode(h.mode))
		} else {
			err = os.WriteFile(path, h.content, os.FileMode(h.mode))
		}
		if err != nil {
			j.t.Fatal(err)
		}
	}
}

// command is the entrypoint with args, with the image's variables and then others.
func (j *jail) command(args []string, variables ...string) *exec.Cmd {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(j.t.Context()), patience)
	j.t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, j.started.Entrypoint[0], args...)
	cmd.Dir = j.started.WorkingDir
	cmd.Env = append(j.started.Env, variables...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: j.root, Pdeathsig: syscall.SIGKILL}
	const user = 65532 // another test holds the image to it
	if os.Geteuid() == 0 {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: user, Gid: user}
		return cmd
	}
	// Whoever is not root may still change the root in a name space of their own.
	cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER
	cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: user, HostID: os.Geteuid(), Size: 1}}
	cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: user, HostID: os.Getegid(), Size: 1}}
	return cmd
}

// serve starts a server on a free loopback port and returns it with its address.
func (j *jail) serve(variables ...string) (server *exec.Cmd, addr string) {
	j.t.Helper()
	server = j.command(nil, append([]string{
		"HOST=127.0.0.1", "PORT=0", "SHUTDOWN_DELAY=0s", "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test",
	}, variables...)...)
	server.Stderr = os.Stderr
	said := must[io.ReadCloser](j.t)(server.StdoutPipe())
	if err := server.Start(); err != nil {
		j.t.Fatal(err)
	}
	j.t.Cleanup(func() { _ = server.Process.Kill(); _ = server.Wait() })
	lines := bufio.NewScanner(said)
	for lines.Scan() {
		var line struct{ Msg, Addr string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "listening" {
			go func() { _, _ = io.Copy(io.Discard, said) }() // a full pipe would stop it
			return server, line.Addr
		}
	}
	j.t.Fatal("it ends without listening")
	return nil, ""
}

// Nobody listens on this port of the loopback address (IANA: tcpmux).
const noTable = "AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:1"

func TestTheProgramRunsInTheImageAlone(t *testing.T) {
	t.Parallel()
	j := newJail(t)
	if said := string(must[[]byte](t)(j.command([]string{"version"}).Output())); !strings.HasPrefix(said, "session-api v9.8.7, commit c0ffee0, ") {
		t.Errorf("it says that it is %s", said)
	}
	server, addr := j.serve(noTable)
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	probe := j.command(j.started.Healthcheck.Test[2:], "HOST="+host, "PORT="+port)
	if said, err := probe.CombinedOutput(); err != nil {
		t.Errorf("the health check of a healthy server: %v %s", err, said)
	}
	if err := server.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := server.Wait(); err != nil {
		t.Errorf("SIGTERM ends it: %v", err)
	}
	if err := j.command(j.started.Healthcheck.Test[2:], "HOST="+host, "PORT="+port).Run(); err == nil {
		t.Error("the health check of a server that has ended succeeds")
	}
}

func TestTheProgramTrustsTheCertificatesOfTheImage(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 1)
	table := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		select {
		case asked <- struct{}{}:
		default:
		}
		w.WriteHeader(http.StatusTeapot)
	}))
	t.Cleanup(table.Close)
	j := newJail(t)
	trusted := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: table.Certificate().Raw})
	if err := os.WriteFile(filepath.Join(j.root, "etc/ssl/certs/ca-certificates.crt"), trusted, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(j.root, "etc/ssl/certs/ca-certificates.crt"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, addr := j.serve("AWS_ENDPOINT_URL_DYNAMODB=" + table.URL)
	answer := must[*http.Response](t)(http.Get("http://" + addr + "/ready"))
	_ = answer.Body.Close()
	select {
	case <-asked:
	default:
		t.Errorf("its table was never asked; /ready answers %s", answer.Status)
	}
}
