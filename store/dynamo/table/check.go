package table

import (
	"context"
	"errors"
)

// Check looks at every property of the table and changes nothing. It returns an
// error only if nothing could be looked at for a reason that lies outside the
// table (no network, bad credentials): a missing table and a call that is denied
// are findings.
func (a *Admin) Check(ctx context.Context) (Report, error) {
	r := Report{Table: a.Table, Region: a.Region}
	t, err := a.describe(ctx)
	switch {
	case code(err) == codeNotFound:
		r.Findings = []Finding{missing(a.place())}
		return r, nil
	case code(err) == codeDenied:
		r.Findings = []Finding{unseen("table", "ACTIVE", err)}
		return r, nil
	case err != nil:
		return Report{}, err
	}
	s := state{table: t, ttl: a.describeTTL(ctx), recovery: a.describeRecovery(ctx)}
	if err := errors.Join(s.ttl.err, s.recovery.err); err != nil && ctx.Err() != nil {
		return Report{}, err
	}
	r.Findings = compare(a.place(), s)
	return r, nil
}
