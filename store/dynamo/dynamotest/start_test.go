package dynamotest

import (
	"context"
	"errors"
	"testing"
)

func TestStartEndsTheServerWithItsTest(t *testing.T) {
	t.Setenv(EndpointVariable, "")
	var endpoint string
	t.Run("the user", func(t *testing.T) {
		endpoint = Start(t, fakeServer)
		if !answers(t.Context(), endpoint) {
			t.Errorf("%s does not answer", endpoint)
		}
	})
	if answers(t.Context(), endpoint) {
		t.Errorf("%s still answers", endpoint)
	}
}

func TestAGivenEndpointStartsNothing(t *testing.T) {
	const given = "http://127.0.0.1:1"
	t.Setenv(EndpointVariable, given)
	if got := Start(t, Server("never installed")); got != given {
		t.Errorf("Start returned %s", got)
	}
	if got, s := Shared(t); got != given || s != External {
		t.Errorf("Shared returned %s, %s", got, s)
	}
}

func TestHoldersShareOneProcessUntilTheLastLetsGo(t *testing.T) {
	t.Parallel()
	p := pool{launch: Launch, held: map[Server]*holding{}}
	first, err := p.acquire(t.Context(), fakeServer)
	if err != nil {
		t.Fatal(err)
	}
	second, err := p.acquire(t.Context(), fakeServer)
	if err != nil || second != first {
		t.Fatalf("the second holder got another process: %v", err)
	}
	p.release(fakeServer)
	if !answers(t.Context(), first.Endpoint) {
		t.Error("it ended while it was held")
	}
	p.release(fakeServer)
	select {
	case <-first.Exited():
	default:
		t.Error("it did not end with its last holder")
	}
	third, err := p.acquire(t.Context(), fakeServer)
	if err != nil || third == first {
		t.Fatalf("after its end it was lent again: %v", err)
	}
	p.release(fakeServer)
}

func TestAServerThatCannotBeHadIsTriedOnce(t *testing.T) {
	t.Parallel()
	tries, failure := 0, errors.New("no cargo")
	p := pool{held: map[Server]*holding{}, launch: func(context.Context, Server) (*Process, error) {
		tries++
		return nil, failure
	}}
	for range 3 {
		if _, err := p.acquire(t.Context(), Dynoxide); !errors.Is(err, failure) {
			t.Errorf("the error is %v", err)
		}
	}
	if tries != 1 {
		t.Errorf("it was tried %d times", tries)
	}
}
