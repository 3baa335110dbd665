package httpapi

import (
	"net/http"

	"session-api"
	"session-api/internal/jsonpatch"
)

// acceptPatch is what PATCH takes (RFC 5789 section 3.1).
const acceptPatch = mergePatchType + ", " + jsonPatchType

func (a *API) patchSession(x *exchange, r *http.Request) error {
	match, err := ifMatch(r.Header, a.requireIfMatch)
	if err != nil {
		return err
	}
	patch, err := a.readPatch(x, r)
	if err != nil {
		return err
	}
	patched, err := a.service(x).Patch(&x.ctx, r.PathValue("id"), patch, match)
	if err != nil {
		return err
	}
	x.did("Updated", patched)
	return x.sendSession(http.StatusOK, patched)
}

// readPatch reads the request's body as the format that it is declared as.
func (a *API) readPatch(x *exchange, r *http.Request) (session.Patch, error) {
	mediaType, err := patchTypeOf(r.Header)
	if err != nil {
		x.Header().Set("Accept-Patch", acceptPatch)
		return nil, err
	}
	text, err := a.readAll(x, r)
	if err != nil {
		return nil, err
	}
	value, err := parseValue(text)
	if err != nil {
		return nil, err
	}
	if mediaType == mergePatchType {
		return func(data []byte) ([]byte, error) { return jsonpatch.Merge(data, value) }, nil
	}
	patch, err := jsonpatch.Parse(value)
	return patch.Apply, err
}
