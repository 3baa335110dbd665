package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"session-api/store/dynamo/dynamotest"
)

// stsAnswer is what STS says to AssumeRoleWithWebIdentity (AWS: STS API
// reference), with credentials that nothing else here has.
const stsAnswer = `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<AssumeRoleWithWebIdentityResult><Credentials>
<AccessKeyId>ASIAWEBIDENTITY</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>
<SessionToken>token</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration>
</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`

// TestAWebIdentityAndAProxyLeadToTheTable starts the program as a pod with a role
// for its service account (IRSA) behind a proxy: its credentials come from STS in
// exchange for a token file, and its calls reach DynamoDB through the proxy alone.
func TestAWebIdentityAndAProxyLeadToTheTable(t *testing.T) {
	t.Parallel()
	// One of its own: a server of DYNAMODB_TEST_ENDPOINT may check signatures,
	// which these credentials cannot make.
	emulator, err := dynamotest.Launch(t.Context(), dynamotest.Dynoxide)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(emulator.Stop)
	c := cloudAt(t, emulator.Endpoint)
	c.makeTable(true)
	server, err := url.Parse(strings.TrimPrefix(c.access[0], "AWS_ENDPOINT_URL_DYNAMODB="))
	if err != nil {
		t.Fatal(err)
	}

	sts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("Action") != "AssumeRoleWithWebIdentity" || r.FormValue("WebIdentityToken") != "the pod's token" {
			http.Error(w, "not what a pod asks", http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "text/xml")
		_, _ = io.WriteString(w, stsAnswer)
	}))
	t.Cleanup(sts.Close)

	var through atomic.Int64
	forward := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(server) }}
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != "dynamodb.example:8000" || !strings.Contains(r.Header.Get("Authorization"), "Credential=ASIAWEBIDENTITY/") {
			http.Error(w, "not signed with the credentials of the web identity", http.StatusForbidden)
			return
		}
		through.Add(1)
		forward.ServeHTTP(w, r)
	}))
	t.Cleanup(proxy.Close)

	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("the pod's token"), 0o600); err != nil {
		t.Fatal(err)
	}
	c.access = []string{
		// A name that only the proxy knows: without it there is no way.
		"AWS_ENDPOINT_URL_DYNAMODB=http://dynamodb.example:8000", "HTTP_PROXY=" + proxy.URL,
		"AWS_ENDPOINT_URL_STS=" + sts.URL, "AWS_WEB_IDENTITY_TOKEN_FILE=" + token,
		"AWS_ROLE_ARN=arn:aws:iam::123456789012:role/session-api", "AWS_EC2_METADATA_DISABLED=true",
	}
	s := c.serve()
	made := s.create("ada", `{"n":1}`)
	if got := s.get(made.SessionID); got.UserID != "ada" || through.Load() < 3 {
		t.Errorf("got %+v after %d calls through the proxy", got, through.Load())
	}
}
