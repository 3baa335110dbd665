package main

import (
	"reflect"
	"testing"

	"session-api/internal/config"
	"session-api/store/dynamo/table"
)

// tableArgs reads the command line of a table command.
func tableArgs(t *testing.T, args ...string) tableCommands {
	t.Helper()
	var g grammar
	parser, err := config.NewParser(&g, func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(append([]string{"table"}, args...)); err != nil {
		t.Fatal(err)
	}
	return g.Table
}

func TestTheFlagsOfTableCreateReachTheTable(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		args []string
		want table.CreateOptions
	}{
		{nil, table.CreateOptions{Tags: map[string]string{}}},
		{[]string{"--deletion-protection"}, table.CreateOptions{DeletionProtection: true, Tags: map[string]string{}}},
		{[]string{"--point-in-time-recovery"}, table.CreateOptions{PointInTimeRecovery: true, Tags: map[string]string{}}},
		{[]string{"--tag=a=b=c", "--tag", "d="}, table.CreateOptions{Tags: map[string]string{"a": "b=c", "d": ""}}},
	} {
		c := tableArgs(t, append([]string{"create"}, test.args...)...)
		if got, err := c.createOptions(); err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%v: got %+v, %v; want %+v", test.args, got, err, test.want)
		}
	}
}

func TestTheFlagsOfTableUpgradeReachTheTable(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		args []string
		want table.UpgradeOptions
	}{
		{nil, table.UpgradeOptions{ScanRows: table.DefaultScanRows}},
		{[]string{"--dry-run", "--scan-rows=0"}, table.UpgradeOptions{DryRun: true}},
		{[]string{"--accept-misfits", "--scan-rows=-1"}, table.UpgradeOptions{AcceptMisfits: true, ScanRows: table.AllRows}},
	} {
		c := tableArgs(t, append([]string{"upgrade"}, test.args...)...)
		if got := c.upgradeOptions(); got != test.want {
			t.Errorf("%v: got %+v, want %+v", test.args, got, test.want)
		}
	}
}
