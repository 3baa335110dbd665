package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"
)

// The releases install with Helm. Helm is not needed for what is taken of their
// charts here: the definitions of KubeVela, and the permissions of kro.

// kroValues are what "helm install kro --namespace kro-system --set
// rbac.mode=aggregation" has for the templates of the permissions.
var kroValues = map[string]any{
	"Values":  map[string]any{"rbac": map[string]any{"mode": "aggregation"}, "serviceAccount": map[string]any{"name": "kro"}},
	"Release": map[string]any{"Name": "kro", "Namespace": "kro-system", "Service": "Helm"},
	"Chart":   map[string]any{"Name": "kro", "Version": "0", "AppVersion": "0"},
}

// kroPermissions renders the roles that kro's chart gives to kro.
func kroPermissions(chart string) (string, error) {
	t := template.New("")
	// The helpers compute names and labels only, so they are said here.
	t.Funcs(template.FuncMap{
		"include": func(name string, _ any) string {
			if strings.HasSuffix(name, "labels") {
				return "app.kubernetes.io/name: kro"
			}
			return "kro"
		},
		"nindent": func(n int, text string) string { return "\n" + strings.Repeat(" ", n) + text },
	})
	var out bytes.Buffer
	for _, name := range []string{"cluster-role.yaml", "cluster-role-binding.yaml"} {
		text, err := os.ReadFile(filepath.Join(chart, "templates", name))
		if err != nil {
			return "", err
		}
		parsed, err := t.New(name).Parse(string(text))
		if err != nil {
			return "", err
		}
		if err := parsed.Execute(&out, kroValues); err != nil {
			return "", fmt.Errorf("%s of kro's chart cannot be rendered: %w", name, err)
		}
		out.WriteString("\n---\n")
	}
	return out.String(), nil
}

// velaDefinitions writes the definitions of KubeVela's chart into dir.
func velaDefinitions(chart, dir string) error {
	files, err := filepath.Glob(filepath.Join(chart, "templates", "defwithtemplate", "*.yaml"))
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return fmt.Errorf("there are no definitions in %s", chart)
	}
	// Their one expression says where they go; everything else is CUE.
	const namespace = `{{ include "systemDefinitionNamespace" . }}`
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		rendered := strings.ReplaceAll(string(text), namespace, "vela-system")
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(file)), []byte(rendered), 0o600); err != nil {
			return err
		}
	}
	return nil
}
