package main

import (
	"context"
	"log/slog"

	"session-api/internal/auth"
	"session-api/internal/config"
	"session-api/internal/httpapi"
	"session-api/internal/reload"
)

// callers is what tells who calls.
type callers struct {
	auth    *auth.Authenticator // nil where nobody is asked
	tokens  *auth.Tokens        // nil where none are taken
	files   []reload.Looker
	modes   config.AuthModes
	allowed bool
}

// openCallers reads what c names. A file that cannot be used ends the start: with some
// of the callers missing nobody could tell why they are turned away.
func openCallers(c config.Callers, log *slog.Logger) (*callers, error) {
	all := &callers{modes: c.Modes, allowed: c.AllowUnauthenticated}
	if c.Modes.Has(config.AuthNone) {
		return all, nil
	}
	var o auth.Options
	mapping, err := all.openMapping(c, log)
	if err != nil {
		return nil, err
	}
	if c.Modes.Has(config.AuthAPIKey) {
		if o.Keys, err = all.openKeys(c, log); err != nil {
			return nil, err
		}
	}
	if c.Modes.Has(config.AuthJWT) {
		if o.Tokens, err = auth.NewTokens(tokenOptions(c, mapping, log)); err != nil {
			return nil, err
		}
	}
	if c.Modes.Has(config.AuthMTLS) {
		o.Certificates = &auth.Certificates{Mapping: mapping}
	}
	all.auth, all.tokens = auth.New(o), o.Tokens
	return all, nil
}

func (a *callers) openKeys(c config.Callers, log *slog.Logger) (func() *auth.Keys, error) {
	file, err := reload.Open("API_KEYS_FILE (--api-keys-file)", log, func(texts [][]byte) (*auth.Keys, error) {
		return auth.ParseKeys(texts[0])
	}, c.KeysPath)
	if err != nil {
		return nil, err
	}
	a.files = append(a.files, file)
	return file.Value, nil
}

// openMapping returns nil where there is no file.
func (a *callers) openMapping(c config.Callers, log *slog.Logger) (func() *auth.Mapping, error) {
	if c.MappingFile == "" {
		return nil, nil
	}
	file, err := reload.Open("CALLERS_FILE (--callers-file)", log, func(texts [][]byte) (*auth.Mapping, error) {
		return auth.ParseMapping(texts[0])
	}, c.MappingFile)
	if err != nil {
		return nil, err
	}
	a.files = append(a.files, file)
	return file.Value, nil
}

func tokenOptions(c config.Callers, mapping func() *auth.Mapping, log *slog.Logger) auth.TokenOptions {
	return auth.TokenOptions{
		Issuer:   c.Issuer,
		Audience: c.Audience,
		KeysFile: c.KeySetFile,
		Host:     auth.KeyHost{URL: c.KeySetURL, CAFile: c.KeySetCA, TokenFile: c.KeySetToken},
		Mapping:  mapping,
		Logger:   log,
	}
}

// gate returns what the API asks; nil where nobody is asked.
func (a *callers) gate() httpapi.Callers {
	if a.auth == nil {
		return nil // and not a nil pointer in an interface that is none
	}
	return a.auth
}

// watch keeps all of it fresh until ctx ends.
func (a *callers) watch(ctx context.Context) {
	go reload.Watch(ctx, a.files...)
	if a.tokens != nil {
		go a.tokens.Watch(ctx)
	}
}

// say logs who may call.
func (a *callers) say(log *slog.Logger) {
	if a.allowed {
		log.Warn("everybody who reaches this service can read and end every session", "why", "ALLOW_UNAUTHENTICATED is true")
		return
	}
	log.Info("callers", "auth_mode", string(a.modes))
}
