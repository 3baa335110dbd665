package config

import (
	"cmp"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"
)

// tags are the tags of one option.
type tags interface{ Get(key string) string }

// A kind is a form of value.
type kind struct {
	// read returns what text stands for; false if it is not allowed.
	read func(text string, t tags) (any, bool)
	// allowed says in words what read takes. It ends a sentence that begins
	// with "it must be".
	allowed func(t tags) string
}

// kinds are what the tag "type" can name.
var kinds = map[string]kind{
	"choice":    {read: readChoice, allowed: choices},
	"level":     {read: readLevel, allowed: choices},
	"switch":    {read: readSwitch, allowed: choices},
	"size":      ranged("a number of bytes from %s to %s, such as 65536 or 64KiB", parseSize, parseSize),
	"duration":  ranged("a duration from %s to %s, such as 1m30s", time.ParseDuration, time.ParseDuration),
	"hours":     ranged("a number of hours from %s to %s, such as 24 or 0.5", parseHours, time.ParseDuration),
	"path":      text(isPath, "a path"),
	"modes":     {read: readModes, allowed: func(t tags) string { return "none, or a list with commas of " + listed(words(t)[1:], "and") }},
	"scopes":    {read: readScopes, allowed: func(t tags) string { return "a list with commas of " + listed(words(t), "and") }},
	"number":    ranged("a number from %s to %s", parseNumber, parseNumber),
	"text":      text(isText, "a text of one line"),
	"keyset":    text(isKeySetURL, "an https URL (http on the loopback address only) without user, password and fragment"),
	"host":      text(isHost, "an IP address or a host name, without a port"),
	"table":     text(isTableName, "a DynamoDB table name (3 to 255 letters, digits, dots, hyphens or underscores)"),
	"tag":       text(isTag, "name=value, of 1 to 128 and at most 256 letters, digits, spaces or + - . _ : / @, not beginning with aws:"),
	"region":    text(isRegion, "the name of an AWS region, such as us-west-2"),
	"whole":     whole,
	"networks":  text(isNetworks, "IP addresses or networks in the form 10.0.0.0/8, with commas between them"),
	"autowhole": autoWhole,
}

// ranged is a kind whose values have an order and lie between the tags min and
// max, which bound reads. allowed says so with a %s for each of the two.
func ranged[T cmp.Ordered](allowed string, parse, bound func(string) (T, error)) kind {
	return kind{
		read: func(text string, t tags) (any, bool) {
			v, err := parse(text)
			low, errLow := bound(t.Get("min"))
			high, errHigh := bound(t.Get("max"))
			return v, cmp.Or(err, errLow, errHigh) == nil && low <= v && v <= high
		},
		allowed: func(t tags) string { return fmt.Sprintf(allowed, t.Get("min"), t.Get("max")) },
	}
}

// text is a kind that is kept as it is written.
func text(fits func(string) bool, allowed string) kind {
	return kind{
		read:    func(text string, _ tags) (any, bool) { return text, fits(text) },
		allowed: func(tags) string { return allowed },
	}
}

func readChoice(text string, t tags) (any, bool) {
	return text, slices.Contains(words(t), text)
}

func readSwitch(text string, t tags) (any, bool) {
	_, ok := readChoice(text, t)
	return text == "true", ok
}

func readLevel(text string, t tags) (any, bool) {
	var level slog.Level
	// slog knows more spellings than the choices; those stay out, so that what
	// the reference says is all there is.
	_, ok := readChoice(text, t)
	return level, ok && level.UnmarshalText([]byte(text)) == nil
}

func words(t tags) []string { return strings.Split(t.Get("choices"), ",") }

func choices(t tags) string { return listed(words(t), "or") }

// listed returns words as a sentence has them, the last two joined by the given one.
func listed(words []string, join string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " " + join + " " + words[last]
}

// readModes reads several of the choices, the first of which stands alone.
func readModes(text string, t tags) (any, bool) {
	all, ok := readSeveral(text, words(t))
	return text, ok && (len(all) == 1 || !slices.Contains(all, words(t)[0]))
}

// readScopes reads several of the choices.
func readScopes(text string, t tags) (any, bool) {
	_, ok := readSeveral(text, words(t))
	return text, ok
}

// readSeveral reads a list of words, each of which is there once.
func readSeveral(text string, allowed []string) (all []string, ok bool) {
	for word := range strings.SplitSeq(text, ",") {
		if !slices.Contains(allowed, word) || slices.Contains(all, word) {
			return nil, false
		}
		all = append(all, word)
	}
	return all, true
}
