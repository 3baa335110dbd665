package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"session-api/store/dynamo/dynamotest"
)

// cluster is a control plane and what runs on it. Everything that it writes is in
// one folder, which goes with it.
type cluster struct {
	dir        string // of this run
	bin        string // the programs by their names, for PATH
	top        string // of the repository
	programs   map[string]string
	processes  []*process
	authority  *authority
	server     string // URL of the API server
	kubeconfig string // of an administrator
	kro, vela  string // the folders of their modules

	// What stands for the container: where it listens, the log of the pods, and the
	// variables that it has.
	servicePort, serviceLog string
	serviceEnv              []string
	dynamo                  *dynamotest.Process // stands for AWS
}

func newCluster(programs map[string]string) (*cluster, error) {
	top, err := filepath.Abs("../..")
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "verify-cluster-")
	if err != nil {
		return nil, err
	}
	c := &cluster{dir: dir, bin: filepath.Join(dir, "bin"), top: top, programs: programs}
	if err := c.prepare(); err != nil {
		c.stop()
		return nil, err
	}
	return c, nil
}

func (c *cluster) prepare() (err error) {
	if err := os.Mkdir(c.bin, 0o700); err != nil {
		return err
	}
	for name, path := range c.programs {
		if err := os.Symlink(path, filepath.Join(c.bin, name)); err != nil {
			return err
		}
	}
	c.authority, err = newAuthority(c.dir)
	return err
}

// stop ends every program, and removes what they wrote.
func (c *cluster) stop() {
	var all sync.WaitGroup
	for _, p := range c.processes {
		all.Go(p.stop)
	}
	all.Wait()
	if c.dynamo != nil {
		c.dynamo.Stop()
	}
	_ = os.RemoveAll(c.dir) // in the folder for temporary files; nothing depends on it
}

// env is the environment of every program. HOME is the run's folder, because
// kubectl and vela write there. Of the caller's environment only PATH is left: a
// KUBECONFIG or AWS_PROFILE in it must not lead anywhere real.
func (c *cluster) env() []string {
	return []string{"PATH=" + c.bin + ":" + os.Getenv("PATH"), "HOME=" + c.dir, "TMPDIR=" + c.dir, "KUBECONFIG=" + c.kubeconfig}
}

// configFor writes a kubeconfig for whoever auth says, and returns its path.
func (c *cluster) configFor(name, auth string) (string, error) {
	path := filepath.Join(c.dir, name+".kubeconfig")
	text := fmt.Sprintf(`apiVersion: v1
kind: Config
current-context: cluster
contexts: [{name: cluster, context: {cluster: cluster, user: %[1]s}}]
clusters: [{name: cluster, cluster: {server: %[2]q, certificate-authority: %[3]q}}]
users: [{name: %[1]s, user: {%[4]s}}]
`, filepath.Base(name), c.server, c.authority.path("ca", "crt"), auth)
	return path, os.WriteFile(path, []byte(text), 0o600)
}

// configWithCertificate is configFor a name and groups by a client certificate.
func (c *cluster) configWithCertificate(name string, groups ...string) (string, error) {
	cert, key, err := c.authority.issue(name, groups...)
	if err != nil {
		return "", err
	}
	return c.configFor(filepath.Base(name), fmt.Sprintf("client-certificate: %q, client-key: %q", cert, key))
}

// freePort returns a port of the loopback address that nobody uses. Another
// program may take it before its user does; a run that hits this fails and can be
// repeated.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer func() { _ = l.Close() }()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port), nil
}

// portOr returns the wanted port if it is free, and another one if it is not.
func portOr(wanted string) (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:"+wanted)
	if err != nil {
		return freePort()
	}
	return wanted, l.Close()
}
