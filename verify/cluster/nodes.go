package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// nodes are two, so that pods can be spread. What a zone is called does not
// matter.
const nodes = `
{apiVersion: v1, kind: Node, metadata: {name: node-a, labels: {kubernetes.io/hostname: node-a, topology.kubernetes.io/zone: us-west-2a}}}
---
{apiVersion: v1, kind: Node, metadata: {name: node-b, labels: {kubernetes.io/hostname: node-b, topology.kubernetes.io/zone: us-west-2b}}}
`

// beside leads what a client wants of the pods in the namespace default to a
// program on this machine: connections to port 8080, and the log.
const beside = `
apiVersion: kwok.x-k8s.io/v1alpha1
kind: ClusterPortForward
metadata: {name: session-api}
spec:
  selector: {matchNamespaces: [default]}
  forwards: [{ports: [8080], target: {address: 127.0.0.1, port: %s}}]
---
apiVersion: kwok.x-k8s.io/v1alpha1
kind: ClusterLogs
metadata: {name: session-api}
spec:
  selector: {matchNamespaces: [default]}
  logs: [{containers: [session-api], logsFile: %q}]
`

// startNodes starts kwok, which is kubelet to the API server: it says that nodes
// are ready and that pods run, and serves port-forward and logs.
func startNodes(s *story) (err error) {
	if s.servicePort, err = freePort(); err != nil {
		return err
	}
	s.serviceLog = filepath.Join(s.dir, "pod.log")
	config := filepath.Join(s.dir, "kwok.yaml")
	if err := os.WriteFile(config, fmt.Appendf(nil, beside, s.servicePort, s.serviceLog), 0o600); err != nil {
		return err
	}
	kwok, err := moduleDir(s.ctx, "kubernetes", "sigs.k8s.io/kwok")
	if err != nil {
		return err
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	cert, key, err := s.authority.issue("kwok")
	if err != nil {
		return err
	}
	args := []string{"--kubeconfig", s.kubeconfig, "--manage-all-nodes", "--config", config,
		"--server-address", "127.0.0.1:" + port, "--node-ip", "127.0.0.1", "--node-port", port,
		"--tls-cert-file", cert, "--tls-private-key-file", key}
	for _, stage := range []string{"node/fast/node-initialize", "pod/fast/pod-ready", "pod/fast/pod-complete", "pod/fast/pod-delete"} {
		args = append(args, "--config", filepath.Join(kwok, "kustomize/stage", stage+".yaml"))
	}
	if _, err := s.start("kwok", nil, args...); err != nil {
		return err
	}
	file := filepath.Join(s.dir, "nodes.yaml")
	if err := os.WriteFile(file, []byte(nodes), 0o600); err != nil {
		return err
	}
	s.quietly("kubectl", "apply", "-f", file)
	s.quietly("kubectl", "wait", "--for=condition=Ready", "--timeout=60s", "node", "--all")
	return s.err
}
