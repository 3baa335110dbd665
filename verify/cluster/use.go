package main

import (
	"fmt"
	"regexp"
	"strings"
)

var sessionID = regexp.MustCompile(`"sessionId":\s*"([^"]+)"`)

// reaches makes a session from outside the cluster, as a developer does. The
// port-forward ends with the chapter.
func reaches(s *story) {
	s.holds("session-api starts with the environment of the pod and finds the table", func() error { return startService(s) })
	address, end := forward(s)
	defer end()
	s.shows("it is healthy", "curl -s "+address+"/health", "healthy")
	s.shows("it is ready: the table serves", "curl -s "+address+"/ready", "ready")
	made := s.shows("it makes a session", fmt.Sprintf(`curl -s -X POST %s/sessions -H "Content-Type: application/json" -d '{"userId": "user123", "data": {"theme": "dark"}}'`, address), "session-user123-")
	id := sessionID.FindStringSubmatch(made)
	if s.err != nil || id == nil {
		s.fail("no session id is in %s", made)
		return
	}
	s.shows("it has the session", "curl -s "+address+"/sessions/"+id[1], id[1], "dark")
	s.shows("its user's list has it, found by the index", "curl -s "+address+"/sessions/user/user123", id[1])
}

// trouble is the three cases of the guide.
func trouble(s *story) {
	s.shows("what the pods log can be read", "kubectl logs -l app.oam.dev/component=session-api --prefix --tail=20", "tenant-atlantis-user-sessions in us-west-2")
	s.holds("the program's own look at the table finds TTL on the attribute ttl", func() error {
		out := s.withPodEnvironment("table", "check")
		fmt.Printf("       $ session-api table check\n%s", indent(out))
		return match(out, []string{"All is well."})
	})
	s.ackReports("ACTIVE", synced("False"), condition{Type: "ACK.Recoverable", Status: "True",
		Message: "AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/ack is not authorized to perform: dynamodb:DescribeTable"})
	s.shows("when ACK loses its permissions, the application says so", velaStatus, "ACK goes on trying: AccessDeniedException", well(false))
	s.shows("the Table has the reason", getTable+" user-sessions -o yaml", "ACK.Recoverable", "AccessDeniedException")
	s.shows("the pods go on serving", getPods, "Running")
	s.ackReports("ACTIVE", synced("True"))
	s.shows("it heals by itself", velaStatus, well(true), "!"+well(false), "!goes on trying")
	s.holds("without DynamoDB the service says 503 at /ready", func() error {
		s.dynamo.Stop()
		return s.await(func() error {
			err := healthy("http://127.0.0.1:" + s.servicePort + "/ready")
			if err != nil && strings.Contains(err.Error(), "503") {
				return nil
			}
			return fmt.Errorf("it does not: %v", err)
		})
	})
	s.shows("and its log says why", "kubectl logs -l app.oam.dev/component=session-api --tail=1", "refused")
}

const (
	image    = "kubectl get deployment session-api -o jsonpath={.spec.template.spec.containers[0].image}"
	rollout  = "kubectl rollout status deployment/session-api --timeout=60s"
	upgraded = "sed 's/session-api:v1.0.0/session-api:v1.0.1/' " + app + " | kubectl apply -f -"
)

func upgrade(s *story) {
	s.does(upgraded)
	s.shows("KubeVela rolls out the new image", image, "session-api:v1.0.1")
	s.shows("every pod is replaced", rollout, "successfully rolled out")
	s.shows("the number of pods is still the autoscaler's", deployment, "2/2")
	s.does("kubectl apply -f " + app)
	s.shows("the manifest of before takes it back", image, "session-api:v1.0.0")
	s.shows("every pod is replaced again", rollout, "successfully rolled out")
}

// goes ends the application and brings it back. What ACK does with the table in
// AWS then is up to the annotations that are checked here.
func goes(s *story) {
	s.shows("ACK is told to keep the table, and to take over one that is there", getTable+" user-sessions -o jsonpath={.metadata.annotations}",
		`"services.k8s.aws/deletion-policy":"retain"`, `"services.k8s.aws/adoption-policy":"adopt-or-create"`,
		`{\"tableName\": \"tenant-atlantis-user-sessions\"}`)
	s.does("kubectl delete -f " + app)
	s.shows("nothing of it is left in the cluster", "kubectl get deployment,service,hpa,pdb,networkpolicy,simpledynamodb,"+table+" -o name", "!session-api", "!user-sessions")
	s.does("kubectl apply -f " + app)
	s.shows("the same Table comes back", getTable, "user-sessions")
	s.ackReports("ACTIVE", synced("True")) // adopted
	s.shows("with it the application is healthy again", velaStatus, "Name: session-api", "ACTIVE, "+arn, well(true), "!"+well(false))
}

// variants are the other ways to deploy, each in a namespace of its own that
// admits no pod that may too much.
func variants(s *story) {
	for _, v := range []struct{ namespace, what string }{
		{"eks", "deploy/kubernetes/overlays/eks"}, {"laptop", "deploy/laptop/kubevela"}, {"plain", "deploy/laptop/plain"},
	} {
		s.quietly("kubectl", "create", "namespace", v.namespace)
		s.quietly("kubectl", "label", "namespace", v.namespace, restricted)
		s.does("kubectl apply -n " + v.namespace + " -k " + v.what)
		s.shows("the pods of "+v.what+" run", getPods+" -n "+v.namespace, "Running")
	}
	s.shows("the laptop's application is healthy", velaStatus+" -n laptop", "Name: session-api", well(true), "!"+well(false))
	s.shows("the laptop's Job is done", "kubectl get job user-sessions -n plain", "1/1")
}
