package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// platform starts Kubernetes and what a cluster needs once.
func platform(s *story) {
	plane(s)
	s.holds("the kinds of KubeVela, of kro and of ACK are there", func() error { return kinds(s) })
	s.holds("kro starts, with the permissions of its chart in rbac.mode=aggregation and no others", func() error { return startKro(s) })
	s.holds("KubeVela's controller starts, with the definitions of its chart", func() error { return startVela(s) })
	s.holds("two nodes in two zones are there (kwok: no containers)", func() error { return startNodes(s) })
	s.does("kubectl apply -k deploy/kro")
	s.shows("kro takes the definition, and with it makes the kind SimpleDynamoDB",
		"kubectl get resourcegraphdefinition simpledynamodb", "Active")
	s.does("vela def apply deploy/kubevela/definitions/aws-dynamodb-simple-kro.cue")
	s.shows("KubeVela knows the component", "kubectl get componentdefinition -n vela-system aws-dynamodb-simple-kro", "aws-dynamodb-simple-kro")
}

// restricted labels a namespace with the strictest profile there is: pods that may
// too much are not admitted.
const restricted = "pod-security.kubernetes.io/enforce=restricted"

// kinds installs the custom resource definitions of the releases.
func kinds(s *story) error {
	var err error
	if s.kro, err = moduleDir(s.ctx, "kubernetes", "github.com/kubernetes-sigs/kro"); err != nil {
		return err
	}
	if s.vela, err = moduleDir(s.ctx, "kubevela", "github.com/oam-dev/kubevela"); err != nil {
		return err
	}
	s.quietly("kubectl", "apply", "--server-side", "-f", filepath.Join(s.vela, "charts/vela-core/crds"),
		"-f", filepath.Join(s.kro, "helm/crds"), "-f", "verify/kro/testdata/tables.crd.yaml")
	s.quietly("kubectl", "wait", "--for=condition=Established", "--timeout=60s", "crd", "--all")
	s.quietly("kubectl", "create", "namespace", "vela-system")
	s.quietly("kubectl", "create", "namespace", "kro-system")
	s.quietly("kubectl", "label", "namespace", "default", restricted, "pod-security.kubernetes.io/warn=restricted")
	return s.err
}

// startKro starts kro as an account that may do what its chart says: what more it
// needs must be in deploy/kro.
func startKro(s *story) error {
	permissions, err := kroPermissions(filepath.Join(s.kro, "helm"))
	if err != nil {
		return err
	}
	file := filepath.Join(s.dir, "kro-permissions.yaml")
	if err := os.WriteFile(file, []byte(permissions), 0o600); err != nil {
		return err
	}
	s.quietly("kubectl", "create", "serviceaccount", "kro", "-n", "kro-system")
	s.quietly("kubectl", "apply", "-f", file)
	token := s.quietly("kubectl", "create", "token", "kro", "-n", "kro-system", "--duration=6h")
	if s.err != nil {
		return s.err
	}
	config, err := s.configFor("kro", fmt.Sprintf("token: %q", token))
	if err != nil {
		return err
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	if _, err := s.start("kro", []string{"KUBECONFIG=" + config},
		"--metrics-bind-address=0", "--health-probe-bind-address=127.0.0.1:"+port); err != nil {
		return err
	}
	return s.await(func() error { return healthy("http://127.0.0.1:" + port + "/readyz") })
}

func startVela(s *story) error {
	definitions := filepath.Join(s.dir, "definitions")
	if err := os.Mkdir(definitions, 0o700); err != nil {
		return err
	}
	if err := velaDefinitions(filepath.Join(s.vela, "charts/vela-core"), definitions); err != nil {
		return err
	}
	s.quietly("kubectl", "apply", "--server-side", "-f", definitions)
	port, err := freePort()
	if err != nil {
		return err
	}
	if _, err := s.start("vela-core", nil, "--metrics-addr=0", "--health-addr=127.0.0.1:"+port,
		"--system-definition-namespace=vela-system", "--use-webhook=false",
		// Its chart's values are five minutes and one: how long it may take until it
		// looks at an application again that runs, or waits.
		"--application-re-sync-period=5s", "--max-workflow-wait-backoff-time=2"); err != nil {
		return err
	}
	return s.await(func() error { return healthy("http://127.0.0.1:" + port + "/readyz") })
}
