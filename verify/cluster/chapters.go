package main

import "strings"

const app = "deploy/kubevela/session-management-app.yaml"

// The commands of the guide, as they stand there.
const (
	velaStatus = "vela status session-management"
	getSimple  = "kubectl get simpledynamodb"
	getTable   = "kubectl get table.dynamodb.services.k8s.aws"
	getPods    = "kubectl get pods -l app.oam.dev/component=session-api"
	deployment = "kubectl get deployment session-api"
)

// well is how vela says whether something is healthy.
func well(healthy bool) string {
	if healthy {
		return "✅"
	}
	return "❌"
}

// strictly has every manifest looked at by the API server: unknown and repeated
// fields, types, names, defaults, admission, everything but the writing down.
func strictly(s *story) {
	const look = "kubectl apply --validate=strict --dry-run=server "
	for _, what := range []string{
		"-k deploy/kro", "-f deploy/kro/example.yaml", "-f " + app, "-f definitions/examples/session-management-app.yaml",
		"-k deploy/kubernetes/base", "-k deploy/kubernetes/table", "-k deploy/kubernetes/overlays/eks",
		"-k deploy/laptop/kubevela", "-k deploy/laptop/plain",
	} {
		s.shows("it finds nothing wrong with "+strings.Fields(what)[1], look+what, "(server dry run)", "!Warning", "!rror")
	}
	s.holds("the same look finds a misspelt field", func() error {
		return match(s.output("sh", "-c", "sed s/readinessProbe/readynessProbe/ deploy/kubernetes/base/deployment.yaml | "+look+"-f -"),
			[]string{fails, "readynessProbe"})
	})
}

// waits drives the Table through what may come before it is there.
func waits(s *story) {
	s.does(`kubectl create secret generic session-api --from-literal=cursor-key="$(openssl rand -hex 32)"`)
	s.does("kubectl apply -f " + app)
	s.shows("kro makes the Table; ACK has not looked at it yet", getTable, "user-sessions")
	s.shows("the application says that it waits", velaStatus, "Name: user-sessions", well(false), "waiting until ACK has made it")
	held(s)
	s.ackReports("CREATING", synced("False"))
	s.shows("while DynamoDB makes the table, it says so", velaStatus, "CREATING, waiting until ACK")
	s.shows("so does the instance", getSimple, "CREATING", "IN_PROGRESS")
	held(s)
	s.ackReports("", synced("False"), condition{Type: "ACK.Terminal", Status: "True", Message: "ValidationException: One or more parameter values were invalid"})
	s.shows("when ACK gives up, the application says why", velaStatus, "ACK has given up until the spec changes: ValidationException")
	held(s)
	s.ackReports("ACTIVE", synced("False"))
	s.shows("a table that is ACTIVE and still without TTL is not enough", velaStatus, "ACTIVE, waiting until ACK")
	held(s)
}

// held claims that the Deployment waits.
func held(s *story) {
	s.shows("the Deployment is held back", deployment, fails, "NotFound")
}

// serves lets the table become what was asked for.
func serves(s *story) {
	s.holds("the spec of the Table is a CreateTable that a DynamoDB server takes", s.ackCreates)
	s.ackReports("ACTIVE", synced("True"))
	s.shows("the application is healthy", velaStatus, "Name: user-sessions", "Name: session-api", "ACTIVE, "+arn, well(true), "!"+well(false))
	s.shows("the instance is ACTIVE", getSimple, "tenant-atlantis-user-sessions", "ACTIVE")
	s.shows("the Table is synced", getTable, "user-sessions", "ACTIVE", "True")
	s.shows("the pods run, under the profile \"restricted\", one in each zone",
		getPods+" -o wide", "1/1", "Running", "node-a", "node-b")
	s.shows("the autoscaler, the budget and the policy are there",
		"kubectl get hpa,pdb,networkpolicy,service,serviceaccount", "horizontalpodautoscaler.autoscaling/session-api",
		"poddisruptionbudget.policy/session-api", "networkpolicy.networking.k8s.io/session-api", "service/session-api", "serviceaccount/session-api")
}
