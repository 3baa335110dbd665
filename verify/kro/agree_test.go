package kro

import (
	"bytes"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"session-api/store/dynamo"
)

// plain returns an object without what KubeVela puts on it to find it again.
func plain(t *testing.T, text []byte) map[string]any {
	t.Helper()
	var o map[string]any
	if err := yaml.Unmarshal(text, &o); err != nil {
		t.Fatal(err)
	}
	u := unstructured.Unstructured{Object: o}
	u.SetLabels(nil)
	u.SetNamespace("")
	u.SetAnnotations(withoutKubeVelas(u.GetAnnotations()))
	if labels, found, _ := unstructured.NestedStringMap(o, "spec", "template", "metadata", "labels"); found {
		maps.DeleteFunc(labels, func(name, _ string) bool { return name != "app.oam.dev/component" })
		if err := unstructured.SetNestedStringMap(o, labels, "spec", "template", "metadata", "labels"); err != nil {
			t.Fatal(err)
		}
	}
	return o
}

func withoutKubeVelas(annotations map[string]string) map[string]string {
	maps.DeleteFunc(annotations, func(name, _ string) bool { return strings.Contains(name, "oam.dev/") })
	if len(annotations) == 0 {
		return nil
	}
	return annotations
}

// alike fails t where two sets of objects differ in more than order and in what
// KubeVela adds.
func alike(t *testing.T, what string, some, others map[string][]byte) {
	t.Helper()
	if a, b := slices.Sorted(maps.Keys(some)), slices.Sorted(maps.Keys(others)); !slices.Equal(a, b) {
		t.Fatalf("%s: one has %v, the other %v", what, a, b)
	}
	for key := range some {
		a, b := plain(t, some[key]), plain(t, others[key])
		if !equality.Semantic.DeepEqual(a, b) {
			t.Errorf("%s: %s differs:\n%s", what, key, cmp.Diff(a, b))
		}
	}
}

func TestWithAndWithoutKubeVelaIsTheSame(t *testing.T) {
	t.Parallel()
	g := mustBuild(t)
	app := rendered(t, "session-management.yaml")
	instance := as[map[string]any](t, app, "SimpleDynamoDB user-sessions")
	table, err := tableOf(g, stored(t, g, *instance))
	if err != nil {
		t.Fatal(err)
	}
	delete(app, "SimpleDynamoDB user-sessions")
	if app["Table user-sessions"], err = yaml.Marshal(table); err != nil {
		t.Fatal(err)
	}
	alike(t, "the application and deploy/kubernetes/overlays/eks", app, kustomize(t, "deploy/kubernetes/overlays/eks"))
}

func TestOnALaptopWithAndWithoutKubeVelaIsTheSame(t *testing.T) {
	t.Parallel()
	app := rendered(t, "session-management-laptop.yaml")
	maps.Copy(app, kustomize(t, "deploy/laptop/emulator"))
	alike(t, "deploy/laptop/kubevela and deploy/laptop/plain", app, kustomize(t, "deploy/laptop/plain"))
}

func TestTheSeedsPathLeadsToTheApplication(t *testing.T) {
	t.Parallel()
	if !bytes.Equal(read(t, "definitions/examples/session-management-app.yaml"), read(t, "deploy/kubevela/session-management-app.yaml")) {
		t.Error("definitions/examples has another application than deploy/kubevela")
	}
}

// TestTheTableHasTheNamesThatTheProgramKnows compares with the program's own
// constants; that the program is content with the table is shown elsewhere.
func TestTheTableHasTheNamesThatTheProgramKnows(t *testing.T) {
	t.Parallel()
	c, err := callsFor(object(t, "deploy/kubernetes/table/table.yaml")["spec"].(map[string]any))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, k := range c.create.KeySchema {
		found = append(found, fmt.Sprint("table ", *k.AttributeName, " ", k.KeyType))
	}
	for _, ix := range c.create.GlobalSecondaryIndexes {
		for _, k := range ix.KeySchema {
			found = append(found, fmt.Sprint(*ix.IndexName, " ", *k.AttributeName, " ", k.KeyType))
		}
	}
	found = append(found, "ttl "+*c.ttl.AttributeName)
	want := []string{
		"table " + dynamo.AttributeID + " HASH",
		dynamo.IndexName + " " + dynamo.AttributeUserID + " HASH",
		dynamo.IndexName + " " + dynamo.AttributeCreatedAt + " RANGE",
		"ttl " + dynamo.AttributeTTL,
	}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Error(diff)
	}
}

