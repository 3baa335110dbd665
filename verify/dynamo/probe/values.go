package main

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const valueRule = "DG Supported data types"

func valueChecks() []check {
	return []check{
		{"value/a number keeps 38 digits", valueRule, numberKeepsDigits},
		{"value/a number of 39 digits is refused", valueRule, longNumberIsRefused},
		{"value/a number beyond 9.99E+125 is refused", valueRule, largeNumberIsRefused},
		{"value/numbers come back in one form (1.0, 007, 1e3)", valueRule, numbersAreNormal},
		{"value/what is no number is refused", valueRule, noNumberIsRefused},
		{"value/a number beyond 2^53 is compared exactly", valueRule, largeNumbersCompare},
		{"value/an empty string is kept where it is no key", valueRule, emptyStringIsKept},
		{"value/an empty set is refused", valueRule, emptySetIsRefused},
		{"value/every Unicode plane is kept, in ids too", valueRule, unicodeIsKept},
		{"value/unnormalised forms are different ids", valueRule, unicodeIsNotNormalised},
		{"value/JSON text comes back byte for byte", valueRule, jsonIsKept},
		{"value/attributes of every type are kept", valueRule, typesAreKept},
	}
}

// keepsNumber is nil if a number is stored and comes back as want.
func (p *probe) keepsNumber(table, given, want string) error {
	if err := p.put(table, with(session("a"), "version", num(given))); err != nil {
		return fmt.Errorf("%s: %w", given, err)
	}
	return p.holds(table, with(session("a"), "version", num(want)))
}

func numberKeepsDigits(p *probe) error {
	table, err := p.table(false)
	if err != nil {
		return err
	}
	const digits = "12345678901234567890123456789012345678"
	return first(p.keepsNumber(table, digits, digits), p.keepsNumber(table, "-0."+digits, "-0."+digits))
}

func (p *probe) refusesNumbers(given ...string) error {
	table, err := p.table(false)
	if err != nil {
		return err
	}
	for _, g := range given {
		if err := refused(p.create(table, with(session("a"), "version", num(g))), validation); err != nil {
			return fmt.Errorf("%q: %w", g, err)
		}
	}
	return nil
}

func longNumberIsRefused(p *probe) error {
	return p.refusesNumbers("123456789012345678901234567890123456789", "0.123456789012345678901234567890123456789")
}

func largeNumberIsRefused(p *probe) error { return p.refusesNumbers("1E126", "-1E126", "1E-131") }

func noNumberIsRefused(p *probe) error {
	return p.refusesNumbers("abc", "", "NaN", "Infinity", "1 2", "0x10")
}

func numbersAreNormal(p *probe) error {
	table, err := p.table(false)
	if err != nil {
		return err
	}
	for _, n := range [][2]string{{"1.0", "1"}, {"007", "7"}, {"1e3", "1000"}, {"-0", "0"}, {"0.50", "0.5"}} {
		if err := p.keepsNumber(table, n[0], n[1]); err != nil {
			return of(n[0], err)
		}
	}
	return nil
}

func largeNumbersCompare(p *probe) error {
	table, err := p.tableWith(false, with(session("a"), "version", num("9007199254740993")))
	if err != nil {
		return err
	}
	_, stale := p.update(table, "a", "9007199254740992")
	got, right := p.update(table, "a", "9007199254740993")
	return first(refused(stale, conditionFailed), brief(right), same("the version after it", text(got["version"]), "9007199254740994"))
}

func emptyStringIsKept(p *probe) error {
	empty := with(session("a"), "data", str(""))
	table, err := p.tableWith(true, empty)
	if err != nil {
		return err
	}
	return p.holds(table, empty)
}

func emptySetIsRefused(p *probe) error {
	table, err := p.table(false)
	if err != nil {
		return err
	}
	return refused(p.create(table, with(session("a"), "set", &types.AttributeValueMemberSS{Value: []string{}})), validation)
}

func unicodeIsKept(p *probe) error {
	table, err := p.table(false)
	if err != nil {
		return err
	}
	for plane := range rune(17) {
		base := plane << 16
		sample := string([]rune{base + 0x41, base + 0x1234, base + 0xFFFD})
		r := with(session("id-"+sample), "data", str(sample+" \u007f\u0085\u2028"))
		if err := first(p.put(table, r), p.holds(table, r)); err != nil {
			return fmt.Errorf("plane %d: %w", plane, err)
		}
	}
	return nil
}

func unicodeIsNotNormalised(p *probe) error {
	table, err := p.tableWith(false, session("\u00e4"))
	if err != nil {
		return err
	}
	got, err := p.get(table, "a\u0308")
	return first(err, same("the number of attributes found by the other form", len(got), 0), brief(p.create(table, session("a\u0308"))))
}

func jsonIsKept(p *probe) error {
	data := `{"n":12345678901234567890123,"f":1e3,"s":"\u0000\ud83d\ude00\\\"","z":0.10,"e":"","deep":` + strings.Repeat("[", 200) + strings.Repeat("]", 200) + `}`
	r := with(session("a"), "data", str(data+"\r\n\t "))
	table, err := p.tableWith(false, r)
	if err != nil {
		return err
	}
	return p.holds(table, r)
}

func typesAreKept(p *probe) error {
	table, err := p.tableWith(false, foreign("a"))
	if err != nil {
		return err
	}
	return p.holds(table, foreign("a"))
}
