package table

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// bareEnvironment takes everything from the environment that the SDK's default
// chain reads. Tests that use it cannot be parallel: the chain knows no other
// environment than the process's.
func bareEnvironment(t *testing.T) {
	t.Helper()
	for _, name := range []string{"AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
		"AWS_SESSION_TOKEN", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
		"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_ENDPOINT_URL", "AWS_CA_BUNDLE"} {
		t.Setenv(name, "")
	}
	nowhere := filepath.Join(t.TempDir(), "none")
	t.Setenv("AWS_CONFIG_FILE", nowhere)
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", nowhere)
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
}

// someCredentials are as good as any where nobody checks them.
func someCredentials(t *testing.T) {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
}

func TestMissingCredentialsAndRegionsAreSaidSo(t *testing.T) {
	bareEnvironment(t)
	_, err := Connect(t.Context(), Options{Table: "sessions", Region: "eu-west-1"})
	fails(t, err, "no AWS credentials can be had", "AWS_PROFILE")
	someCredentials(t)
	_, err = Connect(t.Context(), Options{Table: "sessions"})
	fails(t, err, "no AWS region is known", "AWS_REGION")
	t.Setenv("AWS_PROFILE", "absent")
	_, err = Connect(t.Context(), Options{Table: "sessions", Region: "eu-west-1"})
	fails(t, err, "the AWS settings of the environment or of a profile cannot be used", "absent")
}

func TestConnectTakesRegionAndEndpointFromTheDefaultChain(t *testing.T) {
	bareEnvironment(t)
	someCredentials(t)
	asked := make(chan string, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.Header.Get("X-Amz-Target") + " " + r.Header.Get("Authorization")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"Requested resource not found"}`))
	}))
	t.Cleanup(server.Close)
	t.Setenv("AWS_ENDPOINT_URL_DYNAMODB", server.URL)
	t.Setenv("AWS_REGION", "ap-south-1")
	a, err := Connect(t.Context(), Options{Table: "sessions"})
	if err != nil {
		t.Fatal(err)
	}
	r, err := a.Check(t.Context())
	if err != nil || r.Region != "ap-south-1" {
		t.Errorf("the report is %+v, %v", r, err)
	}
	says(t, <-asked, "DynamoDB_20120810.DescribeTable", "/ap-south-1/dynamodb/")
}

func TestAnUnreachableServerIsSaidSo(t *testing.T) {
	bareEnvironment(t)
	someCredentials(t)
	server := httptest.NewServer(http.NotFoundHandler())
	t.Setenv("AWS_ENDPOINT_URL_DYNAMODB", server.URL)
	t.Setenv("AWS_MAX_ATTEMPTS", "1")
	server.Close()
	a, err := Connect(t.Context(), Options{Table: "sessions", Region: "eu-west-1"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = a.Check(t.Context())
	fails(t, err, "DynamoDB cannot be reached in eu-west-1", strings.TrimPrefix(server.URL, "http://")+": connect: connection refused", "AWS_ENDPOINT_URL_DYNAMODB")
}

func TestErrorsAreSentencesThatKeepTheirCause(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		says []string
	}{
		{refuse(codeDenied, "User: u is not authorized"), []string{"access denied: these credentials need dynamodb:CreateTable on the table sessions in eu-west-1 (User: u"}},
		{refuse("ExpiredTokenException", "The security token is expired"), []string{"AWS does not accept the credentials", "token is expired", "clock"}},
		{refuse(codeNotFound, "x"), []string{"there is no table sessions in eu-west-1", "session-api table create"}},
		{refuse("ThrottlingException", "Rate exceeded"), []string{"CreateTable was refused: Rate exceeded (ThrottlingException)"}},
		{context.Canceled, []string{"interrupted in CreateTable"}},
	} {
		got := here.explain(c.err, "CreateTable")
		fails(t, got, c.says...)
		if !errors.Is(got, c.err) || strings.Contains(got.Error(), "operation error") {
			t.Errorf("%v hides its cause or tells the SDK's layers", got)
		}
		if again := here.explain(got, "Other"); again != got {
			t.Errorf("explained twice it is %v", again)
		}
	}
}

func TestOnlyWhatMayPassIsTriedAgain(t *testing.T) {
	t.Parallel()
	answer := func(status int) error {
		return &smithyhttp.ResponseError{Response: &smithyhttp.Response{Response: &http.Response{StatusCode: status}}, Err: refuse("Odd", "odd")}
	}
	for _, c := range []struct {
		err  error
		want bool
	}{
		{errors.New("connection reset"), true},
		{refuse("ThrottlingException", "slow down"), true},
		{refuse("InternalServerError", "oops"), true},
		{answer(http.StatusBadGateway), true},
		{answer(http.StatusBadRequest), false},
		{refuse(codeDenied, "no"), false},
		{failf(nil, "a sentence of ours"), false},
		{failf(errors.New("reset"), "a sentence about a call"), true},
	} {
		if got := transient(c.err); got != c.want {
			t.Errorf("%v may pass: %v; want %v", c.err, got, c.want)
		}
	}
}

func TestARealWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := New(newStage(), Options{}).Sleep(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("it ends with %v", err)
	}
	if err := sleep(t.Context(), 0); err != nil {
		t.Errorf("a wait that is over ends with %v", err)
	}
}
