package table

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Level says how much a finding matters.
type Level string

// The levels.
const (
	// OK: as it should be.
	OK Level = "ok"
	// Note: the service works with it; something is dearer or less safe.
	Note Level = "note"
	// Wrong: the service does not work with it, or not as it should.
	Wrong Level = "wrong"
	// Unknown: it could not be looked at, so it may be wrong.
	Unknown Level = "unknown"
)

// Finding is one property of a table, as it is and as it should be.
type Finding struct {
	// Property names what was looked at. The names never change: scripts read
	// them.
	Property string `json:"property"`
	Level    Level  `json:"level"`
	Found    string `json:"found"`
	Expected string `json:"expected"`
	// Why says what the difference means; "" where there is none.
	Why string `json:"why,omitempty"`
	// Mend are the commands that mend it, in their order, each as a shell takes
	// it. There are none where no command can.
	Mend []string `json:"mend,omitempty"`

	// upgrades says that Upgrade mends it by itself.
	upgrades bool
}

// Report is what Check found.
type Report struct {
	Table    string    `json:"table"`
	Region   string    `json:"region"`
	Findings []Finding `json:"findings"`
}

// Err returns nil if the table is as the service needs it, else a sentence for
// the end of a command that then has exit code 1. What could not be looked at
// counts as wrong: a check that saw nothing must not pass. Notes do not count.
func (r Report) Err() error {
	wrong, unknown := r.count(Wrong), r.count(Unknown)
	switch {
	case wrong > 0 && unknown > 0:
		return fmt.Errorf("the table %s: %s wrong, and %s not be looked at", r.Table, some(wrong, "is"), some(unknown, "could"))
	case wrong > 0:
		return fmt.Errorf("the table %s: %s wrong", r.Table, some(wrong, "is"))
	case unknown > 0:
		return fmt.Errorf("the table %s: %s not be looked at", r.Table, some(unknown, "could"))
	}
	return nil
}

func (r Report) count(l Level) int {
	n := 0
	for _, f := range r.Findings {
		if f.Level == l {
			n++
		}
	}
	return n
}

// some returns n properties as the subject of verb, "is" or one that has no
// plural form.
func some(n int, verb string) string {
	if n == 1 {
		return "1 property " + verb
	}
	if verb == "is" {
		verb = "are"
	}
	return fmt.Sprintf("%d properties %s", n, verb)
}

// WriteJSON writes r as one JSON object. Its "ok" is whether Err is nil.
func (r Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false) // commands hold < and & for people, not for browsers
	e.SetIndent("", "  ")
	return e.Encode(struct {
		OK bool `json:"ok"`
		Report
	}{r.Err() == nil, r})
}

// WriteText writes r for people: a table of the properties, then what the
// differences mean and the commands that mend them.
func (r Report) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Table %s in %s\n\n", r.Table, r.Region)
	r.properties(&b)
	for _, f := range r.Findings {
		f.remedy(&b)
	}
	if r.Err() == nil {
		b.WriteString("\nAll is well.\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (r Report) properties(b *strings.Builder) {
	var padded strings.Builder
	columns := tabwriter.NewWriter(&padded, 0, 0, 3, ' ', 0)
	for _, f := range r.Findings {
		expected := ""
		if f.Level != OK {
			expected = "expected " + f.Expected
		}
		_, _ = fmt.Fprintf(columns, "  %s\t%s\t%s\t%s\n", f.label(), f.Property, f.Found, expected)
	}
	_ = columns.Flush() // a strings.Builder takes everything
	for line := range strings.Lines(padded.String()) {
		b.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
}

// label is the level as people shall see it: what is wrong stands out.
func (f Finding) label() string {
	if f.Level == Wrong {
		return "WRONG"
	}
	return string(f.Level)
}

// remedy writes what the difference means and how it is mended, if there is one.
func (f Finding) remedy(b *strings.Builder) {
	if f.Level == OK {
		return
	}
	fmt.Fprintf(b, "\n%s: %s\n", f.Property, f.Why)
	for _, command := range f.Mend {
		fmt.Fprintf(b, "  $ %s\n", command)
	}
}
