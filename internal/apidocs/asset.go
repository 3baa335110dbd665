package apidocs

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// asset is one file as it is embedded.
type asset struct {
	contentType string
	body        []byte
	gzipped     bool // body is compressed
}

// serve answers with the asset, unpacked for the rare client that takes no gzip.
func (a asset) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", a.contentType)
	if a.gzipped {
		h.Set("Vary", "Accept-Encoding")
		if !takesGzip(r.Header) {
			a.unpack(w)
			return
		}
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Content-Length", strconv.Itoa(len(a.body)))
	// A client that went away is no error of ours.
	_, _ = w.Write(a.body)
}

func (a asset) unpack(w io.Writer) {
	unpacked, err := gzip.NewReader(bytes.NewReader(a.body))
	if err != nil {
		panic(err) // the embedded file is no gzip
	}
	_, _ = io.Copy(w, unpacked) // #nosec G110 -- the file is a part of the program
}

// takesGzip reads Accept-Encoding as RFC 9110 section 12.5.3 has it, so far as
// gzip goes: named, and not with the weight 0.
func takesGzip(h http.Header) bool {
	for _, line := range h["Accept-Encoding"] {
		for coding := range strings.SplitSeq(line, ",") {
			name, params, _ := strings.Cut(coding, ";")
			if strings.EqualFold(strings.TrimSpace(name), "gzip") {
				return !refused(params)
			}
		}
	}
	return false
}

func refused(params string) bool {
	weight, ok := strings.CutPrefix(strings.TrimSpace(params), "q=")
	q, err := strconv.ParseFloat(weight, 64)
	return ok && err == nil && q == 0
}
