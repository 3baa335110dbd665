package httpapi

import (
	"mime"
	"net/http"
	"strings"

	"session-api"
)

// The formats of a PATCH.
const (
	mergePatchType = "application/merge-patch+json" // RFC 7396
	jsonPatchType  = "application/json-patch+json"  // RFC 6902
)

// checkMediaType returns an error unless the body is declared as JSON. A patch is
// none here: taken for the data itself it would replace it.
func checkMediaType(h http.Header) error {
	mediaType, err := mediaTypeOf(h)
	if err != nil {
		return err
	}
	if mediaType == mergePatchType || mediaType == jsonPatchType {
		return mediaTypeError("This call takes no patch, only PATCH does; Content-Type must be application/json")
	}
	if mediaType != jsonType && !strings.HasSuffix(mediaType, "+json") {
		return mediaTypeError("Content-Type must be application/json")
	}
	return nil
}

// patchTypeOf returns which of the formats of a PATCH the body is declared as.
func patchTypeOf(h http.Header) (string, error) {
	mediaType, err := mediaTypeOf(h)
	if err == nil && mediaType != mergePatchType && mediaType != jsonPatchType {
		err = mediaTypeError("Content-Type must be " + mergePatchType + " or " + jsonPatchType)
	}
	return mediaType, err
}

// mediaTypeOf returns the body's media type, "" if it is not well formed.
func mediaTypeOf(h http.Header) (string, error) {
	if c := h.Get("Content-Encoding"); c != "" && !strings.EqualFold(c, "identity") {
		return "", mediaTypeError("Content-Encoding must be absent: bodies are taken uncompressed")
	}
	contentType := h.Get("Content-Type")
	if contentType == jsonType {
		return contentType, nil
	}
	mediaType, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return "", nil
	}
	// RFC 8259 section 8.1: JSON between systems is UTF-8.
	if charset, ok := params["charset"]; ok && !strings.EqualFold(charset, "utf-8") {
		return "", mediaTypeError("Content-Type must have charset utf-8 or none")
	}
	return mediaType, nil
}

func mediaTypeError(sentence string) error {
	return &session.Error{Code: codeMediaType, Message: sentence}
}
