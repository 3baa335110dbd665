package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"

	"session-api"
	"session-api/internal/config"
	"session-api/internal/inflight"
	"session-api/store/dynamo"
	"session-api/store/embedded"
	"session-api/store/memory"
)

// engine is an open storage engine.
type engine struct {
	session.Store
	// cursorKey seals the cursors of lists. Processes that share the sessions
	// share it.
	cursorKey []byte
	// newIDs makes the ids of new sessions from others; nil where the store has nothing
	// to add to them.
	newIDs func(next func(userID string) string) func(userID string) string
	// What the service must know of a store that keeps secrets; zero for one that
	// keeps none.
	handle       func(id string) string
	maxDataBytes int
}

// opener is how an engine is opened.
type opener struct {
	// place says where it keeps sessions, for the log.
	place func(*config.Store) string
	open  func(*config.Store, *slog.Logger) (engine, error)
	// inFlight is how many requests it takes at once if nobody says.
	inFlight func(*config.Store) *inflight.Limit
}

// engines are all engines. Nothing else in the program names one.
var engines = map[config.Engine]opener{
	config.Embedded: {
		place: func(c *config.Store) string { return c.DataDir }, open: openEmbedded, inFlight: alwaysManyInFlight,
	},
	config.Memory: {
		place: func(*config.Store) string { return "this process, until it ends" }, open: openMemory, inFlight: alwaysManyInFlight,
	},
	config.DynamoDB: {
		place: func(c *config.Store) string { return c.TableName + " in " + c.Region }, open: openDynamoDB, inFlight: asManyAsTheTableTakes,
	},
}

// openEngine opens the engine that c selects and logs which one it is and why.
// That is logged first, because opening can fail and can take a while. A key of
// cursors that the options name goes before that of the engine.
func openEngine(c *config.Store, log *slog.Logger) (engine, error) {
	name, why := c.Engine()
	o := engines[name]
	log.Info("session store", "engine", name, "place", o.place(c), "why", why)
	if c.CursorKeyFile == "" {
		return o.open(c, log)
	}
	key, err := readCursorKey(c.CursorKeyFile)
	if err != nil {
		return engine{}, usageError{err}
	}
	e, err := o.open(c, log)
	e.cursorKey = key
	return e, err
}

func openEmbedded(c *config.Store, log *slog.Logger) (engine, error) {
	store, err := embedded.Open(embedded.Options{Dir: c.DataDir, Retention: c.ExpiredRetention, Logger: log})
	if err != nil {
		return engine{}, fmt.Errorf("DATA_DIR (--data-dir): %w", err) // which names the directory
	}
	return engine{Store: store, cursorKey: store.CursorKey(), newIDs: store.NewIDs}, nil
}

func openMemory(*config.Store, *slog.Logger) (engine, error) {
	// The key may end with the process: so do the sessions.
	key := make([]byte, session.CursorKeyBytes)
	rand.Read(key) // never fails (crypto/rand)
	return engine{Store: memory.New(), cursorKey: key}, nil
}

// openDynamoDB opens the engine even if the table is missing or nobody answers:
// /ready tells that, and the service heals by itself when it is mended.
func openDynamoDB(c *config.Store, log *slog.Logger) (engine, error) {
	store, err := dynamo.Open(context.Background(), dynamoOptions(c, log))
	if err != nil {
		return engine{}, usageError{err}
	}
	return engine{Store: store, cursorKey: store.CursorKey()}, nil
}

func dynamoOptions(c *config.Store, log *slog.Logger) dynamo.Options {
	return dynamo.Options{
		Table:          c.TableName,
		Region:         c.Region,
		ConsistentRead: c.ConsistentRead,
		CoalesceReads:  c.CoalesceReads,
		CoalesceFrom:   c.CoalesceFrom,
		Attempts:       c.Attempts,
		AttemptTimeout: c.AttemptTimeout,
		CallTimeout:    c.CallTimeout,
		IdleConns:      c.IdleConns,
		Logger:         log,
	}
}
