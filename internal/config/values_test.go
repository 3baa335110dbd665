package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"session-api"
)

// shown is everything in c, for comparing.
func shown(c *Config) string { return fmt.Sprintf("%#v", *c) }

func TestValuesAreTakenUpToTheirBoundsAndNoFurther(t *testing.T) {
	t.Parallel()
	tests := []struct{ flag, taken, refused string }{
		{"port", "0 65535", "-1 65536 8080.0 0x50 http 99999999999999999999"},
		{"max-body-bytes", "1024 1KiB 512KiB 524288", "1023 0 0KiB 513KiB 524289 1MiB 1K 1KB 1kib 1.5KiB KiB -1KiB +1KiB 18446744073709551616"},
		{"request-timeout", "10ms 5m 1.5s", "9ms 5m1ns 5 0 -5s 1h fast"},
		{"shutdown-delay", "0 0s 5m", "-1s 6m 1"},
		{"shutdown-grace", "0s 1h", "-1s 61m 20"},
		{"expired-retention", "0 0s 24h 87600h", "-1h 87601h 1d"},
		{
			"session-ttl-hours", "24 0.5 0.000277778 876000 1.0 024",
			"0 0.000277 876000.1 -1 +1 NaN nan Inf inf -Inf 1e3 0x10 .5 5. 1_000 24h 1e999 " + strings.Repeat("9", 400),
		},
		{"session-id-format", "labelled opaque", "Labelled label"},
		{"session-store", "embedded dynamodb memory", "pebble embedded,memory ,"},
		{"log-format", "text json", "JSON logfmt"},
		{"log-level", "debug info warn error", "Debug warning info+1 8"},
		{"host", "127.0.0.1 0.0.0.0 :: ::1 fe80::1%eth0 localhost api.example.com my_container", "[::1] localhost:80 http://x -x a/b"},
		{"aws-region", "us-west-2 local eu-central-1", "US-WEST-2 us_west us--west -us us-"},
		{"dynamodb-table-name", "abc a.b-c_9 " + strings.Repeat("t", 255), "ab tab/le täble " + strings.Repeat("t", 256)},
		{"auth-mode", "none apikey jwt mtls apikey,jwt,mtls mtls,apikey", "none,jwt jwt,none None apikey,apikey apikey, ,jwt basic"},
		{"allow-unauthenticated", "true false", "yes 1 True"},
		{"docs", "true false", "public"},
		{"jwt-issuer", "https://issuer.example x", "a\x00b"},
		{"jwt-audience", "session-api", "a\x7f"},
		{
			"jwt-jwks-url", "https://issuer.example/keys https://[2001:db8::1]:6443/openid/v1/jwks http://127.0.0.1:1/k http://[::1]/k http://localhost/k https://a?b=c",
			"http://issuer.example/keys http://10.0.0.1/k http://localhost.example/k https:/x https:// keys ftp://127.0.0.1/k https://u:p@a/k https://u@a https://a#b",
		},
		{"data-dir", "./data / C:\\data", ""},
		{"cursor-key-file", "./key /run/secrets/key", ""},
		{"dynamodb-consistent-read", "true false", "True FALSE 1 0 yes no t"},
		{"max-inflight", "auto 0 1 256 1000000", "Auto -1 1000001 1.5 any"},
		{"max-connections", "0 1 10000 1000000", "-1 1000001 auto"},
		{"rate-limit-rps", "0 1 1000000", "-1 0.5 1000001 10/s"},
		{"rate-limit-burst", "1 1000000", "0 -1 1000001"},
		{"trusted-proxies", "10.0.0.0/8 10.0.0.1,::1 fd00::/8", "10.0.0.1/8 10.0.0.0/33 localhost , 10.0.0.0/8, *"},
		{"dynamodb-attempts", "1 3 10", "0 11 -1 1.5 three"},
		{"dynamodb-attempt-timeout", "10ms 300ms 1m", "9ms 61s 0 300 -1s"},
		{"dynamodb-call-timeout", "10ms 1s 1m", "9ms 61s 0 1000 -1s"},
		{"dynamodb-idle-connections", "1 256 10000", "0 10001 -1 many"},
	}
	for _, test := range tests {
		for _, value := range strings.Fields(test.taken) {
			if _, err := parse(t, []string{"--" + test.flag + "=" + value}); err != nil {
				t.Errorf("refused: %v", err)
			}
		}
		for _, value := range append(strings.Fields(test.refused), "", " ", " 1", "1 ") {
			if value != "" && (test.flag == "data-dir" || test.flag == "cursor-key-file") {
				continue // a file may be called anything
			}
			if _, err := parse(t, []string{"--" + test.flag + "=" + value}); err == nil {
				t.Errorf("--%s takes %q", test.flag, value)
			}
		}
	}
}

