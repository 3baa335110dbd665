package dynamo

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/smithy-go/logging"
)

// newClient returns the SDK's client as this package uses it, and the transport
// whose connections it keeps.
func newClient(ctx context.Context, o Options) (*dynamodb.Client, *http.Transport, error) {
	// The SDK adds AWS_CA_BUNDLE to no other kind of HTTP client than its own.
	base := awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
		t.MaxIdleConns, t.MaxIdleConnsPerHost = o.IdleConns, o.IdleConns
	})
	cfg, err := config.LoadDefaultConfig(ctx,
		config.WithRegion(o.Region),
		config.WithHTTPClient(base),
		config.WithLogger(sdkLogger(o.Logger)))
	if err != nil {
		return nil, nil, fmt.Errorf("the AWS settings of the environment or of a profile cannot be used: %w", err)
	}
	if loaded, ok := cfg.HTTPClient.(*awshttp.BuildableClient); ok {
		base = loaded
	}
	// From here on the transport is ours: what finds credentials keeps the SDK's.
	transport := base.GetTransport()
	return dynamodb.NewFromConfig(cfg, func(d *dynamodb.Options) {
		d.HTTPClient = &exchange{client: &http.Client{Transport: transport, CheckRedirect: noRedirect}}
		// call.go makes the attempts, exchange.go checks the answers.
		d.Retryer = aws.NopRetryer{}
		d.DisableValidateResponseChecksum = true
		if o.endpoint != "" {
			d.BaseEndpoint = &o.endpoint
		}
	}), transport, nil
}

// noRedirect hands a redirection on as the answer: a signature is good for one
// host only.
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// sdkLogger keeps the SDK from writing to stderr by itself. What it warns of
// shows in the errors of calls too.
func sdkLogger(log *slog.Logger) logging.Logger {
	return logging.LoggerFunc(func(class logging.Classification, format string, v ...any) {
		log.Debug("AWS SDK", "class", string(class), "text", fmt.Sprintf(format, v...))
	})
}
