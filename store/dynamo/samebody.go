package dynamo

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// sameBody has all attempts of a call send the bytes of the first one. The SDK
// writes maps in the order of Go's, another one each time, and DynamoDB may take a
// token with other bytes for one that is used for something else
// (aws/aws-sdk-go-v2 issues 1900 and 3131).
type sameBody struct{ body []byte }

// use is an option of a call of the SDK.
func (b *sameBody) use(o *dynamodb.Options) {
	o.APIOptions = append(o.APIOptions, func(s *middleware.Stack) error {
		return s.Build.Add(middleware.BuildMiddlewareFunc("SameBody", b.build), middleware.Before)
	})
}

// build stands behind what writes the body and before what counts and signs it.
func (b *sameBody) build(
	ctx context.Context, in middleware.BuildInput, next middleware.BuildHandler,
) (middleware.BuildOutput, middleware.Metadata, error) {
	request, ok := in.Request.(*smithyhttp.Request)
	if !ok {
		return middleware.BuildOutput{}, middleware.Metadata{}, fmt.Errorf("a request is %T", in.Request)
	}
	if b.body == nil {
		body, err := io.ReadAll(request.GetStream())
		if err != nil {
			return middleware.BuildOutput{}, middleware.Metadata{}, err
		}
		b.body = body
	}
	request, err := request.SetStream(bytes.NewReader(b.body))
	if err != nil {
		return middleware.BuildOutput{}, middleware.Metadata{}, err
	}
	in.Request = request
	return next.HandleBuild(ctx, in)
}
