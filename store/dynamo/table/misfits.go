package table

import (
	"context"
	"fmt"
)

// misfitFilter finds the rows that misfit finds, but for values that are too
// long: whether the function size counts bytes is not written down.
const misfitFilter = "(attribute_exists(" + attrUserID + ") AND NOT attribute_type(" + attrUserID + ", :s)) OR " + attrUserID + " = :e OR " +
	"(attribute_exists(" + attrCreatedAt + ") AND NOT attribute_type(" + attrCreatedAt + ", :s)) OR " + attrCreatedAt + " = :e"

// misfitValues are the values of misfitFilter.
const misfitValues = `{":s":{"S":"S"},":e":{"S":""}}`

// lookAtRows warns of rows that an index would lock. It returns an error, so
// that nothing is changed, if there are some and o does not accept them.
func (a *Admin) lookAtRows(ctx context.Context, o UpgradeOptions) (Rows, error) {
	if o.ScanRows == 0 {
		return Rows{}, nil
	}
	a.tell("Looking at rows: a userId or createdAt that cannot be an index key would lock its row.")
	r, err := a.scanRows(ctx, o.ScanRows)
	if err != nil {
		return r, err
	}
	a.tell("  %s", r.summary())
	for _, example := range r.Examples {
		a.tell("  %s", example)
	}
	if r.Misfits == 0 {
		return r, nil
	}
	a.tell("  They are listed by: %s", a.place().listMisfits())
	if o.AcceptMisfits || o.DryRun {
		return r, nil
	}
	return r, failf(nil, "nothing was changed: once the index is there AWS refuses every write to the rows that do not fit it (%d of those looked at), "+
		"also writes of other programs; mend or delete these rows first, or accept that with --accept-misfits", r.Misfits)
}

// summary is the result in one line.
func (r Rows) summary() string {
	extent := "there are more"
	if r.All {
		extent = "all there are"
	}
	s := fmt.Sprintf("rows looked at: %d (%s); locked by the index: %d", r.Looked, extent, r.Misfits)
	if r.Unlisted > 0 {
		s += fmt.Sprintf("; without userId or createdAt, so in no user's list: %d", r.Unlisted)
	}
	return s
}

// listMisfits returns the command that lists the rows. It shows their whole ids,
// which this program never does.
func (p place) listMisfits() string {
	return p.aws("scan", "--projection-expression", attrID+", "+attrUserID+", "+attrCreatedAt,
		"--filter-expression", misfitFilter, "--expression-attribute-values", misfitValues)
}
