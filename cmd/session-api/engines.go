package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"

	"session-api"
	"session-api/internal/config"
	"session-api/store/embedded"
	"session-api/store/memory"
)

// engine is an open storage engine.
type engine struct {
	session.Store
	// cursorKey seals the cursors of lists. Processes that share the sessions
	// share it.
	cursorKey []byte
}

// opener is how an engine is opened.
type opener struct {
	// place says where it keeps sessions, for the log.
	place func(*config.Store) string
	open  func(*config.Store, *slog.Logger) (engine, error)
}

// engines are all engines. Nothing else in the program names one.
var engines = map[config.Engine]opener{
	config.Embedded: {place: func(c *config.Store) string { return c.DataDir }, open: openEmbedded},
	config.Memory:   {place: func(*config.Store) string { return "this process, until it ends" }, open: openMemory},
	config.DynamoDB: {place: func(c *config.Store) string { return c.TableName }, open: openDynamoDB},
}

// openEngine opens the engine that c selects and logs which one it is and why.
// That is logged first, because opening can fail and can take a while.
func openEngine(c *config.Store, log *slog.Logger) (engine, error) {
	name, why := c.Engine()
	o := engines[name]
	log.Info("session store", "engine", name, "place", o.place(c), "why", why)
	return o.open(c, log)
}

func openEmbedded(c *config.Store, log *slog.Logger) (engine, error) {
	store, err := embedded.Open(embedded.Options{Dir: c.DataDir, Retention: c.ExpiredRetention, Logger: log})
	if err != nil {
		return engine{}, fmt.Errorf("DATA_DIR (--data-dir): %w", err) // which names the directory
	}
	return engine{Store: store, cursorKey: store.CursorKey()}, nil
}

func openMemory(*config.Store, *slog.Logger) (engine, error) {
	// The key may end with the process: so do the sessions.
	key := make([]byte, session.CursorKeyBytes)
	rand.Read(key) // never fails (crypto/rand)
	return engine{Store: memory.New(), cursorKey: key}, nil
}

func openDynamoDB(c *config.Store, _ *slog.Logger) (engine, error) {
	_, why := c.Engine()
	return engine{}, usageError{errors.New("this build has no dynamodb engine yet, which is asked for because " +
		why + "; set SESSION_STORE (--session-store) to embedded or memory")}
}
