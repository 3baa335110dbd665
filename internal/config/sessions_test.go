package config

import (
	"strings"
	"testing"
	"time"
)

func TestTheLongestLifetimeIsNeverBelowTheUsualOne(t *testing.T) {
	t.Parallel()
	for hours, want := range map[string]time.Duration{"24": 720 * time.Hour, "720": 720 * time.Hour, "1000": 1000 * time.Hour} {
		c := mustParse(t, nil, "SESSION_TTL_HOURS="+hours)
		if got := c.Sessions.LongestTTL(); got != want {
			t.Errorf("with a lifetime of %s hours the longest is %v; want %v", hours, got, want)
		}
	}
	c := mustParse(t, nil, "SESSION_MAX_TTL_HOURS=36")
	if got := c.Sessions.LongestTTL(); got != 36*time.Hour {
		t.Errorf("the longest lifetime is %v; want the 36 hours that are set", got)
	}
}

func TestOptionsThatDoNotGoTogetherAreNamed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		variables, named []string
	}{
		{[]string{"SESSION_MAX_TTL_HOURS=23"}, []string{"SESSION_MAX_TTL_HOURS", "SESSION_TTL_HOURS"}},
		{[]string{"SESSION_IDLE_TIMEOUT=1500ms"}, []string{"SESSION_IDLE_TIMEOUT", "1.5s", "whole seconds"}},
		{[]string{"SESSION_IDLE_TIMEOUT=721h"}, []string{"SESSION_IDLE_TIMEOUT", "720h"}},
		{[]string{"DYNAMODB_TABLE_NAME=tab", "DYNAMODB_CONSISTENT_READ=false", "SESSION_MAX_PER_USER=1"}, []string{"SESSION_MAX_PER_USER", "DYNAMODB_CONSISTENT_READ"}},
		{[]string{"SESSION_IDLE_TIMEOUT=10s", "SESSION_TOUCH_INTERVAL=6s"}, []string{"SESSION_TOUCH_INTERVAL", "6s", "SESSION_IDLE_TIMEOUT", "10s"}},
		{[]string{"RATE_LIMIT_BURST=5"}, []string{"RATE_LIMIT_BURST", "RATE_LIMIT_RPS"}},
	} {
		err := mustParse(t, nil, test.variables...).Check()
		for _, word := range test.named {
			if err == nil || !strings.Contains(err.Error(), word) {
				t.Errorf("%v gives %v; want a sentence with %q", test.variables, err, word)
			}
		}
	}
	for _, variables := range [][]string{nil, {"SESSION_TTL_HOURS=2000"}, {"SESSION_IDLE_TIMEOUT=10s", "SESSION_TOUCH_INTERVAL=5s"}, {"SESSION_TOUCH_INTERVAL=1h"}, {"RATE_LIMIT_BURST=5", "RATE_LIMIT_RPS=1"},
		{"DYNAMODB_CONSISTENT_READ=false", "SESSION_MAX_PER_USER=1"}, {"DYNAMODB_TABLE_NAME=tab", "SESSION_MAX_PER_USER=1"}} {
		if err := mustParse(t, nil, variables...).Check(); err != nil {
			t.Errorf("%v is refused: %v", variables, err)
		}
	}
}
