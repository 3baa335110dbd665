package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"

	"github.com/valyala/fasthttp"
)

// fillers is how many connections fill a store before a measurement.
const fillers = 64

// creating returns the requests that create sessions of value bytes, twenty for
// each user.
func creating(p *process, value int) request {
	return func(r *fasthttp.Request, worker, n int) {
		r.Header.SetMethod("POST")
		r.SetRequestURI("http://" + p.addr + "/sessions")
		r.Header.SetContentType("application/json")
		r.SetBody(sessionText("user-"+strconv.Itoa(worker)+"-"+strconv.Itoa(n/20), value))
	}
}

// fill makes total sessions.
func fill(p *process, total, value int) error {
	each := max(1, total/fillers)
	_, err := drive(p, min(fillers, total), 20*time.Minute, each, 201, creating(p, value))
	return err
}

// measureCreate prints how many creates a second are acknowledged, each synced
// to disk before, with one writer and with 64.
func measureCreate(s settings) error {
	return withOurs(func(p *process) error {
		if err := fill(p, max(s.sessions, fillers), s.value); err != nil {
			return err
		}
		fmt.Printf("durable creates, %d bytes of data, %d rounds of %v, medians\n\n", s.value, s.rounds, s.duration)
		fmt.Println("| writers | creates/s | p50 | p99 | server CPU per create |")
		fmt.Println("|---|---|---|---|---|")
		for _, writers := range []int{1, 64} {
			var rounds []result
			for range s.rounds {
				r, err := drive(p, writers, s.duration, 0, 201, creating(p, s.value))
				if err != nil {
					return err
				}
				rounds = append(rounds, r)
			}
			m := medians(rounds)
			fmt.Printf("| %d | %.0f | %v | %v | %v |\n", writers, m.perSecond, round(m.p50), round(m.p99), round(m.cpu))
		}
		return nil
	})
}

// withOurs runs f with session-api on a fresh directory and clears both away.
func withOurs(f func(*process) error) error {
	program, err := build()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "session-api-bench-data")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	p, err := startOurs(program, dir)
	if err != nil {
		return err
	}
	defer p.stop(syscall.SIGTERM)
	return f(p)
}

// createOne makes a session and returns its id.
func createOne(p *process, value int) (string, error) {
	req, res := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(res)
	creating(p, value)(req, 0, 0)
	if err := fasthttp.Do(req, res); err != nil {
		return "", err
	}
	var created struct{ SessionID string }
	err := json.Unmarshal(res.Body(), &created)
	return created.SessionID, err
}

func medians(rounds []result) result {
	var perSecond []float64
	var p50, p99, cpu []time.Duration
	for _, r := range rounds {
		perSecond = append(perSecond, r.perSecond)
		p50, p99, cpu = append(p50, r.p50), append(p99, r.p99), append(cpu, r.cpu)
	}
	return result{median(perSecond), median(p50), median(p99), median(cpu)}
}

func round(d time.Duration) time.Duration { return d.Round(100 * time.Nanosecond) }
