package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"session-api"
	"session-api/internal/config"
)

// closingStore is a store of which only the end matters.
type closingStore struct {
	session.Store
	closed atomic.Int32
	err    error
}

func (s *closingStore) Close() error {
	s.closed.Add(1)
	return s.err
}

// noJobs has nothing to do in the background.
type noJobs struct{}

func (noJobs) Close(context.Context) error { return nil }

// someJobs is work in the background.
type someJobs func(ctx context.Context) error

func (j someJobs) Close(ctx context.Context) error { return j(ctx) }

// rig is a stopper that serves h, and what one needs to stop it.
type rig struct {
	stopper
	store    *closingStore
	listener net.Listener
	signals  chan os.Signal
	ended    chan error
}

func newRig(t *testing.T, h http.Handler, grace time.Duration) *rig {
	t.Helper()
	listener, err := listen(config.Listen{Host: "127.0.0.1", Port: 0})
	if err != nil {
		t.Fatal(err)
	}
	base, cut := context.WithCancel(t.Context())
	log := slog.New(slog.DiscardHandler)
	door := newDoor(listener, config.Limits{}, false, log)
	b := &rig{store: &closingStore{}, listener: door, signals: make(chan os.Signal, 2), ended: make(chan error, 1)}
	b.stopper = stopper{
		drain: func() {}, server: newServer(base, h, door, config.HTTP{RequestTimeout: time.Minute}, nil, log),
		cut: cut, jobs: noJobs{}, store: b.store, grace: grace, log: log,
	}
	return b
}

func (b *rig) start() { go func() { b.ended <- b.serveUntil(b.signals, b.listener) }() }

// post sends a body that handlers leave unread. While one is, net/http does not
// watch the connection, so its end alone ends no request.
func (b *rig) post() (string, error) {
	response, err := http.Post("http://"+b.listener.Addr().String(), "", strings.NewReader("unread"))
	if err != nil {
		return "", err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	return string(text), err
}

func TestTheEngineClosesAfterTheLastRequest(t *testing.T) {
	t.Parallel()
	arrived, goOn := make(chan struct{}), make(chan struct{})
	var b *rig
	b = newRig(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(arrived)
		<-goOn
		if b.store.closed.Load() == 0 {
			_, _ = io.WriteString(w, "the engine is open")
		}
	}), time.Minute)
	draining := make(chan struct{})
	b.drain = func() { close(draining) }
	b.start()
	answered := make(chan string, 1)
	go func() {
		text, err := b.post()
		answered <- text + errText(err)
	}()

	await(t, "the request arrives", arrived)
	b.signals <- os.Interrupt
	await(t, "the server drains", draining)
	close(goOn)
	if text := await(t, "the request is answered", answered); text != "the engine is open" {
		t.Errorf("the running request got %q", text)
	}
	if err := await(t, "the server ends", b.ended); err != nil || b.store.closed.Load() != 1 {
		t.Errorf("%v, and the engine was closed %d times", err, b.store.closed.Load())
	}
}

func TestWhenTheGraceIsOverRequestsEndAndTheEngineClosesAllTheSame(t *testing.T) {
	t.Parallel()
	arrived, cancelled := make(chan struct{}), make(chan struct{})
	b := newRig(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
		close(cancelled)
	}), time.Millisecond)
	b.start()
	go func() { _, _ = b.post() }()

	await(t, "the request arrives", arrived)
	b.signals <- os.Interrupt
	if err := await(t, "the server ends", b.ended); !errors.Is(err, errCut) || b.store.closed.Load() != 1 {
		t.Errorf("%v, and the engine was closed %d times", err, b.store.closed.Load())
	}
	await(t, "the request is cancelled", cancelled)
}

