package kro

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"sigs.k8s.io/yaml"
)

// withTokens are the base's objects with the component that asks who calls.
func withTokens(t *testing.T) map[string][]byte {
	t.Helper()
	return kustomize(t, "verify/kro/testdata/tokens")
}

func TestTheComponentForTokensFitsTheBase(t *testing.T) {
	t.Parallel()
	objects := withTokens(t)
	known := options(t)
	d := deployment(t, objects, "session-api")
	c := container(t, d)
	env := environment(c)
	for name := range env {
		if _, ok := known[name]; !ok {
			t.Errorf("it sets %s, which the program does not know", name)
		}
	}
	if _, ok := env["ALLOW_UNAUTHENTICATED"]; ok || env["AUTH_MODE"] != "jwt" || env["CURSOR_KEY_FILE"] == "" {
		t.Errorf("its variables are %v", env)
	}
	for _, name := range []string{"JWT_JWKS_CA_FILE", "JWT_JWKS_TOKEN_FILE", "CALLERS_FILE", "CURSOR_KEY_FILE"} {
		if !mounted(d.Spec.Template.Spec, c, env[name]) {
			t.Errorf("%s is %s, which no volume holds", name, env[name])
		}
	}
	if as[corev1.ConfigMap](t, objects, "ConfigMap session-api-callers").Data["callers.json"] == "" {
		t.Error("there is no callers.json")
	}
	if got := len(as[networkingv1.NetworkPolicy](t, objects, "NetworkPolicy session-api").Spec.Egress); got != 3 {
		t.Errorf("there are %d rules for what it calls", got)
	}
}

// mounted reports whether a container has a volume that can hold file.
func mounted(pod corev1.PodSpec, c corev1.Container, file string) bool {
	for _, m := range c.VolumeMounts {
		name, below := strings.CutPrefix(file, m.MountPath+"/")
		if below && slices.ContainsFunc(pod.Volumes, func(v corev1.Volume) bool { return v.Name == m.Name && holds(v, name) }) {
			return true
		}
	}
	return false
}

func holds(v corev1.Volume, name string) bool {
	if v.Projected == nil {
		return v.ConfigMap != nil || v.Secret != nil // whose keys are the names
	}
	return slices.ContainsFunc(v.Projected.Sources, func(s corev1.VolumeProjection) bool {
		if s.ServiceAccountToken != nil {
			return s.ServiceAccountToken.Path == name
		}
		return slices.ContainsFunc(s.ConfigMap.Items, func(i corev1.KeyToPath) bool { return i.Path == name })
	})
}

// TestTheEnvironmentForTokensServes starts the program with the variables of the
// component: without an API server it waits for the keys of tokens, and says so.
func TestTheEnvironmentForTokensServes(t *testing.T) {
	t.Parallel()
	objects := withTokens(t)
	c := container(t, deployment(t, objects, "session-api"))
	var file corev1.ConfigMap
	if err := yaml.Unmarshal(objects["ConfigMap session-api-callers"], &file); err != nil {
		t.Fatal(err)
	}
	callers := filepath.Join(t.TempDir(), "callers.json")
	if err := os.WriteFile(callers, []byte(file.Data["callers.json"]), 0o600); err != nil {
		t.Fatal(err)
	}
	all := slices.DeleteFunc(variables(t, c), func(v string) bool {
		return strings.HasPrefix(v, "SESSION_STORE=") || strings.HasPrefix(v, "CALLERS_FILE=") || strings.HasPrefix(v, "JWT_JWKS_URL=")
	})
	// Nobody listens on this port of the loopback address (IANA: tcpmux).
	s := serve(t, append(all, "SESSION_STORE=memory", "CALLERS_FILE="+callers, "JWT_JWKS_URL=https://127.0.0.1:1/openid/v1/jwks"))
	for path, want := range map[string]int{"/health": http.StatusOK, "/ready": http.StatusServiceUnavailable, "/sessions/x": http.StatusUnauthorized} {
		answer, err := http.Get("http://" + s.addr + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("%s answers %s", path, answer.Status)
		}
	}
	if err := s.stop(t); err != nil {
		t.Errorf("after SIGTERM it ends with %v", err)
	}
}
