package contract

import (
	"maps"
	"net/http"
)

// with returns c with another header.
func (c call) with(name, value string) call {
	c.header = maps.Clone(c.header)
	if c.header == nil {
		c.header = http.Header{}
	}
	c.header.Set(name, value)
	return c
}

// takesIfMatch reports whether the operation is one whose writes can be conditional.
func (c call) takesIfMatch() bool { return c.operation != read && c.operation != touch }

// driveConditions sends tags that match, that do not, and that are none.
func (d *driver) driveConditions(s *service) {
	path := d.session(s)
	for _, tags := range []string{`"1"`, `W/"1"`, `*`, `"7", W/"1"`} {
		d.send(s, call{operation: read, path: path, status: 304}.with("If-None-Match", tags))
	}
	d.send(s, call{operation: read, path: path, status: 200}.with("If-None-Match", `"7"`))
	for _, tags := range []string{`1`, `"1`, `*, "1"`, `"1" "2"`} {
		d.send(s, call{operation: read, path: path, is: bad, status: 400, code: "invalid_header"}.with("If-None-Match", tags))
		for _, c := range onOne(path) {
			if c.takesIfMatch() {
				c.is, c.status, c.code = bad, 400, "invalid_header"
				d.send(s, c.with("If-Match", tags))
			}
		}
	}
	for _, tags := range []string{`"7"`, `W/"1"`, `"x", "y"`, `"01"`} {
		for _, c := range onOne(path) {
			if c.takesIfMatch() {
				c.status, c.code = 412, "version_conflict"
				d.send(s, c.with("If-Match", tags))
			}
		}
	}
	for _, tags := range []string{`"1"`, `*`, ` "7" ,, "1"`} {
		for i := range onOne("") {
			c := onOne(d.session(s))[i]
			if c.takesIfMatch() {
				c.status = 200
				d.send(s, c.with("If-Match", tags))
			}
		}
	}
}

func (d *driver) driveRequiredConditions(s *service) {
	path := d.session(s)
	for _, c := range onOne(path) {
		switch c.operation {
		case update, patch, remove:
			c.status, c.code = 428, "precondition_required"
		case rotate:
			continue
		default:
			c.status = 200
		}
		d.send(s, c)
	}
	d.send(s, call{operation: update, path: path, body: `{}`, status: 200}.with("If-Match", "*"))
}
