package kro

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
)

func TestPortsAndProbesAgree(t *testing.T) {
	t.Parallel()
	api := string(read(t, "api/openapi.yaml"))
	for source, objects := range sources(t) {
		c := container(t, deployment(t, objects, "session-api"))
		service := as[corev1.Service](t, objects, "Service session-api")
		policy := as[networkingv1.NetworkPolicy](t, objects, "NetworkPolicy session-api")
		ports := map[string]int{
			"the container's":       int(c.Ports[0].ContainerPort),
			"the service's":         int(service.Spec.Ports[0].Port),
			"the service's target":  service.Spec.Ports[0].TargetPort.IntValue(),
			"the liveness probe's":  c.LivenessProbe.HTTPGet.Port.IntValue(),
			"the readiness probe's": c.ReadinessProbe.HTTPGet.Port.IntValue(),
			"the network policy's":  policy.Spec.Ingress[0].Ports[0].Port.IntValue(),
		}
		for whose, port := range ports {
			if fmt.Sprint(port) != environment(c)["PORT"] {
				t.Errorf("%s: %s port is %d", source, whose, port)
			}
		}
		for probe, path := range map[string]string{"/health": c.LivenessProbe.HTTPGet.Path, "/ready": c.ReadinessProbe.HTTPGet.Path} {
			if path != probe || !strings.Contains(api, "\n  "+path+":\n") {
				t.Errorf("%s: a probe asks %s, which should be %s and in the contract", source, path, probe)
			}
		}
		if service.Spec.Selector["app.oam.dev/component"] != "session-api" || len(service.Spec.Selector) != 1 {
			t.Errorf("%s: the service selects %v", source, service.Spec.Selector)
		}
	}
}

func TestAPodHasTheTimeThatAStopTakes(t *testing.T) {
	t.Parallel()
	// What the process may need beyond SHUTDOWN_GRACE, to close the engine and end.
	const slack = 10 * time.Second
	for source, objects := range sources(t) {
		d := deployment(t, objects, "session-api")
		env := environment(container(t, d))
		grace, err := time.ParseDuration(env["SHUTDOWN_GRACE"])
		if err != nil {
			t.Fatal(err)
		}
		delay, err := time.ParseDuration(env["SHUTDOWN_DELAY"])
		if err != nil {
			t.Fatal(err)
		}
		given := time.Duration(*d.Spec.Template.Spec.TerminationGracePeriodSeconds) * time.Second
		if given < grace+slack || delay >= grace {
			t.Errorf("%s: a stop takes %v to wait and %v in all, and the pod is given %v", source, delay, grace, given)
		}
	}
}

func TestAPodHasNoRightThatItDoesNotNeed(t *testing.T) {
	t.Parallel()
	for source, objects := range sources(t) {
		pod := deployment(t, objects, "session-api").Spec.Template.Spec
		c := pod.Containers[0].SecurityContext
		switch {
		case !*pod.SecurityContext.RunAsNonRoot, *pod.SecurityContext.RunAsUser == 0, *c.RunAsUser == 0, !*c.RunAsNonRoot:
			t.Errorf("%s: it may be root", source)
		case pod.SecurityContext.SeccompProfile.Type != corev1.SeccompProfileTypeRuntimeDefault:
			t.Errorf("%s: it may make any system call", source)
		case *c.AllowPrivilegeEscalation, *c.Privileged, !*c.ReadOnlyRootFilesystem:
			t.Errorf("%s: it has %+v", source, c)
		case !slices.Equal(c.Capabilities.Drop, []corev1.Capability{"ALL"}), c.Capabilities.Add != nil:
			t.Errorf("%s: it has the capabilities %+v", source, c.Capabilities)
		case *pod.AutomountServiceAccountToken, pod.ServiceAccountName != "session-api":
			t.Errorf("%s: its account is %s", source, pod.ServiceAccountName)
		case pod.HostNetwork, pod.HostPID, pod.HostIPC:
			t.Errorf("%s: it shares a namespace with its node", source)
		}
		policy := as[networkingv1.NetworkPolicy](t, objects, "NetworkPolicy session-api").Spec
		for _, rule := range policy.Ingress {
			if len(rule.From) == 0 || len(rule.Ports) == 0 {
				t.Errorf("%s: everybody may call it", source)
			}
			for _, peer := range rule.From {
				if peer.PodSelector == nil || len(peer.PodSelector.MatchLabels) == 0 {
					t.Errorf("%s: whoever is in %v may call it", source, peer.NamespaceSelector)
				}
			}
		}
		for _, rule := range policy.Egress {
			if len(rule.To) == 0 || len(rule.Ports) == 0 {
				t.Errorf("%s: it may call everybody", source)
			}
		}
		if len(policy.PolicyTypes) != 2 {
			t.Errorf("%s: the policy is about %v", source, policy.PolicyTypes)
		}
	}
}

// TestTheKeyOfCursorsIsWhereTheProgramLooks: the file is the secret's key, in the
// directory where the secret is mounted. On a laptop there is none of the three.
func TestTheKeyOfCursorsIsWhereTheProgramLooks(t *testing.T) {
	t.Parallel()
	for source, objects := range sources(t) {
		pod := deployment(t, objects, "session-api").Spec.Template.Spec
		file := environment(pod.Containers[0])["CURSOR_KEY_FILE"]
		if strings.Contains(source, "laptop") {
			if file != "" || len(pod.Volumes)+len(pod.Containers[0].VolumeMounts) > 0 {
				t.Errorf("%s: it has the key %q and the volumes %v", source, file, pod.Volumes)
			}
			continue
		}
		mount := pod.Containers[0].VolumeMounts[0]
		if mount.MountPath != filepath.Dir(file) || mount.Name != pod.Volumes[0].Name {
			t.Errorf("%s: the program reads %s, and the mount is %+v", source, file, mount)
		}
		if s := pod.Volumes[0].Secret; s.SecretName != "session-api" || *s.DefaultMode != 0o444 {
			t.Errorf("%s: the volume is %+v", source, s)
		}
		for _, manifest := range []string{"deploy/kubevela/session-management-app.yaml", "deploy/kubernetes/base/kustomization.yaml"} {
			made := `kubectl create secret generic session-api --from-literal=` + filepath.Base(file) + "="
			if !strings.Contains(string(read(t, manifest)), made) {
				t.Errorf("%s does not say how the secret is made: %s…", manifest, made)
			}
		}
	}
}

// TestNothingSetsTheNumberOfPodsButTheAutoscaler: a second one would set it back.
func TestNothingSetsTheNumberOfPodsButTheAutoscaler(t *testing.T) {
	t.Parallel()
	for source, objects := range sources(t) {
		if n := deployment(t, objects, "session-api").Spec.Replicas; n != nil {
			t.Errorf("%s sets it to %d", source, *n)
		}
	}
}

// TestTheImagesUserIsThePods matters because the pod's security context wins: an
// image whose files belong to another user could not be read.
func TestTheImagesUserIsThePods(t *testing.T) {
	t.Parallel()
	user := regexp.MustCompile(`(?m)^USER (\d+)`).FindSubmatch(read(t, "Dockerfile"))
	if user == nil {
		t.Fatal("the image's user is no number, so runAsNonRoot could not be checked")
	}
	for source, objects := range sources(t) {
		if got := *deployment(t, objects, "session-api").Spec.Template.Spec.SecurityContext.RunAsUser; fmt.Sprint(got) != string(user[1]) {
			t.Errorf("%s runs as %d, the image as %s", source, got, user[1])
		}
	}
}
