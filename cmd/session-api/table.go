package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"session-api/internal/config"
	"session-api/store/dynamo/table"
)

// tableCommands are the commands that set up the table of the dynamodb engine.
// Serving needs none of the permissions that they need.
type tableCommands struct {
	Create struct {
		config.Table
		DeletionProtection  bool     `name:"deletion-protection" cli:"only" help:"Have DynamoDB refuse to delete the table until this is switched off."`
		PointInTimeRecovery bool     `name:"point-in-time-recovery" cli:"only" help:"Have DynamoDB keep what restores the table as it was at any second of the last 35 days. It is charged by size."`
		Tags                []string `name:"tag" type:"tag" cli:"only" unset:"none" help:"A tag of the table, for billing and access rules. It may be given several times."`
	} `cmd:"" help:"Make the table with its index and its time-to-live setting, and wait until it serves. A table that is there is never touched."`

	Check struct {
		config.Table
		JSON bool `name:"json" cli:"only" help:"Write the findings as JSON."`
	} `cmd:"" help:"Compare the table with what it should be: each property as found and as expected, and the command that mends it. Exit 1 if something is wrong; nothing is changed."`

	Upgrade struct {
		config.Table
		DryRun        bool `name:"dry-run" cli:"only" help:"Only tell what would be done."`
		ScanRows      int  `name:"scan-rows" type:"whole" cli:"only" default:"100000" min:"-1" max:"2000000000" help:"How many rows are looked at, before an index is added, for values that would lock their row: 0 for none, -1 for all."`
		AcceptMisfits bool `name:"accept-misfits" cli:"only" help:"Add the index although such rows were found."`
	} `cmd:"" help:"Add the index and the time-to-live setting to a table that lacks them, while it serves, and wait until the index is filled. It may be interrupted and run again."`
}

// run does what command, one of "table …", asks for. A signal ends it in good
// order: DynamoDB goes on with what has begun, and the error says so.
func (c *tableCommands) run(command string, out io.Writer, signals <-chan os.Signal) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		select {
		case <-signals:
			cancel()
		case <-ctx.Done():
		}
	}()
	switch command {
	case "table create":
		return c.create(ctx, out)
	case "table check":
		return c.check(ctx, out)
	case "table upgrade":
		return c.upgrade(ctx, out)
	}
	return fmt.Errorf("the command %q is not wired", command)
}

func (c *tableCommands) create(ctx context.Context, out io.Writer) error {
	o, err := c.createOptions()
	if err != nil {
		return err
	}
	admin, err := connect(ctx, c.Create.Table, out)
	if err != nil {
		return err
	}
	return admin.Create(ctx, o)
}

func (c *tableCommands) createOptions() (table.CreateOptions, error) {
	o := table.CreateOptions{
		DeletionProtection:  c.Create.DeletionProtection,
		PointInTimeRecovery: c.Create.PointInTimeRecovery,
		Tags:                map[string]string{},
	}
	for _, tag := range c.Create.Tags {
		name, value, _ := strings.Cut(tag, "=")
		if _, twice := o.Tags[name]; twice {
			return o, usageError{fmt.Errorf("--tag names %q twice", name)}
		}
		o.Tags[name] = value
	}
	return o, nil
}

func (c *tableCommands) check(ctx context.Context, out io.Writer) error {
	admin, err := connect(ctx, c.Check.Table, nil)
	if err != nil {
		return err
	}
	report, err := admin.Check(ctx)
	if err != nil {
		return err
	}
	write := report.WriteText
	if c.Check.JSON {
		write = report.WriteJSON
	}
	if err := write(out); err != nil {
		return err
	}
	return report.Err()
}

func (c *tableCommands) upgrade(ctx context.Context, out io.Writer) error {
	admin, err := connect(ctx, c.Upgrade.Table, out)
	if err != nil {
		return err
	}
	_, err = admin.Upgrade(ctx, c.upgradeOptions())
	return err
}

func (c *tableCommands) upgradeOptions() table.UpgradeOptions {
	return table.UpgradeOptions{
		DryRun:        c.Upgrade.DryRun,
		ScanRows:      c.Upgrade.ScanRows,
		AcceptMisfits: c.Upgrade.AcceptMisfits,
	}
}

// connect returns what sets up the table that t names and tells progress, which
// may be nil, what it does.
func connect(ctx context.Context, t config.Table, progress io.Writer) (*table.Admin, error) {
	return table.Connect(ctx, table.Options{Table: t.TableName, Region: t.Region, Progress: progress})
}
