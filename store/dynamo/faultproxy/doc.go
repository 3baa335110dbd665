// Package faultproxy stands between a DynamoDB client and a DynamoDB server and
// does what no test server does: it throttles, loses answers, stalls, corrupts,
// leaves parts of batches undone and shows a late index. It also counts calls.
// It knows the wire and nothing of sessions or of the AWS SDK.
//
//	proxy := faultproxy.Start(t, endpoint) // the client talks to proxy.URL()
//	proxy.Add(faultproxy.Rule{Op: "PutItem", Times: 1, Fault: faultproxy.LoseReply()})
//	…
//	if proxy.Calls("PutItem") != 2 { … }
//
// Every call is for the first rule that matches it and is not used up; without
// one it is passed on. What there is no Fault for is a function:
//
//	faultproxy.Rule{Op: "UpdateItem", Fault: func(x *faultproxy.Exchange) {
//		_, _ = x.Forward()    // DynamoDB has done it,
//		otherWrite()          // something else happens,
//		x.HangUp()            // and nobody hears of it
//	}}
//
// A call that is forwarded is carried out to its end, even when its caller has
// left meanwhile: that it was done is then certain.
//
// Signatures are passed on as they are. Test servers check none; for AWS the
// proxy's address would have to be in them.
package faultproxy
