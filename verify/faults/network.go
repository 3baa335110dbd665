package main

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
)

// network is the way from the service to DynamoDB: a toxiproxy on a free port.
type network struct {
	proxy *toxiproxy.Proxy
}

// newNetwork returns a network that leads to the server at target, a URL without
// a path.
func newNetwork(target string) (*network, error) {
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	n := &network{proxy: toxiproxy.NewProxy(server, "dynamodb", "127.0.0.1:0", strings.TrimPrefix(target, "http://"))}
	if err := n.proxy.Start(); err != nil {
		return nil, err
	}
	return n, nil
}

func (n *network) url() string { return "http://" + n.proxy.Listen }

func (n *network) close() { n.proxy.Stop() }

// direction is a way through the network.
type direction string

// The words are toxiproxy's: requests go upstream, answers downstream.
const (
	requests direction = "upstream"
	answers  direction = "downstream"
)

// spoil puts a toxic into connections, those that are open too, and returns what
// takes it out. kind and its attributes are toxiproxy's.
func (n *network) spoil(d direction, kind string, attributes map[string]int) (mend func() error, err error) {
	toxic, err := json.Marshal(map[string]any{"type": kind, "stream": d, "toxicity": 1, "attributes": attributes})
	if err != nil {
		return nil, err
	}
	added, err := n.proxy.Toxics.AddToxicJson(strings.NewReader(string(toxic)))
	if err != nil {
		return nil, err
	}
	return func() error { return n.proxy.Toxics.RemoveToxic(context.Background(), added.Name) }, nil
}