// option matches a row of the reference of options.
var option = regexp.MustCompile("(?m)^\\| `([A-Z_]+)` \\| `--[a-z-]+` \\| (?:`([^`]*)`)?")

// options returns the variables that the program knows, with their defaults.
func options(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, m := range option.FindAllStringSubmatch(string(read(t, "docs/configuration.md")), -1) {
		all[m[1]] = m[2]
	}
	if all["PORT"] == "" || all["DYNAMODB_TABLE_NAME"] == "" {
		t.Fatalf("the reference is read wrongly: %v", all)
	}
	return all
}

func environment(c corev1.Container) map[string]string {
	env := map[string]string{}
	for _, v := range c.Env {
		env[v.Name] = v.Value
	}
	return env
}

func TestTheContainersOptionsAreTheProgramsOwn(t *testing.T) {
	t.Parallel()
	known := options(t)
	for source, objects := range sources(t) {
		env := environment(container(t, deployment(t, objects, "session-api")))
		for name := range env {
			// The SDK's own are no options of the program.
			if _, ok := known[name]; !ok && !slices.Contains([]string{"AWS_ENDPOINT_URL_DYNAMODB", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}, name) {
				t.Errorf("%s sets %s, which the program does not know", source, name)
			}
		}
		// One name and one region, in the container, the table and the program.
		for name, want := range map[string]string{
			"SESSION_STORE": "dynamodb", "HOST": "0.0.0.0", "PORT": known["PORT"], "SHUTDOWN_GRACE": known["SHUTDOWN_GRACE"],
			"DYNAMODB_TABLE_NAME": known["DYNAMODB_TABLE_NAME"], "AWS_REGION": known["AWS_REGION"],
		} {
			if env[name] != want {
				t.Errorf("%s: %s is %q, not %q", source, name, env[name], want)
			}
		}
	}
	table := unstructured.Unstructured{Object: object(t, "deploy/kubernetes/table/table.yaml")}
	name, _, _ := unstructured.NestedString(table.Object, "spec", "tableName")
	region := table.GetAnnotations()["services.k8s.aws/region"]
	if name != known["DYNAMODB_TABLE_NAME"] || region != known["AWS_REGION"] {
		t.Errorf("the table is %s in %s; the program's are %s in %s", name, region, known["DYNAMODB_TABLE_NAME"], known["AWS_REGION"])
	}
}

func TestTheLaptopsJobMakesTheTableThatIsServed(t *testing.T) {
	t.Parallel()
	objects := kustomize(t, "deploy/laptop/plain")
	job := as[batchv1.Job](t, objects, "Job user-sessions").Spec.Template.Spec.Containers[0]
	service := container(t, deployment(t, objects, "session-api"))
	if job.Image != service.Image || !slices.Equal(job.Args, []string{"table", "create"}) {
		t.Errorf("it runs %s %v; the service is %s", job.Image, job.Args, service.Image)
	}
	served := environment(service)
	for name, value := range environment(job) {
		if served[name] != value {
			t.Errorf("%s is %q for the job and %q for the service", name, value, served[name])
		}
	}
	emulator := as[corev1.Service](t, objects, "Service dynamodb")
	endpoint := fmt.Sprintf("http://%s:%d", emulator.Name, emulator.Spec.Ports[0].Port)
	policy := as[networkingv1.NetworkPolicy](t, objects, "NetworkPolicy session-api").Spec.Egress[1]
	if served["AWS_ENDPOINT_URL_DYNAMODB"] != endpoint || policy.Ports[0].Port.IntVal != emulator.Spec.Ports[0].Port ||
		!maps.Equal(policy.To[0].PodSelector.MatchLabels, emulator.Spec.Selector) {
		t.Errorf("the emulator is at %s; the service calls %s and may call %+v", endpoint, served["AWS_ENDPOINT_URL_DYNAMODB"], policy)
	}
}

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
			if file != "" || pod.Volumes != nil || pod.Containers[0].VolumeMounts != nil {
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
