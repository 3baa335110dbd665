package clientaddr_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"session-api/internal/clientaddr"
)

// of returns the address of a request from peer with these lines of X-Forwarded-For.
func of(s *clientaddr.Resolver, peer string, lines ...string) string {
	r := httptest.NewRequest("GET", "/", nil)
	r.RemoteAddr = peer
	for _, line := range lines {
		r.Header.Add("X-Forwarded-For", line)
	}
	return s.Of(r).String()
}

func trusting(t testing.TB, networks string) *clientaddr.Resolver {
	t.Helper()
	parsed, err := clientaddr.ParseNetworks(networks)
	if err != nil {
		t.Fatal(err)
	}
	return clientaddr.New(parsed)
}

func TestAPeerThatIsNotTrustedIsTheClientWhateverItSays(t *testing.T) {
	t.Parallel()
	for _, s := range []*clientaddr.Resolver{nil, trusting(t, ""), trusting(t, "10.0.0.0/8, fd00::/8, 192.0.2.99")} {
		for peer, want := range map[string]string{
			"192.0.2.1:1234": "192.0.2.1", "[2001:db8::1]:1234": "2001:db8::1", "[::ffff:192.0.2.1]:1": "192.0.2.1", "[fe80::1%eth0]:1": "fe80::1",
		} {
			if got := of(s, peer, "198.51.100.7", "10.0.0.1"); got != want {
				t.Errorf("%s is %s, want %s", peer, got, want)
			}
		}
	}
	for _, peer := range []string{"", "@", "nonsense"} {
		if got := of(trusting(t, "0.0.0.0/0,::/0"), peer, "198.51.100.7"); got != "invalid IP" {
			t.Errorf("%q is %s", peer, got)
		}
	}
}

func TestATrustedPeerNamesTheClient(t *testing.T) {
	t.Parallel()
	s := trusting(t, "10.0.0.0/8,fd00::/8,203.0.113.5")
	for _, test := range []struct {
		peer, want string
		lines      []string
	}{
		{"10.0.0.1:9", "198.51.100.7", []string{"198.51.100.7"}},
		{"[::ffff:10.0.0.1]:9", "198.51.100.7", []string{"198.51.100.7"}},
		{"[fd00::1]:9", "2001:db8::7", []string{"2001:db8::7"}},
		{"203.0.113.5:9", "198.51.100.7", []string{"::ffff:198.51.100.7"}},
		// Several proxies, each of which appended its peer.
		{"10.0.0.1:9", "198.51.100.7", []string{"198.51.100.7, 10.0.0.3,10.0.0.2"}},
		{"10.0.0.1:9", "198.51.100.7", []string{"198.51.100.7", "203.0.113.5", "10.0.0.2"}},
		// With ports and brackets, as some proxies write them.
		{"10.0.0.1:9", "198.51.100.7", []string{"198.51.100.7:4711"}},
		{"10.0.0.1:9", "2001:db8::7", []string{"[2001:db8::7]:4711"}},
		{"10.0.0.1:9", "2001:db8::7", []string{"\t[2001:db8::7] "}},
		{"10.0.0.1:9", "fe80::7", []string{"fe80::7%eth0"}},
		// All are proxies of ours: the first of them called.
		{"10.0.0.1:9", "10.0.0.3", []string{"10.0.0.3, 10.0.0.2"}},
		{"10.0.0.1:9", "10.0.0.1", nil},
	} {
		if got := of(s, test.peer, test.lines...); got != test.want {
			t.Errorf("%s with %q is %s, want %s", test.peer, test.lines, got, test.want)
		}
	}
}

