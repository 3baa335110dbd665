package main

import (
	"fmt"
	"net/http"
	"path/filepath"
)

// controllers are those of kube-controller-manager that something here needs.
const controllers = "deployment-controller,replicaset-controller,job-controller,endpointslice-controller," +
	"serviceaccount-controller,clusterrole-aggregation-controller,horizontal-pod-autoscaler-controller," +
	"disruption-controller,garbage-collector-controller,namespace-controller,root-ca-certificate-publisher-controller"

// plane starts the control plane of Kubernetes.
func plane(s *story) {
	s.holds("a control plane starts: etcd, API server, controller manager, scheduler", func() error {
		etcd, err := startEtcd(s)
		if err != nil {
			return err
		}
		if err := startAPIServer(s, etcd); err != nil {
			return err
		}
		return startControllers(s)
	})
	s.shows("it answers", "kubectl version", "Server Version")
}

func startEtcd(s *story) (url string, err error) {
	client, err := freePort()
	if err != nil {
		return "", err
	}
	peer, err := freePort()
	if err != nil {
		return "", err
	}
	url = "http://127.0.0.1:" + client
	peers := "http://127.0.0.1:" + peer
	if _, err := s.start("etcd", nil, "--data-dir", filepath.Join(s.dir, "etcd"),
		"--listen-client-urls", url, "--advertise-client-urls", url,
		"--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers, "--initial-cluster", "default="+peers,
		"--unsafe-no-fsync", // what is lost with the machine's power was only a test
		"--log-level", "error"); err != nil {
		return "", err
	}
	return url, s.await(func() error { return healthy(url + "/health") })
}

func healthy(url string) error {
	answer, err := http.Get(url)
	if err != nil {
		return err
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", url, answer.Status)
	}
	return nil
}

func startAPIServer(s *story, etcd string) error {
	port, err := freePort()
	if err != nil {
		return err
	}
	s.server = "https://127.0.0.1:" + port
	cert, key, err := s.authority.issue("kube-apiserver", "verify-cluster")
	if err != nil {
		return err
	}
	if s.kubeconfig, err = s.configWithCertificate("admin", "system:masters"); err != nil {
		return err
	}
	if _, err := s.start("kube-apiserver", nil,
		"--etcd-servers", etcd, "--bind-address", "127.0.0.1", "--advertise-address", "127.0.0.1", "--secure-port", port,
		"--client-ca-file", s.authority.path("ca", "crt"), "--tls-cert-file", cert, "--tls-private-key-file", key,
		"--kubelet-client-certificate", cert, "--kubelet-client-key", key,
		"--kubelet-preferred-address-types", "InternalIP", // nobody resolves the nodes' names
		"--service-account-issuer", "https://kubernetes.default.svc", "--service-account-key-file", key,
		"--service-account-signing-key-file", key, "--service-cluster-ip-range", "10.96.0.0/16",
		"--authorization-mode", "RBAC",
		"--endpoint-reconciler-type", "none", // it refuses a loopback address
		// New nodes would be tainted until the controller that watches heartbeats has
		// seen one. That controller is not here: on a busy machine it would evict pods.
		"--disable-admission-plugins", "TaintNodesByCondition"); err != nil {
		return err
	}
	return s.await(func() error { return match(s.output("kubectl", "get", "--raw", "/readyz"), []string{"ok"}) })
}

func startControllers(s *story) error {
	manager, err := s.configWithCertificate("system:kube-controller-manager")
	if err != nil {
		return err
	}
	scheduler, err := s.configWithCertificate("system:kube-scheduler")
	if err != nil {
		return err
	}
	// Both listen on loopback and on no port that is known before.
	common := []string{"--bind-address", "127.0.0.1", "--secure-port", "0", "--leader-elect=false"}
	if _, err := s.start("kube-controller-manager", nil, append(common, "--kubeconfig", manager,
		"--controllers", controllers, "--use-service-account-credentials",
		"--service-account-private-key-file", s.authority.path("kube-apiserver", "key"),
		"--root-ca-file", s.authority.path("ca", "crt"))...); err != nil {
		return err
	}
	if _, err := s.start("kube-scheduler", nil, append(common, "--kubeconfig", scheduler)...); err != nil {
		return err
	}
	// The account without which no pod is admitted is made by a controller.
	return s.await(func() error {
		return match(s.output("kubectl", "get", "serviceaccount", "default"), []string{"default"})
	})
}
