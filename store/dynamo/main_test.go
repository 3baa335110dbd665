package dynamo

import (
	"os"
	"strings"
	"testing"
)

// TestMain gives the tests credentials that test servers accept, and nothing of
// the person or the machine that runs them. A server that is there already, such
// as AWS itself, may want those.
func TestMain(m *testing.M) {
	if os.Getenv("DYNAMODB_TEST_ENDPOINT") == "" {
		if err := testCredentials(); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

func testCredentials() error {
	for _, variable := range os.Environ() {
		// Unset, not empty: a profile named "" is one that is not found.
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "AWS_") {
			if err := os.Unsetenv(name); err != nil {
				return err
			}
		}
	}
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
		"AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
		"AWS_EC2_METADATA_DISABLED": "true",
	} {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	return nil
}