func TestWhatAClientWroteIntoTheHeaderDoesNotCount(t *testing.T) {
	t.Parallel()
	s := trusting(t, "10.0.0.0/8")
	for want, lines := range map[string][]string{
		"198.51.100.7": {"127.0.0.1, 192.0.2.1, 198.51.100.7"},
		"198.51.100.8": {"127.0.0.1", "10.0.0.9", "198.51.100.8, 10.0.0.2"},
		"198.51.100.9": {"10.0.0.5, 198.51.100.9"}, // it claims to be behind a proxy of ours
		// The proxy that wrote no address is the last that is known.
		"10.0.0.2": {"198.51.100.7, unknown, 10.0.0.2"},
		"10.0.0.3": {"198.51.100.7, , 10.0.0.3"},
		"10.0.0.1": {"198.51.100.7,"},
	} {
		if got := of(s, "10.0.0.1:9", lines...); got != want {
			t.Errorf("%q is %s, want %s", lines, got, want)
		}
	}
	for _, line := range []string{"", " ", "unknown", "_hidden", "198.51.100.7;", "198.51.100", "0x7f000001", "010.0.0.1", "[198.51.100.7", "a\x00b", "198.51.100.7:99999", `"198.51.100.7"`, "::1::"} {
		if got := of(s, "10.0.0.1:9", line); got != "10.0.0.1" {
			t.Errorf("%q is %s", line, got)
		}
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.RemoteAddr = "10.0.0.1:9"
	r.Header = http.Header{"Forwarded": {"for=198.51.100.7"}, "X-Real-Ip": {"198.51.100.7"}, "X-Client-Ip": {"198.51.100.7"}}
	if got := s.Of(r).String(); got != "10.0.0.1" {
		t.Errorf("other headers count: %s", got)
	}
}

func TestNetworksAreReadStrictly(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"": 0, "10.0.0.0/8": 1, "10.0.0.1": 1, "10.0.0.0/8, fd00::/8 ,::1": 3, "0.0.0.0/0": 1, "::ffff:10.0.0.1": 1} {
		if got, err := clientaddr.ParseNetworks(text); err != nil || len(got) != want {
			t.Errorf("%q is %v, %v", text, got, err)
		}
	}
	for _, text := range []string{" ", ",", "10.0.0.0/8,", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0", "localhost", "10.0.0.0/8;fd00::/8", "fe80::1%eth0", "::ffff:10.0.0.0/104", "*", "10.0.0.0/08"} {
		if got, err := clientaddr.ParseNetworks(text); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
}

// FuzzOf holds that nothing in the header makes a client out of what no trusted proxy
// wrote: what a trusted peer appends itself is always the answer.
func FuzzOf(f *testing.F) {
	for _, seed := range []string{"", "198.51.100.7", "10.0.0.9, [::1]:8", "unknown,,\x00", "fe80::1%x"} {
		f.Add(seed)
	}
	s := trusting(f, "10.0.0.0/8")
	f.Fuzz(func(t *testing.T, written string) {
		if got := of(s, "10.0.0.1:9", written+",203.0.113.77"); got != "203.0.113.77" {
			t.Errorf("%q before the client's address makes it %s", written, got)
		}
		if got := of(s, "10.0.0.1:9", written, "203.0.113.77, 10.3.2.1"); got != "203.0.113.77" {
			t.Errorf("%q in a line before makes it %s", written, got)
		}
		alone := of(s, "10.0.0.1:9", written)
		if addr, err := netip.ParseAddr(alone); err != nil || addr.Zone() != "" || addr.Is4In6() {
			t.Errorf("%q alone makes it %s", written, alone)
		}
	})
}

func FuzzParseNetworks(f *testing.F) {
	for _, seed := range []string{"10.0.0.0/8,::1", "::/0", ",", "1.2.3.4/32 , fd00::/8"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		networks, err := clientaddr.ParseNetworks(text)
		if err != nil || text == "" {
			return
		}
		if len(networks) != strings.Count(text, ",")+1 {
			t.Fatalf("%q became %v", text, networks)
		}
		for _, n := range networks {
			again, err := clientaddr.ParseNetworks(n.String())
			if err != nil || len(again) != 1 || again[0] != n {
				t.Errorf("%v of %q is read as %v, %v", n, text, again, err)
			}
		}
	})
}
