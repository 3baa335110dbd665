package main

import (
	"context"
	"errors"
	"time"

	"session-api/store/dynamo/faultproxy"
)

// rig is a service on a table of its own, and all that stands between them.
type rig struct {
	table   *table
	ledger  *ledger
	faults  *faultproxy.Proxy
	network *network
	service *service
}

// newRig puts a rig together, from the table on.
func (l *lab) newRig(ctx context.Context, requestTimeout time.Duration) (r *rig, err error) {
	r = &rig{}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.close())
		}
	}()
	r.table = newTable(l.backend.Endpoint)
	if err := r.table.create(ctx); err != nil {
		return r, err
	}
	if r.ledger, err = newLedger(l.backend.Endpoint); err != nil {
		return r, err
	}
	if r.faults, err = faultproxy.New(r.ledger.proxy.URL()); err != nil {
		return r, err
	}
	if r.network, err = newNetwork(r.faults.URL()); err != nil {
		return r, err
	}
	r.service, err = startService(ctx, l.program, r.network.url(), r.table.name, requestTimeout)
	return r, err
}

// close ends everything, the service first. The error is what the service had to
// say that it must never say.
func (r *rig) close() (err error) {
	if r.service != nil {
		err = r.service.Stop()
	}
	if r.network != nil {
		r.network.close()
	}
	if r.faults != nil {
		r.faults.Close()
	}
	if r.ledger != nil {
		r.ledger.proxy.Close()
	}
	if r.table != nil {
		r.table.drop()
	}
	return err
}
