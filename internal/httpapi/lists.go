package httpapi

import (
	"net/http"
	"net/url"
	"strconv"

	"session-api"
)

func (a *API) listSessions(x *exchange, r *http.Request) error {
	q, err := listQuery(r.URL)
	if err != nil {
		return err
	}
	list, err := a.svc.List(x.ctx, q)
	if err != nil {
		return err
	}
	linkNext(x, r.URL, q, list)
	return x.send(http.StatusOK, jsonType, encodeList([]byte(`{`), list))
}

func (a *API) listUserSessions(x *exchange, r *http.Request) error {
	userID := r.PathValue("userId")
	q, err := listQuery(r.URL)
	if err != nil {
		return err
	}
	list, err := a.svc.ListByUser(x.ctx, userID, q)
	if err != nil {
		return err
	}
	linkNext(x, r.URL, q, list)
	head := append(appendString([]byte(`{"userId":`), userID), ',')
	return x.send(http.StatusOK, jsonType, encodeList(head, list))
}

// listQuery reads limit and cursor; other parameters are none of ours and are
// left alone.
func listQuery(u *url.URL) (session.ListQuery, error) {
	var q session.ListQuery
	if u.RawQuery == "" {
		return q, nil
	}
	params, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return q, &session.Error{Code: codeInvalidQuery, Message: "The query string is not well formed"}
	}
	if limits, ok := params["limit"]; ok {
		// ParseUint takes digits only, so no sign slips through.
		n, err := strconv.ParseUint(limits[0], 10, 31)
		if err != nil || n == 0 || len(limits) > 1 {
			return q, session.InvalidLimit()
		}
		q.Limit = int(n)
	}
	if cursors, ok := params["cursor"]; ok {
		if len(cursors) > 1 || cursors[0] == "" {
			return q, session.ErrInvalidCursor
		}
		q.Cursor = cursors[0]
	}
	return q, nil
}

// linkNext names the next page in a Link header (RFC 8288), as a reference
// relative to the host: behind a proxy only the caller knows the origin.
func linkNext(x *exchange, u *url.URL, q session.ListQuery, list session.List) {
	if list.NextCursor == "" {
		return
	}
	params := url.Values{"cursor": {list.NextCursor}}
	if q.Limit != 0 {
		params.Set("limit", strconv.Itoa(q.Limit))
	}
	x.Header().Set("Link", "<"+u.EscapedPath()+"?"+params.Encode()+`>; rel="next"`)
}
