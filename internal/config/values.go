package config

import (
	"errors"
	"math"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// parseSize reads a number of bytes: digits alone, or digits and KiB or MiB,
// which are 1024 and 1024² bytes (IEC 80000-13). A decimal "KB" is refused,
// because half of the world takes it for 1024.
func parseSize(text string) (int64, error) {
	shift := 0
	if digits, ok := strings.CutSuffix(text, "KiB"); ok {
		text, shift = digits, 10
	} else if digits, ok := strings.CutSuffix(text, "MiB"); ok {
		text, shift = digits, 20
	}
	n, err := strconv.ParseUint(text, 10, 63)
	if err != nil {
		return 0, err
	}
	if n > math.MaxInt64>>shift {
		return 0, errors.New("more bytes than can be counted")
	}
	return int64(n) << shift, nil
}

// decimal is a plain decimal number. strconv alone would also take NaN, Inf,
// hexadecimal and exponents.
var decimal = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)

// parseHours reads a decimal number of hours, to the nearest nanosecond.
func parseHours(text string) (time.Duration, error) {
	if !decimal.MatchString(text) {
		return 0, errors.New("not a decimal number")
	}
	hours, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, err
	}
	ns := math.Round(hours * float64(time.Hour))
	// float64(math.MaxInt64) is 2^63, which a Duration cannot hold.
	if ns >= math.MaxInt64 {
		return 0, errors.New("more hours than a duration holds")
	}
	return time.Duration(ns), nil
}

// isPath refuses what no file system takes.
func isPath(text string) bool { return text != "" && !strings.ContainsRune(text, 0) }

// hostName is the characters of RFC 1123 section 2.1, and the underscore that
// container networks use.
var hostName = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,252})$`)

func isHost(text string) bool {
	_, err := netip.ParseAddr(text)
	return err == nil || hostName.MatchString(text)
}

// tableName is AWS's rule ("Naming rules and data types in DynamoDB").
var tableName = regexp.MustCompile(`^[A-Za-z0-9_.-]{3,255}$`)

func isTableName(text string) bool { return tableName.MatchString(text) }

// tag is AWS's rule ("Tagging restrictions in DynamoDB") and the name's end at
// the first "=": AWS would take one in the name, but no command line could say so.
var tag = regexp.MustCompile(`^[\p{L}\p{N}\p{Z}+\-._:/@]{1,128}=[\p{L}\p{N}\p{Z}+\-=._:/@]{0,256}$`)

func isTag(text string) bool { return tag.MatchString(text) && !strings.HasPrefix(text, "aws:") }

var regionName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func isRegion(text string) bool { return regionName.MatchString(text) }

// parseNumber reads a decimal number.
func parseNumber(text string) (float64, error) {
	if !decimal.MatchString(text) {
		return 0, errors.New("not a decimal number")
	}
	return strconv.ParseFloat(text, 64)
}

// isText refuses what would be two lines of a log, and space that nobody sees.
func isText(text string) bool {
	return text != "" && len(text) <= 1024 && text == strings.TrimSpace(text) && !strings.ContainsFunc(text, unicode.IsControl)
}

// isKeySetURL takes what keys may be fetched from: whoever can change them under way
// can be any caller.
func isKeySetURL(text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && isLoopback(u.Hostname())
}

// isLoopback reports whether host can be reached from this machine alone. Of names it
// knows only the one that RFC 6761 section 6.3 sets apart.
func isLoopback(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.Unmap().IsLoopback()
	}
	return strings.EqualFold(host, "localhost")
}
