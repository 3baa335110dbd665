// Package browser owns the proof that a person can use the page at /docs: its
// tests start the real server and press the page's buttons in a real Chromium
// that has no way to the internet. There is nothing to import.
//
// They need Chromium ("apt-get install chromium", or CHROME_PATH set to a
// Chromium or Chrome of yours). "go test ./browser -artifacts" keeps a picture of
// what the browser showed in _artifacts.
package browser
