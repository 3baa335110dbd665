package table

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// UpgradeOptions say how far an upgrade goes.
type UpgradeOptions struct {
	// DryRun changes nothing: it tells what would be done. Rows are looked at.
	DryRun bool
	// ScanRows is how many rows are looked at, before an index is added, for
	// values that it would lock (see Rows). 0 looks at none, AllRows at all.
	ScanRows int
	// AcceptMisfits adds the index although such rows were found.
	AcceptMisfits bool
}

// Upgraded is what an upgrade did.
type Upgraded struct {
	// Steps are what was done, or with DryRun what would be. There are none for a
	// table that is as it should be.
	Steps []string
	// Rows is what was seen of the rows.
	Rows Rows
}

// Upgrade adds the index and the time-to-live setting to a table that lacks
// them, while it serves, and returns when the index is filled. It does nothing
// to a table that has both. It may be interrupted and run again at any time: it
// goes on from what it finds.
//
// It refuses, before any change, a table that it cannot make right: one with
// other keys, with an index of the same name and other keys, or with another
// attribute as its time to live.
func (a *Admin) Upgrade(ctx context.Context, o UpgradeOptions) (Upgraded, error) {
	s, err := a.settled(ctx, o.DryRun)
	if err != nil {
		return Upgraded{}, err
	}
	steps := plan(s)
	if len(steps) == 0 {
		a.tell("The table %s in %s has its index and its time-to-live setting: there is nothing to do.", a.Table, a.Region)
		return Upgraded{}, nil
	}
	done := Upgraded{}
	if index(s.table) == nil {
		if done.Rows, err = a.lookAtRows(ctx, o); err != nil {
			return done, err
		}
	}
	for _, step := range steps {
		if o.DryRun {
			a.tell("Would %s.", step.text)
		} else if err := a.run(ctx, step); err != nil {
			return done, err
		}
		done.Steps = append(done.Steps, step.text)
	}
	if !o.DryRun {
		a.tell("The table %s is up to date.", a.Table)
	}
	return done, nil
}

// settled returns the state of a table that Upgrade can go on from. It waits for
// a table that is still being made, as a half-done Create leaves it.
func (a *Admin) settled(ctx context.Context, dryRun bool) (state, error) {
	t, err := a.describe(ctx)
	if err != nil {
		return state{}, err
	}
	if t.TableStatus == types.TableStatusCreating && !dryRun {
		a.tell("The table %s in %s is still being made.", a.Table, a.Region)
		if err := a.awaitTable(ctx); err != nil {
			return state{}, err
		}
		if t, err = a.describe(ctx); err != nil {
			return state{}, err
		}
	}
	s := state{table: t, ttl: a.describeTTL(ctx)}
	return s, refusal(a.place(), s)
}

func (a *Admin) run(ctx context.Context, s step) error {
	a.tell("%s.", strings.ToUpper(s.text[:1])+s.text[1:])
	return s.run(a, ctx)
}
