package table

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/smithy-go/logging"
)

const (
	// callTimeout bounds one attempt of a call. Table calls are slower than those
	// of a session, and nobody waits for them within a request.
	callTimeout = 10 * time.Second
	// credentialsTimeout bounds the search for credentials: a role of the machine
	// is asked for over the network, where there may be nobody to answer.
	credentialsTimeout = 20 * time.Second
)

// API is what this package calls of a *dynamodb.Client.
type API interface {
	CreateTable(context.Context, *dynamodb.CreateTableInput, ...func(*dynamodb.Options)) (*dynamodb.CreateTableOutput, error)
	DescribeTable(context.Context, *dynamodb.DescribeTableInput, ...func(*dynamodb.Options)) (*dynamodb.DescribeTableOutput, error)
	UpdateTable(context.Context, *dynamodb.UpdateTableInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateTableOutput, error)
	DescribeTimeToLive(context.Context, *dynamodb.DescribeTimeToLiveInput, ...func(*dynamodb.Options)) (*dynamodb.DescribeTimeToLiveOutput, error)
	UpdateTimeToLive(context.Context, *dynamodb.UpdateTimeToLiveInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateTimeToLiveOutput, error)
	DescribeContinuousBackups(context.Context, *dynamodb.DescribeContinuousBackupsInput, ...func(*dynamodb.Options)) (*dynamodb.DescribeContinuousBackupsOutput, error)
	UpdateContinuousBackups(context.Context, *dynamodb.UpdateContinuousBackupsInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateContinuousBackupsOutput, error)
	Scan(context.Context, *dynamodb.ScanInput, ...func(*dynamodb.Options)) (*dynamodb.ScanOutput, error)
}

// Options say which table is meant.
type Options struct {
	// Table is the table's name or ARN.
	Table string
	// Region is its AWS region. With "" Connect takes the one that the SDK's
	// default chain names.
	Region string
	// Progress gets a line for everything that begins or changes. nil is silence.
	Progress io.Writer
	// Now is the clock that elapsed times are told by. nil is time.Now.
	Now func() time.Time
	// Sleep waits that long between two looks at what DynamoDB does, or until
	// ctx ends, whose error it then returns. nil waits for real.
	Sleep func(ctx context.Context, d time.Duration) error
}

// Admin sets up one table. It is for one goroutine.
type Admin struct {
	api API
	Options
}

// New returns an Admin that makes its calls through api.
func New(api API, o Options) *Admin {
	if o.Progress == nil {
		o.Progress = io.Discard
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	return &Admin{api: api, Options: o}
}

// Connect returns an Admin whose credentials and endpoint come from the SDK's
// default chain (environment, profiles, web identity, AWS_ENDPOINT_URL_DYNAMODB,
// AWS_CA_BUNDLE, proxies). It looks for the credentials at once, so that where
// there are none this is what the error says.
func Connect(ctx context.Context, o Options) (*Admin, error) {
	cfg, err := config.LoadDefaultConfig(ctx, config.WithRegion(o.Region),
		// The SDK's own kind of client: it adds AWS_CA_BUNDLE to no other.
		config.WithHTTPClient(awshttp.NewBuildableClient().WithTimeout(callTimeout)),
		// What it warns of shows in the errors of calls too.
		config.WithLogger(logging.Nop{}))
	if err != nil {
		return nil, fmt.Errorf("the AWS settings of the environment or of a profile cannot be used: %w", err)
	}
	if cfg.Region == "" {
		return nil, failf(nil, "no AWS region is known; set AWS_REGION (--aws-region) to the region of the table")
	}
	if err := findCredentials(ctx, cfg); err != nil {
		return nil, err
	}
	o.Region = cfg.Region
	return New(dynamodb.NewFromConfig(cfg), o), nil
}

func findCredentials(ctx context.Context, cfg aws.Config) error {
	ctx, cancel := context.WithTimeout(ctx, credentialsTimeout)
	defer cancel()
	if _, err := cfg.Credentials.Retrieve(ctx); err != nil {
		return failf(err, "no AWS credentials can be had; set AWS_PROFILE, or AWS_ACCESS_KEY_ID and "+
			"AWS_SECRET_ACCESS_KEY, or run where there is a role (%v)", innermost(err))
	}
	return nil
}

// tell writes one line of progress. That it cannot be written is no reason to
// leave a table half done.
func (a *Admin) tell(format string, args ...any) {
	_, _ = fmt.Fprintf(a.Progress, format+"\n", args...)
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
