package config

import (
	"errors"
	"fmt"
	"strconv"

	"session-api/internal/clientaddr"
)

// Limits says how much is taken in.
type Limits struct {
	MaxInFlight    int    `name:"max-inflight" type:"autowhole" default:"auto" min:"0" max:"1000000" help:"How many requests may be at work at once; more are answered 503 at once, but for /health and /ready. auto is 256 with the engines embedded and memory; with dynamodb it begins with 128 and looks, between 32 and DYNAMODB_IDLE_CONNECTIONS, for as many as the table keeps up with. 0 means any number."`
	MaxConnections int    `name:"max-connections" type:"whole" default:"10000" min:"0" max:"1000000" help:"How many connections may be open at once. One more closes the one that has waited longest for a request, or is closed itself if all are at work. 0 means any number. Give the process at least 3000 more open files than that."`
	RateRPS        int    `name:"rate-limit-rps" type:"whole" default:"0" min:"0" max:"1000000" help:"How many requests a second each caller may send to this server over time; more are answered 429, but for /health and /ready. 0 means any number. A caller is a key, a subject or a certificate, or the address of who shows none; an IPv6 address stands for its /64."`
	RateBurst      int    `name:"rate-limit-burst" type:"whole" min:"1" max:"1000000" unset:"twice RATE_LIMIT_RPS" help:"How many requests a caller may send at once after a pause."`
	TrustedProxies string `name:"trusted-proxies" type:"networks" unset:"none" help:"The proxies that are believed when they name the client's address in X-Forwarded-For: addresses and networks, such as 10.0.0.0/24,192.0.2.7. Name nothing in which callers are, or these can claim any address."`
}

// Auto is the value of an option that says auto.
const Auto = -1

// check returns a sentence about options that are fine each by itself and do not go
// together.
func (l Limits) check() error {
	if l.RateBurst > 0 && l.RateRPS == 0 {
		return errors.New("RATE_LIMIT_BURST (--rate-limit-burst) needs RATE_LIMIT_RPS (--rate-limit-rps), which is 0: that means any number")
	}
	return nil
}

// autoWhole is a whole number, or auto.
var autoWhole = kind{
	read: func(text string, t tags) (any, bool) {
		if text == "auto" {
			return Auto, true
		}
		return whole.read(text, t)
	},
	allowed: func(t tags) string { return fmt.Sprintf("auto, or %s", whole.allowed(t)) },
}

var whole = ranged("a whole number from %s to %s", strconv.Atoi, strconv.Atoi)

func isNetworks(text string) bool {
	_, err := clientaddr.ParseNetworks(text)
	return err == nil && text != ""
}
