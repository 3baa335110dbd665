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
	"whole":     whole,
	"size":      ranged("a number of bytes from %s to %s, such as 65536 or 64KiB", parseSize, parseSize),
	"duration":  ranged("a duration from %s to %s, such as 1m30s", time.ParseDuration, time.ParseDuration),
	"hours":     ranged("a number of hours from %s to %s, such as 24 or 0.5", parseHours, time.ParseDuration),
	"path":      text(isPath, "a path"),
	"host":      text(isHost, "an IP address or a host name, without a port"),
	"table":     text(isTableName, "a DynamoDB table name (3 to 255 letters, digits, dots, hyphens or underscores)"),
	"networks":  text(isNetworks, "IP addresses or networks in the form 10.0.0.0/8, with commas between them"),
	"autowhole": autoWhole,
	"tag":       text(isTag, "name=value, of 1 to 128 and at most 256 letters, digits, spaces or + - . _ : / @, not beginning with aws:"),
	"region":    text(isRegion, "the name of an AWS region, such as us-west-2"),
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

func choices(t tags) string {
	all := words(t)
	last := len(all) - 1
	return strings.Join(all[:last], ", ") + " or " + all[last]
}
