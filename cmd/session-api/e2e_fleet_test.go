package main

import (
	"net/url"
	"testing"

	"session-api/store/dynamo/dynamotest"
)

// fleet is servers that share their sessions. Whoever asks it gets one after the
// other, as behind a load balancer.
type fleet struct {
	servers []*server
	turn    int
}

func fleetOf(servers ...*server) *fleet { return &fleet{servers: servers} }

// next returns the server whose turn it is.
func (f *fleet) next() *server {
	f.turn++
	return f.servers[f.turn%len(f.servers)]
}

// all walks the whole list at where, limit sessions a page and each page on the
// next server, and returns the sessions by id.
func (f *fleet) all(where, limit string) map[string]record {
	t := f.servers[0].t
	t.Helper()
	found := map[string]record{}
	query := "?limit=" + limit
	for {
		page := decode[list](t, f.next().call(200, "GET", where+query, ""))
		if page.SessionCount != len(page.Sessions) {
			t.Fatalf("sessionCount is %d beside %d sessions", page.SessionCount, len(page.Sessions))
		}
		for _, r := range page.Sessions {
			if _, twice := found[r.SessionID]; twice {
				t.Fatal("a session is listed twice")
			}
			found[r.SessionID] = r
		}
		if page.NextCursor == "" {
			return found
		}
		query = "?limit=" + limit + "&cursor=" + url.QueryEscape(page.NextCursor)
	}
}

// newFleet starts three servers on one new table. Nothing is shared among them
// but the table.
func newFleet(t *testing.T, variables ...string) *fleet {
	t.Helper()
	// Not the server of the environment, which may be Moto: that looks at a
	// condition and writes in two steps, so that two deletes can both win.
	c := cloudAt(t, dynamotest.Start(t, dynamotest.Dynoxide))
	c.makeTable(true)
	return fleetOf(c.serve(variables...), c.serve(variables...), c.serve(variables...))
}

func TestThreeServersOnOneTableAreOneService(t *testing.T) {
	t.Parallel()
	servers := newFleet(t)
	for i := range servers.servers { // each call on each of them
		servers.turn = i
		liveOn(t, servers)
	}
	listOn(t, servers)
}

func TestServersWithOneKeyShareTheirCursors(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.makeTable(true)
	keyFile := "CURSOR_KEY_FILE=" + fileWith(t, keyText)
	groups := []*fleet{fleetOf(c.serve(), c.serve()), fleetOf(c.serve(keyFile), c.serve(keyFile))}
	for range 4 {
		groups[0].next().create("ada", "1")
	}
	for i, group := range groups {
		for _, where := range []string{"/sessions", userPath("ada")} {
			begun := decode[list](t, group.next().call(200, "GET", where+"?limit=2", ""))
			onward := where + "?limit=2&cursor=" + url.QueryEscape(begun.NextCursor)
			rest := decode[list](t, group.next().call(200, "GET", onward, ""))
			if len(begun.Sessions) != 2 || len(rest.Sessions) != 2 || rest.Sessions[0].SessionID == begun.Sessions[0].SessionID {
				t.Errorf("%s goes on from %d sessions with %d", where, len(begun.Sessions), len(rest.Sessions))
			}
			groups[1-i].next().call(400, "GET", onward, "")
		}
	}
}
