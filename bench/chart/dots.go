// Package chart draws dot plots as SVG: a row for each thing that is compared, a
// mark for each series in it, on a logarithmic axis. It owns their looks, which
// hold on light and dark pages; what is drawn is the caller's.
//
// A logarithmic axis because what is compared differs by factors of a hundred;
// bars need an axis that begins at 0, so there are marks.
package chart

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// Dots is a chart of one or more panels over the same rows.
type Dots struct {
	// Title says what is measured, and Note, below it, on what.
	Title, Note string
	// Rows are the names on the left, from the top.
	Rows []string
	// Series are the names in the legend, at most as many as there are marks.
	Series []string
	Panels []Panel
}

// Panel is one figure of all rows and series.
type Panel struct {
	// Title names the figure and which way is better.
	Title string
	// Unit is written at the end of the axis.
	Unit string
	// Values has a slice for each row with a value for each series. Values of 0 and
	// less, NaN and infinite ones are left out.
	Values [][]float64
	// Text writes a value, for the axis and for who points at a mark.
	Text func(float64) string
}

// The measures of a chart, in pixels.
const (
	rowHeight  = 30
	panelWidth = 250
	onlyWidth  = 560 // of a panel that is alone
	gap        = 26
	labelWidth = 210
	margin     = 18
	headHeight = 74
	panelHead  = 26
	axisHeight = 44
)

// style has all colours: dark text on a light card, or the other way round where
// the reader's system is dark. The card has its own ground, so that the page's
// does not matter. The three colours of marks are told apart by people who see few
// colours (Okabe and Ito), and their shapes differ as well.
const style = `<style>
.ground{fill:#ffffff;stroke:#d0d7de}.mark{stroke:#ffffff}.text{fill:#1f2328}.soft{fill:#59636e}.line{stroke:#e3e7eb}.base{stroke:#8c959f}
.s0{fill:#0072b2}.s1{fill:#d55e00}.s2{fill:#007f5f}.s3{fill:#8a4f7d}
@media (prefers-color-scheme: dark){.ground{fill:#0d1117;stroke:#3d444d}.mark{stroke:#0d1117}.text{fill:#f0f6fc}.soft{fill:#a2abb5}.line{stroke:#262c34}.base{stroke:#656c76}
.s0{fill:#56b4e9}.s1{fill:#f0883e}.s2{fill:#3fb68b}.s3{fill:#d69bc8}}
text{font-family:system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif;font-size:13px}.title{font-size:17px;font-weight:600}.small{font-size:11.5px}
</style>
`

// SVG returns the chart as a file.
func (d Dots) SVG() []byte {
	each := panelWidth
	if len(d.Panels) == 1 {
		each = onlyWidth
	}
	width := 2*margin + labelWidth + len(d.Panels)*each + (len(d.Panels)-1)*gap
	height := headHeight + panelHead + len(d.Rows)*rowHeight + axisHeight + margin
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" aria-label="%s">`+"\n",
		width, height, width, height, html.EscapeString(d.Title+"; "+d.Note))
	b.WriteString(style)
	fmt.Fprintf(&b, `<rect class="ground" x="0.5" y="0.5" width="%d" height="%d" rx="8"/>`+"\n", width-1, height-1)
	text(&b, margin, 30, "title text", "start", d.Title)
	text(&b, margin, 50, "soft", "start", d.Note)
	d.legend(&b, width-margin)
	for i, row := range d.Rows {
		text(&b, margin+labelWidth-12, rowY(i)+4, "text", "end", row)
	}
	for i, p := range d.Panels {
		p.draw(&b, margin+labelWidth+i*(each+gap), each, d)
	}
	b.WriteString("</svg>\n")
	return []byte(b.String())
}

// rowY is the middle of a row.
func rowY(i int) int { return headHeight + panelHead + i*rowHeight + rowHeight/2 }

// legend writes the names of the series so that they end at x.
func (d Dots) legend(b *strings.Builder, x int) {
	const perLetter = 7
	for i := len(d.Series) - 1; i >= 0; i-- {
		x -= perLetter * len([]rune(d.Series[i]))
		text(b, x, 50, "text", "start", d.Series[i])
		x -= 10
		mark(b, i, float64(x), 46, "")
		x -= 20
	}
}

// draw draws the panel with its left edge at x.
func (p Panel) draw(b *strings.Builder, x, width int, d Dots) {
	low, high := p.span()
	at := func(v float64) float64 {
		return float64(x) + float64(width)*(math.Log(v)-math.Log(low))/(math.Log(high)-math.Log(low))
	}
	top, bottom := rowY(0)-rowHeight/2, rowY(len(d.Rows)-1)+rowHeight/2
	text(b, x, top-10, "text", "start", p.Title)
	for _, tick := range ticks(low, high) {
		fmt.Fprintf(b, `<line class="line" x1="%.1f" y1="%d" x2="%.1f" y2="%d"/>`+"\n", at(tick), top, at(tick), bottom)
		text(b, int(at(tick)), bottom+16, "small soft", "middle", p.Text(tick))
	}
	fmt.Fprintf(b, `<line class="base" x1="%d" y1="%d" x2="%d" y2="%d"/>`+"\n", x, bottom, x+width, bottom)
	text(b, x+width/2, bottom+34, "small soft", "middle", p.Unit)
	for i := range d.Rows {
		fmt.Fprintf(b, `<line class="line" x1="%d" y1="%d" x2="%d" y2="%d"/>`+"\n", x, rowY(i), x+width, rowY(i))
		for s := range d.Series {
			if v := p.value(i, s); drawable(v) {
				mark(b, s, at(v), float64(rowY(i)), d.Rows[i]+", "+d.Series[s]+": "+p.Text(v))
			}
		}
	}
}

func text(b *strings.Builder, x, y int, class, anchor, content string) {
	fmt.Fprintf(b, `<text class="%s" x="%d" y="%d" text-anchor="%s">%s</text>`+"\n", class, x, y, anchor, html.EscapeString(content))
}

// mark draws the mark of a series; says is shown to who points at it.
func mark(b *strings.Builder, series int, x, y float64, says string) {
	title := ""
	if says != "" {
		title = "<title>" + html.EscapeString(says) + "</title>"
	}
	switch series % 4 {
	case 0:
		fmt.Fprintf(b, `<circle class="mark s0" cx="%.1f" cy="%.1f" r="5.5">%s</circle>`+"\n", x, y, title)
	case 1:
		fmt.Fprintf(b, `<rect class="mark s1" x="%.1f" y="%.1f" width="10" height="10">%s</rect>`+"\n", x-5, y-5, title)
	case 2:
		fmt.Fprintf(b, `<path class="mark s2" d="M%.1f %.1fl6.5 11h-13z">%s</path>`+"\n", x, y-6.5, title)
	case 3:
		fmt.Fprintf(b, `<path class="mark s3" d="M%.1f %.1fl7 7l-7 7l-7 -7z">%s</path>`+"\n", x, y-7, title)
	}
}
