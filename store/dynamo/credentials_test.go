package dynamo

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	smithy "github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// TestAFailureToGetCredentialsIsSaidToBeOne is about the services that are asked
// for credentials: their answers look like DynamoDB's and are not.
func TestAFailureToGetCredentialsIsSaidToBeOne(t *testing.T) {
	t.Parallel()
	answered403 := &smithyhttp.ResponseError{Response: &smithyhttp.Response{Response: &http.Response{StatusCode: http.StatusForbidden}}}
	for service, cause := range map[string]error{
		"ec2imds": answered403,
		"STS":     &smithy.GenericAPIError{Code: "AccessDenied", Message: "Not authorized to perform sts:AssumeRoleWithWebIdentity"},
	} {
		asked := &smithy.OperationError{ServiceID: service, OperationName: "GetIt", Err: cause}
		err := &smithy.OperationError{
			ServiceID: dynamodb.ServiceID, OperationName: "GetItem",
			Err: fmt.Errorf("get identity: get credentials: %w", asked),
		}
		if f := newFault("GetItem", nil, err); f.class != unsigned || !strings.Contains(f.text, service) {
			t.Errorf("%s: class %d, %q", service, f.class, f.text)
		}
	}
	own := &smithy.OperationError{ServiceID: dynamodb.ServiceID, OperationName: "GetItem", Err: answered403}
	if f := newFault("GetItem", nil, own); f.class == unsigned {
		t.Error("DynamoDB's own 403 is taken for missing credentials")
	}
}
