package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// startService runs session-api in the place of the container: with the
// environment of a pod, as the API server has it, and the key in the pod's secret.
func startService(s *story) (err error) {
	if s.serviceEnv, err = environment(s); err != nil {
		return err
	}
	file, err := os.Create(s.serviceLog)
	if err != nil {
		return err
	}
	if _, err := s.startInto(&podLog{file: file}, s.serviceLog, "session-api", s.serviceEnv); err != nil {
		return err
	}
	return s.await(func() error { return healthy("http://127.0.0.1:" + s.servicePort + "/ready") })
}

// environment returns the variables of the first pod's container, but for what
// only a container can have: its own address, its volume, and a role for AWS.
func environment(s *story) ([]string, error) {
	var pods struct {
		Items []struct {
			Spec struct {
				Containers []struct {
					Env []struct{ Name, Value string }
				}
			}
		}
	}
	text := s.output("kubectl", "get", "pods", "-l", "app.oam.dev/component=session-api", "-o", "json")
	if err := json.Unmarshal([]byte(text), &pods); err != nil || len(pods.Items) == 0 || len(pods.Items[0].Spec.Containers) != 1 {
		return nil, fmt.Errorf("there is no pod with one container (%v):\n%s", err, text)
	}
	key, err := base64.StdEncoding.DecodeString(s.output("kubectl", "get", "secret", "session-api", "-o", "jsonpath={.data.cursor-key}"))
	if err != nil {
		return nil, fmt.Errorf("the secret has no cursor-key: %w", err)
	}
	file := filepath.Join(s.dir, "cursor-key")
	if err := os.WriteFile(file, key, 0o600); err != nil {
		return nil, err
	}
	instead := map[string]string{"HOST": "127.0.0.1", "PORT": s.servicePort, "CURSOR_KEY_FILE": file}
	env := []string{"AWS_ENDPOINT_URL_DYNAMODB=" + s.dynamo.Endpoint, "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test"}
	for _, v := range pods.Items[0].Spec.Containers[0].Env {
		if other, ok := instead[v.Name]; ok {
			v.Value = other
		}
		env = append(env, v.Name+"="+v.Value)
	}
	return env, nil
}

// withPodEnvironment runs the program once with what the pods have.
func (s *story) withPodEnvironment(args ...string) string {
	cmd := exec.CommandContext(s.ctx, s.programs["session-api"], args...)
	cmd.Dir, cmd.Env = s.dir, s.serviceEnv
	return combined(cmd)
}

// podLog writes lines as a container runtime does, which is how a kubelet, and
// kwok, read them.
type podLog struct {
	file io.WriteCloser
	rest []byte
}

func (l *podLog) Write(text []byte) (int, error) {
	l.rest = append(l.rest, text...)
	for {
		line, rest, found := bytes.Cut(l.rest, []byte("\n"))
		if !found {
			return len(text), nil
		}
		if _, err := fmt.Fprintf(l.file, "%s stderr F %s\n", time.Now().UTC().Format(time.RFC3339Nano), line); err != nil {
			return 0, err
		}
		l.rest = rest
	}
}

func (l *podLog) Close() error { return l.file.Close() }

// forward runs "kubectl port-forward" until the returned function is called, and
// returns where it listens: 8080 as in the guide, unless that is taken here.
func forward(s *story) (address string, end func()) {
	port, err := portOr("8080")
	if err != nil {
		s.fail("there is no free port: %w", err)
		return "", func() {}
	}
	var p *process
	s.comes("kubectl port-forward reaches it through the API server", func() error {
		if p != nil {
			s.cluster.end(p)
		}
		if p, err = s.start("kubectl", nil, "port-forward", "svc/session-api", port+":8080"); err != nil {
			return err
		}
		url := "http://127.0.0.1:" + port
		return s.await(func() error { return healthy(url + "/health") })
	})
	if s.err != nil {
		return "", func() {}
	}
	fmt.Printf("       $ kubectl port-forward svc/session-api %s:8080\n%s", port, indent(lastWords(p.log)))
	return "http://localhost:" + port, func() { s.cluster.end(p) }
}
