package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"session-api/internal/httpapi"
	"session-api/store/dynamo/dynamotest"
	"session-api/store/dynamo/faultproxy"
	"session-api/verify/program"
)

// The users of the measurement and how many sessions they have. Their ids are of
// one length, and so are their sessions' ids.
const (
	many, manySessions = "user-00250", 250
	few, fewSessions   = "user-00020", 20
	one                = "user-00001"
	held               = "user-00002" // by the limit for each user
	ended              = "user-00003"
)

// pageLimit is how many sessions a list page is asked for: the API's default.
const pageLimit = 100

// dataSizes are the sizes of data that are measured, in bytes of JSON. The first
// is one whose item, with all that is stored beside the data, stays within 1 KB
// even after an update.
var dataSizes = []int{800, 1 << 10, 10 << 10}

// size is what was measured with data of one size.
type size struct {
	data int
	// created are the bytes of an item, updated and touched those after its first
	// update and after its first activity; entry are those of an index entry.
	created, updated, touched, entry int
	costs                            []cost
	// unasked are routes of the API that have no cost here.
	unasked []httpapi.Route
}

// cost is what one call of the API consumed.
type cost struct {
	apiCall
	answer   string
	measured reading
}

// measure measures all sizes on a server of its own. Dynoxide is taken whatever
// the environment says: it counts as AWS does (docs/adr/0010), others do not.
func measure(ctx context.Context) ([]size, error) {
	server, err := dynamotest.Launch(ctx, dynamotest.Dynoxide)
	if err != nil {
		return nil, err
	}
	defer server.Stop()
	proxy, err := faultproxy.New(server.Endpoint)
	if err != nil {
		return nil, err
	}
	defer proxy.Close()
	m := &meter{}
	proxy.Add(faultproxy.Rule{Fault: m.fault})
	if err := program.UseEndpoint(proxy.URL()); err != nil {
		return nil, err
	}
	var sizes []size
	for _, data := range dataSizes {
		s, err := measureSize(ctx, m, data)
		if err != nil {
			return nil, fmt.Errorf("with data of %d bytes: %w", data, err)
		}
		sizes = append(sizes, s)
	}
	return sizes, nil
}

func measureSize(ctx context.Context, m *meter, data int) (size, error) {
	svc, err := openService(ctx, fmt.Sprintf("cost-%d", data))
	if err != nil {
		return size{}, err
	}
	defer svc.close()
	b := &bench{service: svc, meter: m, data: dataOf(data), size: size{data: data}}
	if err := b.learnSizes(ctx); err != nil {
		return size{}, err
	}
	if err := errors.Join(b.fill(ctx, many, manySessions), b.fill(ctx, few, fewSessions)); err != nil {
		return size{}, err
	}
	svc.asked = map[httpapi.Route]bool{}
	for _, c := range b.calls() {
		if err := b.measure(ctx, c); err != nil {
			return size{}, fmt.Errorf("%s: %w", c.name, err)
		}
	}
	b.size.unasked = svc.unasked()
	return b.size, nil
}

// dataOf returns a JSON object of that many bytes.
func dataOf(bytes int) string {
	const frame = `{"cart":""}`
	return frame[:len(frame)-2] + strings.Repeat("x", bytes-len(frame)) + frame[len(frame)-2:]
}

// bench is the measurement of one size.
type bench struct {
	*service
	meter *meter
	data  string
	older olderCosts
	size  size
}

// learnSizes makes sessions and looks what is stored of them, and what becomes of
// it by a touch and by an update.
func (b *bench) learnSizes(ctx context.Context) error {
	path, err := b.quiet(ctx)
	if err != nil {
		return err
	}
	if _, err := b.ask(ctx, b.strong, "POST", path+"/touch", ""); err != nil {
		return err
	}
	if b.size.touched, err = b.meter.last().size(); err != nil {
		return err
	}
	id, err := b.create(ctx, one, b.data)
	if err != nil {
		return err
	}
	first := b.meter.last()
	if b.size.created, err = first.size(); err != nil {
		return err
	}
	if b.size.entry, err = first.entry().size(); err != nil {
		return err
	}
	if b.older, err = newOlderCosts(first); err != nil {
		return err
	}
	if _, err := b.ask(ctx, b.strong, "PUT", "/sessions/"+id, `{"data":`+b.data+`}`); err != nil {
		return err
	}
	if b.size.updated, err = b.meter.last().size(); err != nil {
		return err
	}
	_, err = b.ask(ctx, b.strong, "DELETE", "/sessions/"+id, "")
	return err
}

// fill makes n sessions of the user.
func (b *bench) fill(ctx context.Context, user string, n int) error {
	for range n {
		if _, err := b.create(ctx, user, b.data); err != nil {
			return err
		}
	}
	return nil
}

// measure makes one call of the API and adds its cost.
func (b *bench) measure(ctx context.Context, c apiCall) error {
	do, err := c.prepare(ctx)
	if err != nil {
		return err
	}
	b.meter.read() // what preparing consumed
	said, err := do()
	if err != nil {
		return err
	}
	r := b.meter.read()
	b.size.costs = append(b.size.costs, cost{c, said, r})
	return r.err
}

// faults returns an error for each cost that is not as it should be.
func faults(sizes []size) error {
	var all []error
	for _, s := range sizes {
		if len(s.unasked) > 0 {
			all = append(all, fmt.Errorf("no cost is measured of %v: add it to calls.go", s.unasked))
		}
		for _, c := range s.costs {
			if err := c.fault(); err != nil {
				all = append(all, fmt.Errorf("%s with data of %d bytes: %w", c.name, s.data, err))
			}
		}
	}
	return errors.Join(all...)
}

func (c cost) fault() error {
	switch {
	case c.answer != c.want:
		return fmt.Errorf("the answer is %q; want %q", c.answer, c.want)
	case c.measured.text() != c.backend:
		return fmt.Errorf("it makes the backend calls %s; want %s", c.measured.text(), c.backend)
	case c.measured.units != c.rule && !(c.measured.untold && c.measured.units.read() == c.rule.read()):
		return fmt.Errorf("it consumed %+v; AWS's rules say %+v", c.measured.units, c.rule)
	}
	return nil
}
