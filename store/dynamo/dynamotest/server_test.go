package dynamotest

import (
	"strings"
	"testing"
)

// environment returns a getenv of these variables.
func environment(vars map[string]string) func(string) string {
	return func(name string) string { return vars[name] }
}

func TestTheEnvironmentChoosesTheServer(t *testing.T) {
	t.Parallel()
	const given = "http://127.0.0.1:8000"
	for _, c := range []struct {
		name, endpointVar, serverVar string
		server                       Server
		endpoint                     string
	}{
		{name: "nothing set is the default", server: Dynoxide},
		{name: "a name is that server", serverVar: "moto", server: Moto},
		{name: "an endpoint goes before a name", endpointVar: given, serverVar: "moto", server: External, endpoint: given},
		{name: "a slash at the end is dropped", endpointVar: given + "/", server: External, endpoint: given},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server, endpoint, err := choose(environment(map[string]string{EndpointVariable: c.endpointVar, ServerVariable: c.serverVar}))
			if err != nil || server != c.server || endpoint != c.endpoint {
				t.Errorf("got %s at %q, %v; want %s at %q", server, endpoint, err, c.server, c.endpoint)
			}
		})
	}
}

func TestABadEnvironmentIsRefusedWithItsNameAndWhatIsAllowed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ variable, value, says string }{
		{ServerVariable, "oracle", "dynoxide, moto, dynalite"},
		{EndpointVariable, "localhost:8000", "http://127.0.0.1:8000"},
		{EndpointVariable, "http://", "http://127.0.0.1:8000"},
	} {
		_, _, err := choose(environment(map[string]string{c.variable: c.value}))
		if err == nil {
			t.Errorf("%s=%s is accepted", c.variable, c.value)
			continue
		}
		for _, part := range []string{c.variable, c.value, c.says} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("the error does not say %q: %v", part, err)
			}
		}
	}
}

func TestEveryServerHasARecipe(t *testing.T) {
	t.Parallel()
	for _, s := range Servers() {
		if r, ok := recipes[s]; !ok || r.remedy == "" {
			t.Errorf("%s has no recipe, or none that says what to install", s)
		}
	}
}
