package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"session-api/internal/auth"
	"session-api/internal/config"
	"session-api/internal/reload"
)

// keysCommands are the commands about API keys.
type keysCommands struct {
	New newKey `cmd:"" help:"Make a key and print it, once: only its digest is kept. With API_KEYS_FILE the key is added to that file, which running servers read anew; without, the entry to put there is printed after the key."`
}

// newKey says what the new key is for.
type newKey struct {
	config.KeysFile
	ID         string        `name:"id" type:"text" cli:"only" required:"" help:"The name of the key, by which logs call it, such as web-1."`
	Scopes     string        `name:"scopes" type:"scopes" choices:"sessions:read,sessions:write,sessions:admin" cli:"only" required:"" help:"What the key may. None of them contains another."`
	UserPrefix string        `name:"user-prefix" type:"text" cli:"only" unset:"all users" help:"The beginning of the ids of the users that the key is restricted to, such as shop:."`
	ExpiresIn  time.Duration `name:"expires-in" type:"duration" min:"1s" max:"87600h" cli:"only" unset:"never" help:"How long the key is good."`
	RPS        float64       `name:"rate-rps" type:"number" min:"0.001" max:"1000000" cli:"only" unset:"as the server has it" help:"How many requests a second are let through, on average."`
	Burst      int           `name:"rate-burst" type:"whole" min:"1" max:"1000000" cli:"only" unset:"as the server has it" help:"How many requests may come at once."`
}

// run makes a key. Standard output gets what is to be kept, so that it can be taken
// over by a script, and notes what is for people.
func (n newKey) run(out, notes io.Writer, now time.Time) error {
	entry, err := n.entry(now)
	if err != nil {
		return usageError{err}
	}
	key := auth.NewKey()
	entry.Digest = auth.DigestOf(key)
	if n.KeysPath == "" {
		text, err := entry.Entry()
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "%s\n%s\n", key, text)
		return err
	}
	if err := auth.AddKey(n.KeysPath, entry); err != nil {
		return fmt.Errorf("API_KEYS_FILE (--api-keys-file): %w", err)
	}
	if _, err := fmt.Fprintln(out, key); err != nil {
		return err
	}
	_, err = fmt.Fprintf(notes, "%s is in %s; a running server knows it within %v. The key is shown this once.\n", n.ID, n.KeysPath, reload.Interval)
	return err
}

// entry returns the key's entry, but for its digest.
func (n newKey) entry(now time.Time) (auth.Key, error) {
	if !auth.FitKeyID(n.ID) {
		return auth.Key{}, errors.New("--id must be " + auth.KeyIDForm)
	}
	if n.UserPrefix != "" && !auth.FitPrefix(n.UserPrefix) {
		return auth.Key{}, errors.New("--user-prefix must be " + auth.PrefixForm)
	}
	if (n.RPS == 0) != (n.Burst == 0) {
		return auth.Key{}, errors.New("--rate-rps and --rate-burst need each other")
	}
	scopes, err := auth.ParseScopes(strings.Split(n.Scopes, ","))
	if err != nil {
		return auth.Key{}, fmt.Errorf("--scopes %w", err)
	}
	key := auth.Key{ID: n.ID, Scopes: scopes, UserPrefix: n.UserPrefix}
	if n.ExpiresIn > 0 {
		// In whole seconds, as the file has it, and no less than was asked for.
		key.ExpiresAt = now.Add(n.ExpiresIn + time.Second - 1).Truncate(time.Second)
	}
	if n.Burst > 0 {
		key.Rate = &auth.Rate{RPS: n.RPS, Burst: n.Burst}
	}
	return key, nil
}
