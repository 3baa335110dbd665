package httpapi

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"session-api"
)

func (a *API) listSessions(x *exchange, r *http.Request) error {
	params, err := queryOf(r.URL)
	if err != nil {
		return err
	}
	q, err := listQuery(params)
	if err != nil {
		return err
	}
	userID, err := userOf(params)
	if err != nil {
		return err
	}
	list, err := a.service(x).List(&x.ctx, userID, q)
	if err != nil {
		return err
	}
	linkNext(x, r.URL, userID, q, list)
	return x.send(http.StatusOK, jsonType, encodeList([]byte(`{`), list))
}

func (a *API) listUserSessions(x *exchange, r *http.Request) error {
	userID := r.PathValue("userId")
	params, err := queryOf(r.URL)
	if err != nil {
		return err
	}
	q, err := listQuery(params)
	if err != nil {
		return err
	}
	list, err := a.service(x).ListByUser(&x.ctx, userID, q)
	if err != nil {
		return err
	}
	linkNext(x, r.URL, "", q, list)
	head := append(appendString([]byte(`{"userId":`), userID), ',')
	return x.send(http.StatusOK, jsonType, encodeList(head, list))
}

func queryOf(u *url.URL) (url.Values, error) {
	if u.RawQuery == "" {
		return nil, nil
	}
	params, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, &session.Error{Code: codeInvalidQuery, Message: "The query string is not well formed"}
	}
	return params, nil
}

// listQuery reads what both lists know; other parameters are none of ours and are
// left alone.
func listQuery(params url.Values) (q session.ListQuery, err error) {
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
	if orders, ok := params["order"]; ok {
		if len(orders) > 1 || orders[0] != "asc" && orders[0] != "desc" {
			return q, invalidValue("order", "asc or desc")
		}
		q.Descending = orders[0] == "desc"
	}
	if q.CreatedAfter, err = timeOf(params, "createdAfter"); err != nil {
		return q, err
	}
	q.CreatedBefore, err = timeOf(params, "createdBefore")
	return q, err
}

// timeOf returns a parameter that is a time, zero if it is absent.
func timeOf(params url.Values, name string) (time.Time, error) {
	texts, given := params[name]
	if !given {
		return time.Time{}, nil
	}
	t, ok := parseTime(texts[0])
	if !ok || len(texts) > 1 {
		return t, invalidValue(name, timeForm+`; in a query "+" is written "%2B"`)
	}
	return t, nil
}

// userOf returns the user that the list of all sessions is narrowed to, "" for none.
func userOf(params url.Values) (string, error) {
	users, given := params["userId"]
	switch {
	case !given:
		return "", nil
	case len(users) > 1:
		return "", invalidValue("userId", "given once")
	}
	return users[0], session.ValidateUserID(users[0])
}

// linkNext names the next page in a Link header (RFC 8288), as a reference
// relative to the host: behind a proxy only the caller knows the origin. A cursor
// goes with its list, so all that makes the list what it is stands there too.
func linkNext(x *exchange, u *url.URL, userID string, q session.ListQuery, list session.List) {
	if list.NextCursor == "" {
		return
	}
	params := url.Values{"cursor": {list.NextCursor}}
	if q.Limit != 0 {
		params.Set("limit", strconv.Itoa(q.Limit))
	}
	if userID != "" {
		params.Set("userId", userID)
	}
	if q.Descending {
		params.Set("order", "desc")
	}
	if !q.CreatedAfter.IsZero() {
		params.Set("createdAfter", q.CreatedAfter.Format(time.RFC3339Nano))
	}
	if !q.CreatedBefore.IsZero() {
		params.Set("createdBefore", q.CreatedBefore.Format(time.RFC3339Nano))
	}
	x.Header().Set("Link", "<"+u.EscapedPath()+"?"+params.Encode()+`>; rel="next"`)
}
