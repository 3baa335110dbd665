package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"github.com/valyala/fasthttp"
)

// dialect is how the users of a server speak to it. Each function but handle
// completes a request whose address is set.
type dialect struct {
	create func(r *fasthttp.Request, user string, data []byte)
	// get and update are about the session that a handle names.
	get    func(r *fasthttp.Request, handle string)
	update func(r *fasthttp.Request, handle string, data []byte)
	// list asks for a user's sessions; nil where a server cannot tell them.
	list func(r *fasthttp.Request, user string)
	// handle returns, from the answer to a create, what names the session.
	handle func(*fasthttp.Response) (string, error)
}

// rest is the contract of session-api: the session's id is in the path.
var rest = dialect{
	create: func(r *fasthttp.Request, user string, data []byte) {
		send(r, "POST", "/sessions", map[string]any{"userId": user, "data": json.RawMessage(data)})
	},
	get: func(r *fasthttp.Request, id string) {
		send(r, "GET", "/sessions/"+url.PathEscape(id), nil)
	},
	update: func(r *fasthttp.Request, id string, data []byte) {
		send(r, "PUT", "/sessions/"+url.PathEscape(id), map[string]any{"data": json.RawMessage(data)})
	},
	list: func(r *fasthttp.Request, user string) {
		send(r, "GET", "/sessions/user/"+url.PathEscape(user), nil)
	},
	handle: func(res *fasthttp.Response) (string, error) {
		var created struct{ SessionID string }
		if err := json.Unmarshal(res.Body(), &created); err != nil {
			return "", err
		}
		if created.SessionID == "" {
			return "", errors.New("the answer to a create has no sessionId")
		}
		return created.SessionID, nil
	},
}

// cookie is the dialect of session middleware: there is one session for each
// cookie, the server's own, and its path is fixed. The user is part of the data.
func cookie(name string) dialect {
	with := func(r *fasthttp.Request, handle string) { r.Header.SetCookie(name, handle) }
	return dialect{
		create: func(r *fasthttp.Request, user string, data []byte) {
			send(r, "POST", "/session", map[string]any{"userId": user, "data": json.RawMessage(data)})
		},
		get: func(r *fasthttp.Request, handle string) {
			send(r, "GET", "/session", nil)
			with(r, handle)
		},
		update: func(r *fasthttp.Request, handle string, data []byte) {
			send(r, "PUT", "/session", map[string]any{"data": json.RawMessage(data)})
			with(r, handle)
		},
		handle: func(res *fasthttp.Response) (string, error) {
			var c fasthttp.Cookie
			c.SetKey(name)
			if !res.Header.Cookie(&c) {
				return "", fmt.Errorf("the answer to a create sets no cookie %s", name)
			}
			return string(c.Value()), nil
		},
	}
}

// send sets method, path and, unless it is nil, a body.
func send(r *fasthttp.Request, method, path string, body any) {
	r.Header.SetMethod(method)
	r.URI().SetPath("/")
	r.SetRequestURI(path)
	if body == nil {
		return
	}
	text, err := json.Marshal(body)
	if err != nil {
		panic(fmt.Sprint("a body of texts and JSON is always JSON: ", err))
	}
	r.Header.SetContentType("application/json")
	r.SetBody(text)
}
