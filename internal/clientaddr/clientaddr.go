// Package clientaddr owns the question from where a request comes: from the peer of its
// connection or, where that is a proxy of the operator's own, from the address that the
// proxy names. What the address is used for is not its business.
//
// Only X-Forwarded-For is read. A proxy appends to the one header that it knows and
// passes on any other as the client wrote it, so whoever believed Forwarded (RFC 7239)
// too would believe the client.
package clientaddr

import (
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// header is X-Forwarded-For, as net/http spells it.
const header = "X-Forwarded-For"

// Resolver finds the addresses of clients. It is safe for concurrent use. A nil Resolver
// trusts no proxy.
type Resolver struct{ trusted []netip.Prefix }

// New returns a Resolver that believes the proxies in these networks.
func New(trusted []netip.Prefix) *Resolver { return &Resolver{trusted: slices.Clone(trusted)} }

// ParseNetworks reads networks in the form of CIDR, such as 10.0.0.0/8, or addresses,
// with commas between them; "" is none. A network must be written with its first
// address, so that a slip of the pen opens no door. The error names the part that is wrong.
func ParseNetworks(text string) ([]netip.Prefix, error) {
	if text == "" {
		return nil, nil
	}
	var out []netip.Prefix
	for part := range strings.SplitSeq(text, ",") {
		network, ok := parseNetwork(strings.TrimSpace(part))
		if !ok {
			return nil, fmt.Errorf("%q is no network", part)
		}
		out = append(out, network)
	}
	return out, nil
}

func parseNetwork(text string) (netip.Prefix, bool) {
	if addr, err := netip.ParseAddr(text); err == nil {
		addr = addr.Unmap()
		return netip.PrefixFrom(addr, addr.BitLen()), addr.Zone() == ""
	}
	// A mapped IPv4 network would hold no address, as addresses are unmapped first.
	network, err := netip.ParsePrefix(text)
	return network, err == nil && network == network.Masked() && !network.Addr().Is4In6()
}

// Of returns the address from which r comes. It is not valid if the peer's is none, as
// in tests.
//
// The header is read from its end, which the nearest proxy wrote. What stands before an
// address that is no trusted proxy's was written by a client, and may say anything.
func (s *Resolver) Of(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	client := clean(peer.Addr())
	if s == nil || !s.trusts(client) {
		return client
	}
	lines := r.Header[header]
	for i := len(lines) - 1; i >= 0; i-- {
		for rest := lines[i]; ; {
			before, last, more := cutLast(rest)
			hop, ok := parseHop(strings.Trim(last, " \t"))
			if !ok {
				return client // of the proxy that wrote something else than an address
			}
			if client = hop; !s.trusts(client) {
				return client
			}
			if !more {
				break
			}
			rest = before
		}
	}
	return client
}

func (s *Resolver) trusts(addr netip.Addr) bool {
	for _, network := range s.trusted {
		if network.Contains(addr) {
			return true
		}
	}
	return false
}

// cutLast cuts a list at its last comma.
func cutLast(list string) (before, last string, more bool) {
	if at := strings.LastIndexByte(list, ','); at >= 0 {
		return list[:at], list[at+1:], true
	}
	return "", list, false
}

// parseHop reads an address, which some proxies write with a port.
func parseHop(text string) (netip.Addr, bool) {
	if inner, ok := strings.CutPrefix(text, "["); ok {
		if inner, ok = strings.CutSuffix(inner, "]"); ok {
			text = inner
		}
	}
	addr, err := netip.ParseAddr(text)
	if err != nil {
		with, err := netip.ParseAddrPort(text)
		return clean(with.Addr()), err == nil
	}
	return clean(addr), true
}

// clean returns addr in the one form in which it is compared.
func clean(addr netip.Addr) netip.Addr { return addr.Unmap().WithZone("") }
