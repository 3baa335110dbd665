package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"

	"session-api/bench/wrk"
)

// The bare loop is what durable creates are measured against: goroutines that
// each commit, over and over, a batch with the three keys of a session and wait
// until it is synced. It is a process of its own, on a copy of session-api's
// database and with the options that this database was written with.

// pebbleLoop is a running one.
type pebbleLoop struct{ *process }

// startPebble starts the loop on a copy of a data directory of session-api.
func (s *site) startPebble(dir string) (*pebbleLoop, error) {
	self, err := executable()
	if err != nil {
		return nil, err
	}
	p, err := s.keep(start("bare loop", nil, nil, self, "pebble", "-dir", filepath.Join(dir, "db")))
	return &pebbleLoop{p}, err
}

// drive runs one round of the loop.
func (l *pebbleLoop) drive(ctx context.Context, writers int, d time.Duration) (round, error) {
	sub := &subject{contender: contender{title: l.name}, server: l.process}
	before, _, err := sub.cpuTimes()
	if err != nil {
		return round{}, err
	}
	args := url.Values{"writers": {strconv.Itoa(writers)}, "for": {d.String()}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+l.addr+"/?"+args.Encode(), nil)
	if err != nil {
		return round{}, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return round{}, err
	}
	defer func() { _ = res.Body.Close() }()
	var seen wrk.Result
	if res.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(res.Body)
		return round{}, fmt.Errorf("the bare loop: %s", text)
	}
	if err := json.NewDecoder(res.Body).Decode(&seen); err != nil {
		return round{}, err
	}
	after, _, err := sub.settle(ctx)
	return round{Result: seen, cpu: (after - before) / time.Duration(max(1, seen.Requests))}, err
}

// servePebble is the process of the loop.
func servePebble(_ context.Context, o settings) error {
	db, err := openLikeIts(o.dir)
	if err != nil {
		return err
	}
	samples, err := sampleSessions(db)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	slog.New(slog.NewJSONHandler(os.Stdout, nil)).Info("listening", "addr", listener.Addr().String())
	return http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		writers, err := strconv.Atoi(r.FormValue("writers"))
		d, err2 := time.ParseDuration(r.FormValue("for"))
		if err := errors.Join(err, err2); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		seen, err := loopBatches(db, samples, writers, d)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		_ = json.NewEncoder(w).Encode(seen)
	}))
}

// openLikeIts opens a database with the options that its own file of them names.
func openLikeIts(dir string) (*pebble.DB, error) {
	files, err := filepath.Glob(filepath.Join(dir, "OPTIONS-*"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("%s has no database of Pebble", dir)
	}
	slices.Sort(files)
	text, err := os.ReadFile(files[len(files)-1])
	if err != nil {
		return nil, err
	}
	var o pebble.Options
	err = o.Parse(string(text), &pebble.ParseHooks{
		NewFilterPolicy: func(string) (pebble.FilterPolicy, error) { return bloom.FilterPolicy(10), nil },
		SkipUnknown:     func(string, string) bool { return true },
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", files[len(files)-1], err)
	}
	return pebble.Open(dir, &o)
}

// loopBatches commits batches with so many goroutines for a while.
func loopBatches(db *pebble.DB, samples []sample, writers int, d time.Duration) (wrk.Result, error) {
	took, errs := make([][]time.Duration, writers), make([]error, writers)
	var wait sync.WaitGroup
	begin := time.Now()
	for w := range writers {
		wait.Go(func() {
			for i := w; errs[w] == nil; i += writers {
				before := time.Now()
				if before.Sub(begin) > d {
					return
				}
				errs[w] = samples[i%len(samples)].storeAnew(db)
				took[w] = append(took[w], time.Since(before))
			}
		})
	}
	wait.Wait()
	elapsed := time.Since(begin)
	all := slices.Concat(took...)
	if err := errors.Join(errs...); err != nil || len(all) == 0 {
		return wrk.Result{}, errors.Join(err, errors.New("no batch was committed"))
	}
	slices.Sort(all)
	return wrk.Result{Requests: len(all), Elapsed: elapsed, P50: all[len(all)/2], P99: all[len(all)*99/100]}, nil
}
