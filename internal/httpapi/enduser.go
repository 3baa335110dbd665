package httpapi

import (
	"net/http"
	"net/url"

	"session-api"
)

// endedBody tells what became of the sessions of a user.
type endedBody struct {
	UserID       string `json:"userId"`
	DeletedCount int    `json:"deletedCount"`
	// Continuing says that there are more, which are being ended.
	Continuing bool `json:"continuing,omitzero"`
}

func (a *API) endUser(x *exchange, r *http.Request) error {
	userID := r.PathValue("userId")
	except, err := exceptOf(r.URL)
	if err != nil {
		return err
	}
	ended, err := a.service(x).EndUser(&x.ctx, userID, except)
	if err != nil {
		return err
	}
	if ended.Count > 0 {
		// Where nothing ended the user id is the caller's text and may be anything.
		x.operation, x.userID, x.many = "Ended", userID, ended.Count
	}
	status := http.StatusOK
	if ended.Continues {
		status = http.StatusAccepted
	}
	return x.sendJSON(status, jsonType, endedBody{UserID: userID, DeletedCount: ended.Count, Continuing: ended.Continues})
}

// exceptOf returns the session that is to stay, "" for none. Here and nowhere else a
// parameter that is not known is refused: a mistyped "except" would end everything.
func exceptOf(u *url.URL) (string, error) {
	params, err := queryOf(u)
	if err != nil {
		return "", err
	}
	for name := range params {
		if name != "except" {
			return "", &session.Error{
				Code: codeInvalidQuery, Message: "This call takes the parameter except and no other", Field: shorten(name),
			}
		}
	}
	ids, given := params["except"]
	if given && (len(ids) > 1 || ids[0] == "") {
		return "", &session.Error{
			Code: codeInvalidQuery, Message: "except must be the id of one session, once and not empty", Field: "except",
		}
	}
	return params.Get("except"), nil
}
