package table_test

import (
	"context"
	"os"

	"session-api/store/dynamo/table"
)

// A command that checks a table: the report goes to standard output, and the
// error, if it is not nil, is the sentence that ends the command with exit code 1.
func Example_check() {
	check := func(ctx context.Context, name, region string, asJSON bool) error {
		admin, err := table.Connect(ctx, table.Options{Table: name, Region: region})
		if err != nil {
			return err
		}
		report, err := admin.Check(ctx)
		if err != nil {
			return err
		}
		write := report.WriteText
		if asJSON {
			write = report.WriteJSON
		}
		if err := write(os.Stdout); err != nil {
			return err
		}
		return report.Err()
	}
	_ = check
}