func TestHoursAndSizesMeanWhatTheySay(t *testing.T) {
	t.Parallel()
	c := mustParse(t, []string{"--session-ttl-hours=0.1", "--max-body-bytes=2KiB"})
	if c.Sessions.TTL != 6*time.Minute {
		t.Errorf("0.1 hours are %v", c.Sessions.TTL)
	}
	if c.HTTP.MaxBodyBytes != 2048 {
		t.Errorf("2KiB are %d bytes", c.HTTP.MaxBodyBytes)
	}
}

func TestTheLargestBodyHasRoomForTheLargestSession(t *testing.T) {
	t.Parallel()
	c := mustParse(t, []string{"--max-body-bytes=512KiB"})
	if c.HTTP.MaxBodyBytes < session.MaxItemBytes {
		t.Errorf("a body may have %d bytes, a session %d", c.HTTP.MaxBodyBytes, session.MaxItemBytes)
	}
}

func TestTheShortestLifetimeIsOneThatASessionMayHave(t *testing.T) {
	t.Parallel()
	c := mustParse(t, []string{"--session-ttl-hours=0.000277778"})
	if c.Sessions.TTL < session.MinTTL || c.Sessions.TTL > session.MinTTL+time.Millisecond {
		t.Errorf("the shortest lifetime is %v, a session's %v", c.Sessions.TTL, session.MinTTL)
	}
}

func FuzzParseSize(f *testing.F) {
	for _, seed := range []string{"0", "384KiB", "1MiB", "8796093022208MiB", "9007199254740992KiB", "9223372036854775808", "-1", "KiB", "1 KiB"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := parseSize(text)
		if err != nil {
			return
		}
		if n < 0 {
			t.Fatalf("%q is %d", text, n)
		}
		unit := int64(1)
		digits := text
		if d, ok := strings.CutSuffix(text, "KiB"); ok {
			unit, digits = 1<<10, d
		} else if d, ok := strings.CutSuffix(text, "MiB"); ok {
			unit, digits = 1<<20, d
		}
		if want := strings.TrimLeft(digits, "0"); n%unit != 0 || strconv.FormatInt(n/unit, 10) != want && n != 0 {
			t.Fatalf("%q is %d bytes", text, n)
		}
	})
}

func FuzzParseHours(f *testing.F) {
	for _, seed := range []string{"24", "0.5", "0", "2562047.788015215", "2562047.7880152156", "1e3", "NaN", "-1", "00000.0000001"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := parseHours(text)
		if err != nil {
			return
		}
		if d < 0 || strings.Trim(text, "0123456789.") != "" {
			t.Fatalf("%q is %v", text, d)
		}
		hours, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatal(err)
		}
		// A float64 carries 53 bits: beyond 2^53 ns, 104 days, it rounds.
		if off := math.Abs(d.Hours() - hours); off > 1e-12+hours*1e-15 {
			t.Fatalf("%q is %v, off by %v hours", text, d, off)
		}
	})
}
