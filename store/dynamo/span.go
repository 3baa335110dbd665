package dynamo

import (
	"time"

	"session-api"
)

// span bounds createdAt as it is stored, for conditions that DynamoDB checks.
// Rows of other writers have other forms of it: without a fraction, or with a zone
// and so up to a day off. So it holds every row that a query asks for and others:
// what is in it is looked at as a time (indexKey.created, PageQuery.Created).
type span struct{ from, to string } // "" for no bound

// endOfSecond sorts behind everything that can follow a second in a time.
const (
	secondLayout = "2006-01-02T15:04:05"
	endOfSecond  = "~"
	// farthestZone is more than any zone is off UTC.
	farthestZone = 24 * time.Hour
)

func spanOf(q session.PageQuery) span {
	var s span
	if !q.CreatedAfter.IsZero() {
		s.from = bound(q.CreatedAfter.Add(-farthestZone))
	}
	if !q.CreatedBefore.IsZero() {
		s.to = bound(q.CreatedBefore.Add(farthestZone))
	}
	return s
}

// bound is a text that no row has: DynamoDB refuses to go on from the very end of
// what a query asks for ("The provided starting key is outside query boundaries").
func bound(t time.Time) string {
	t = t.UTC()
	if t.Year() < 0 || t.Year() > 9999 {
		return "" // has other digits, and no row is there
	}
	return t.Format(secondLayout) + endOfSecond
}

// condition returns the condition for createdAt, beginning with AND, and adds its
// values; "" for no bounds.
func (s span) condition(values item) string {
	if s.from != "" {
		values[":from"] = text(s.from)
	}
	if s.to != "" {
		values[":to"] = text(s.to)
	}
	switch {
	case s.from != "" && s.to != "":
		return " AND createdAt BETWEEN :from AND :to" // the one form that a key can have
	case s.from != "":
		return " AND createdAt >= :from"
	case s.to != "":
		return " AND createdAt <= :to"
	}
	return ""
}

func (s span) holds(createdAt string) bool {
	return createdAt >= s.from && (s.to == "" || createdAt <= s.to)
}

// emptySpan reports whether q asks for what no session can be, which DynamoDB
// refuses as a range.
func emptySpan(q session.PageQuery) bool {
	return !q.CreatedAfter.IsZero() && !q.CreatedBefore.IsZero() && !q.CreatedAfter.Before(q.CreatedBefore)
}

// created reports whether q asks for the key's row, as far as the key tells: a row
// whose createdAt is no time is whoever's who reads it.
func (k indexKey) created(q session.PageQuery) bool {
	at, err := parseTime(k.createdAt)
	return err != nil || q.Created(&session.Session{CreatedAt: at})
}
