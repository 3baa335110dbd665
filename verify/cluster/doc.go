// Command cluster owns the proof that deploy/ works on a cluster. It builds and
// starts a real control plane on the loopback address (etcd, API server,
// controller manager, scheduler), kro and KubeVela's controller, applies what an
// operator applies with the commands of docs/deploy.md, and checks what each of
// them prints. Every check is a claim with its evidence below it; the first that
// does not hold ends the run with exit code 1 and a sentence.
//
//	cd verify/cluster && go run .
//
// The programs come from the modules in kubernetes and kubevela, which pin them.
// The go command builds them once and keeps them in its cache; that takes some
// twenty minutes of processor time. They are two modules because KubeVela needs
// other libraries of Kubernetes than kro does.
//
// What stands in for what:
//
//   - kwok for kubelets: its node has no containers, and it says that every pod
//     runs. A session-api with the environment of a pod runs beside it, and kwok
//     leads "kubectl port-forward" and "kubectl logs" there.
//   - This command for ACK: it sends the spec of the Table, as kro made it, to a
//     DynamoDB server, and writes into the Table's status what ACK would. The
//     schema of the kind Table is that of verify/kro.
//   - Dynoxide for DynamoDB, and nothing for IAM.
//
// What it therefore does not show: that the image runs in a container, that ACK
// makes and adopts tables in AWS, and that a network plugin heeds the
// NetworkPolicy.
package main