func TestTheEngineClosesAfterTheWorkInTheBackground(t *testing.T) {
	t.Parallel()
	b := newRig(t, http.NotFoundHandler(), time.Minute)
	closedBefore := int32(-1)
	b.jobs = someJobs(func(context.Context) error { closedBefore = b.store.closed.Load(); return nil })
	b.start()
	b.signals <- os.Interrupt
	if err := await(t, "the server ends", b.ended); err != nil || closedBefore != 0 || b.store.closed.Load() != 1 {
		t.Errorf("%v; the engine was closed %d times before the work was done and %d times in all", err, closedBefore, b.store.closed.Load())
	}
}

func TestWorkInTheBackgroundThatOutlastsTheGraceIsCut(t *testing.T) {
	t.Parallel()
	b := newRig(t, http.NotFoundHandler(), time.Millisecond)
	b.jobs = someJobs(func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() })
	b.start()
	b.signals <- os.Interrupt
	if err := await(t, "the server ends", b.ended); !errors.Is(err, errJobsCut) || b.store.closed.Load() != 1 {
		t.Errorf("%v, and the engine was closed %d times", err, b.store.closed.Load())
	}
}

func TestAnEngineThatDoesNotCloseIsNoStopInGoodOrder(t *testing.T) {
	t.Parallel()
	b := newRig(t, http.NotFoundHandler(), time.Minute)
	b.store.err = errors.New("the disk is gone")
	b.start()
	b.signals <- os.Interrupt
	if err := await(t, "the server ends", b.ended); !errors.Is(err, b.store.err) {
		t.Errorf("it ended with %v", err)
	}
}

func TestAServerThatEndsByItselfClosesTheEngine(t *testing.T) {
	t.Parallel()
	b := newRig(t, http.NotFoundHandler(), time.Minute)
	_ = b.listener.Close()
	b.start()
	if err := await(t, "the server ends", b.ended); !errors.Is(err, net.ErrClosed) || b.store.closed.Load() != 1 {
		t.Errorf("%v, and the engine was closed %d times", err, b.store.closed.Load())
	}
}

func TestTwoErrorsMakeOneLine(t *testing.T) {
	t.Parallel()
	one, other := errors.New("one"), errors.New("other")
	err := both(one, other)
	if err.Error() != "one; other" || !errors.Is(err, one) || !errors.Is(err, other) {
		t.Errorf("got %v", err)
	}
	if both(nil, nil) != nil || both(one, nil) != one || both(nil, other) != other {
		t.Error("one error does not stay as it is")
	}
}

func TestTheServerLimitsEveryPartOfAnExchange(t *testing.T) {
	t.Parallel()
	for _, timeout := range []time.Duration{10 * time.Millisecond, 5 * time.Minute} {
		s := newServer(t.Context(), nil, newDoor(nil, config.Limits{}, false, nil), config.HTTP{RequestTimeout: timeout}, nil, slog.New(slog.DiscardHandler))
		if s.ReadHeaderTimeout <= 0 || s.IdleTimeout <= 0 || s.MaxHeaderBytes <= 0 || !s.DisableGeneralOptionsHandler {
			t.Errorf("a limit is missing: %+v", s)
		}
		if s.ReadTimeout <= timeout || s.WriteTimeout <= timeout {
			t.Errorf("an answer at the deadline of %v would be cut", timeout)
		}
	}
}

func TestThePanicsOfTheServerAreLoggedWithoutTheirValue(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := serverLog(newLogger(config.Logs{}, &out))
	log.Printf("http: panic serving %v: %v\n%s", "127.0.0.1:1", "session-ada-SECRET", "stack")
	log.Printf("http: Accept error: %v; retrying in %v", "too many open files", time.Second)
	if text := out.String(); bytes.Contains(out.Bytes(), []byte("SECRET")) ||
		findLine(text, "http: panic outside of the API") == nil ||
		findLine(text, "http: Accept error: too many open files; retrying in 1s") == nil {
		t.Errorf("logged: %s", text)
	}
}

// await receives from c, in time.
func await[T any](t *testing.T, what string, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		t.Fatalf("it does not come true that %s", what)
		panic("unreachable")
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
