package table

import (
	"slices"
	"testing"
)

// actions returns what the calls on a stage need.
func (s *stage) actions() []string {
	var all []string
	for _, c := range s.calls {
		all = append(all, "dynamodb:"+c)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func TestTheActionsOfACommandAreTheCallsThatItMakes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		s    *stage
		run  func(*Admin) error
		want []string
	}{
		{"create", newStage(), func(a *Admin) error { return a.Create(t.Context(), CreateOptions{}) }, CreateActions},
		{"create with recovery", newStage(), func(a *Admin) error { return a.Create(t.Context(), CreateOptions{PointInTimeRecovery: true}) },
			slices.Concat(CreateActions, CreateRecoveryActions)},
		{"check", onStage(wellMade()), func(a *Admin) error { _, err := a.Check(t.Context()); return err }, CheckActions},
		{"upgrade", onStage(older()), func(a *Admin) error {
			_, err := a.Upgrade(t.Context(), UpgradeOptions{ScanRows: DefaultScanRows})
			return err
		}, UpgradeActions},
	} {
		if err := c.run(c.s.admin()); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		want := slices.Sorted(slices.Values(c.want))
		if got := c.s.actions(); !slices.Equal(got, want) {
			t.Errorf("%s needs %v; it says %v", c.name, got, want)
		}
	}
}

// TestNoTagsAreSentWhereNoneAreGiven matters because CreateTable needs another
// permission for them.
func TestNoTagsAreSentWhereNoneAreGiven(t *testing.T) {
	t.Parallel()
	if got := createInput("sessions", CreateOptions{}).Tags; got != nil {
		t.Errorf("without tags it sends %v", got)
	}
}
