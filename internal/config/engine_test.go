package config

import "testing"

func TestTheEngineFollowsFromWhatIsSet(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		args   []string
		env    []string
		engine Engine
		why    string
	}{
		{
			name:   "nothing is set",
			engine: Embedded, why: "SESSION_STORE and DYNAMODB_TABLE_NAME are not set",
		},
		{
			name: "a table is named in the environment", env: []string{"DYNAMODB_TABLE_NAME=tab"},
			engine: DynamoDB, why: "DYNAMODB_TABLE_NAME is set",
		},
		{
			name: "a table is named by flag", args: []string{"--dynamodb-table-name=tab"},
			engine: DynamoDB, why: "--dynamodb-table-name is set",
		},
		{
			name: "the table named is the default one", env: []string{"DYNAMODB_TABLE_NAME=tenant-atlantis-user-sessions"},
			engine: DynamoDB, why: "DYNAMODB_TABLE_NAME is set",
		},
		{
			name: "only a region is set", env: []string{"AWS_REGION=eu-west-1"},
			engine: Embedded, why: "SESSION_STORE and DYNAMODB_TABLE_NAME are not set",
		},
		{
			name: "an engine is named beside a table", env: []string{"SESSION_STORE=embedded", "DYNAMODB_TABLE_NAME=tab"},
			engine: Embedded, why: "SESSION_STORE is set",
		},
		{
			name: "an engine is named by flag over the environment", args: []string{"--session-store", "memory"},
			env: []string{"SESSION_STORE=dynamodb"}, engine: Memory, why: "--session-store is set",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := mustParse(t, test.args, test.env...)
			engine, why := c.Store.Engine()
			if engine != test.engine || why != test.why {
				t.Errorf("got %s because %q, want %s because %q", engine, why, test.engine, test.why)
			}
		})
	}
}
