package main

import (
	"fmt"
	"math/rand/v2"
	"syscall"

	"github.com/valyala/fasthttp"
)

// hot is how many sessions a run of GETs asks for in turn, spread over the store.
const hot = 1000

// measureGet prints the GET throughput of session-api beside that of a bare
// net/http server which sends the same bytes, in interleaved rounds.
func measureGet(s settings) error {
	return withOurs(func(ours *process) error {
		ids, err := spread(ours, max(s.sessions, hot), s.value)
		if err != nil {
			return err
		}
		_, body, err := fasthttp.Get(nil, "http://"+ours.addr+"/sessions/"+ids[0])
		if err != nil {
			return err
		}
		bare, err := startBare(body)
		if err != nil {
			return err
		}
		defer bare.stop(syscall.SIGKILL)

		contenders := []*process{bare, ours}
		rounds := make([][]result, len(contenders))
		var ratios []float64
		for i := range s.rounds + 1 {
			for c, p := range contenders {
				r, err := drive(p, s.conns, s.duration, 0, 200, getting(p, ids))
				if err != nil {
					return err
				}
				if i > 0 { // the first round warms both
					rounds[c] = append(rounds[c], r)
				}
			}
			if i > 0 {
				ratios = append(ratios, rounds[1][i-1].perSecond/rounds[0][i-1].perSecond)
			}
		}
		fmt.Printf("GET, %d sessions of %d bytes, %d connections, %d interleaved rounds of %v, medians\n\n",
			max(s.sessions, hot), s.value, s.conns, s.rounds, s.duration)
		fmt.Println("| server | GET/s | p50 | p99 | server CPU per GET |")
		fmt.Println("|---|---|---|---|---|")
		for c, p := range contenders {
			m := medians(rounds[c])
			fmt.Printf("| %s | %.0f | %v | %v | %v |\n", p.name, m.perSecond, round(m.p50), round(m.p99), round(m.cpu))
		}
		fmt.Printf("\nsession-api serves %.2f of the bare server (median of the rounds' ratios)\n", median(ratios))
		return nil
	})
}

// spread fills the store with total sessions and returns the ids of hot ones.
func spread(p *process, total, value int) ([]string, error) {
	if err := fill(p, max(fillers, total-hot), value); err != nil {
		return nil, err
	}
	ids := make([]string, hot)
	for i := range ids {
		id, err := createOne(p, value)
		if err != nil {
			return nil, err
		}
		ids[i] = id
	}
	return ids, nil
}

func getting(p *process, ids []string) request {
	return func(r *fasthttp.Request, _, _ int) {
		r.SetRequestURI("http://" + p.addr + "/sessions/" + ids[rand.IntN(len(ids))])
	}
}
