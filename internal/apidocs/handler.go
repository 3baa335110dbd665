// Package apidocs serves a page where a person reads the contract and tries its
// calls on the server that the page came from. It owns the page, its assets and
// what a browser may do with them; the contract itself is served by the caller.
//
// The page is Swagger UI. Its files come from github.com/swaggest/swgui, of which
// only the embedded files are used: that module's own page starts by an inline
// script, which no strict Content-Security-Policy lets through.
package apidocs

import (
	"bytes"
	"embed"
	"html/template"
	"io/fs"
	"net/http"
	"strings"

	"github.com/swaggest/swgui/v5/static"
)

//go:embed page.html page.css page.js
var own embed.FS

// root is the path of the page; its assets are below.
const root = "/docs"

// Handler serves the page at /docs (and /docs/) and its assets below, for GET
// and HEAD. The page shows the contract at specURL, a path of the same host.
// Everything that is not there goes to notFound. Which methods reach it, and
// headers that are the same on every answer, are the caller's.
func Handler(specURL string, notFound http.Handler) http.Handler {
	assets := map[string]asset{
		"":                     page(specURL),
		"page.css":             plain(own, "page.css", "text/css; charset=utf-8"),
		"page.js":              plain(own, "page.js", "text/javascript; charset=utf-8"),
		"favicon-32x32.png":    plain(static.FS, "favicon-32x32.png", "image/png"),
		"swagger-ui.css":       zipped(static.FS, "swagger-ui.css.gz", "text/css; charset=utf-8"),
		"swagger-ui-bundle.js": zipped(static.FS, "swagger-ui-bundle.js.gz", "text/javascript; charset=utf-8"),
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// The page's own path is taken with and without its slash.
		name, below := strings.CutPrefix(r.URL.Path+"/", root+"/")
		found, ok := assets[strings.TrimSuffix(name, "/")]
		if !below || !ok {
			notFound.ServeHTTP(w, r)
			return
		}
		guard(w.Header(), pagePolicy, r.TLS != nil)
		found.serve(w, r)
	})
}

// page fills page.html in once: it never differs between requests.
func page(specURL string) asset {
	var text bytes.Buffer
	tmpl := template.Must(template.ParseFS(own, "page.html"))
	if err := tmpl.Execute(&text, specURL); err != nil {
		panic(err) // a buffer and an embedded template cannot fail
	}
	return asset{contentType: "text/html; charset=utf-8", body: text.Bytes()}
}

func plain(files fs.FS, name, contentType string) asset {
	return asset{contentType: contentType, body: mustRead(files, name)}
}

func zipped(files fs.FS, name, contentType string) asset {
	return asset{contentType: contentType, body: mustRead(files, name), gzipped: true}
}

// mustRead panics if the file is missing: the names are constants, so a test of
// any path shows it.
func mustRead(files fs.FS, name string) []byte {
	body, err := fs.ReadFile(files, name)
	if err != nil {
		panic(err)
	}
	return body
}
