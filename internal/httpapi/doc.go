// Package httpapi serves the Session API over HTTP. It owns what only HTTP
// knows: routes, the JSON door, shapes of answers, status codes, problem
// documents, request ids, deadlines and the log line of an operation. Every rule
// about sessions belongs to session.Service, which it calls once a request.
//
// To find your way: routes.go lists what is served, api.go is what every
// request passes through, problem.go is the one place where an error becomes an
// answer.
package httpapi
