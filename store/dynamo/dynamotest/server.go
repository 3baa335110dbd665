package dynamotest

import (
	"fmt"
	"net/url"
	"strings"
)

// The environment variables that this package reads.
const (
	// EndpointVariable names a server that runs already, as a URL.
	EndpointVariable = "DYNAMODB_TEST_ENDPOINT"
	// ServerVariable chooses the server that Shared starts.
	ServerVariable = "DYNAMODB_TEST_SERVER"
)

// Server is the name of a DynamoDB-compatible server.
type Server string

// The servers. A test that one of them cannot pass excludes it by name, with the
// reason beside the exclusion.
const (
	// Dynoxide is the default: one native binary on SQLite.
	Dynoxide Server = "dynoxide"
	// Moto is a Python server that simulates many AWS services.
	Moto Server = "moto"
	// Dynalite is a Node server on LevelDB.
	Dynalite Server = "dynalite"
	// External is whatever EndpointVariable names; it cannot be started.
	External Server = "external"
)

// Servers returns the servers that can be installed and started, the default
// first.
func Servers() []Server { return []Server{Dynoxide, Moto, Dynalite} }

// Named returns the server with that name; "" gives the default. It returns an
// error that lists the names for any other.
func Named(name string) (Server, error) {
	if name == "" {
		return Dynoxide, nil
	}
	names := make([]string, 0, len(Servers()))
	for _, s := range Servers() {
		if string(s) == name {
			return s, nil
		}
		names = append(names, string(s))
	}
	return "", fmt.Errorf("no DynamoDB test server is named %q; there are %s", name, strings.Join(names, ", "))
}

// choose applies the rule of the package comment to an environment. endpoint is
// "" where a server has to be started.
func choose(getenv func(string) string) (s Server, endpoint string, err error) {
	if endpoint, err = givenEndpoint(getenv); endpoint != "" || err != nil {
		return External, endpoint, err
	}
	if s, err = Named(getenv(ServerVariable)); err != nil {
		return "", "", fmt.Errorf("%s: %w", ServerVariable, err)
	}
	return s, "", nil
}

// givenEndpoint returns the URL of EndpointVariable without a slash at its end,
// "" if it is not set.
func givenEndpoint(getenv func(string) string) (string, error) {
	given := getenv(EndpointVariable)
	if given == "" {
		return "", nil
	}
	u, err := url.Parse(given)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return "", fmt.Errorf("%s must be a URL such as http://127.0.0.1:8000; it is %q", EndpointVariable, given)
	}
	return strings.TrimRight(given, "/"), nil
}
