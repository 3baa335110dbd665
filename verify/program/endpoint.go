package program

import "os"

// UseEndpoint has every AWS client of this process call url with credentials that
// mean nothing: the DynamoDB engine takes both from the environment alone.
func UseEndpoint(url string) error {
	for _, name := range []string{"AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_CA_BUNDLE"} {
		if err := os.Unsetenv(name); err != nil {
			return err
		}
	}
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL_DYNAMODB": url, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
		"AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
	} {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	return nil
}
