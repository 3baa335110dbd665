package main

import (
	"flag"
	"fmt"
	"os"
	"time"
)

// settings are what every measurement may be told.
type settings struct {
	rounds   int
	duration time.Duration
	conns    int
	sessions int
	value    int
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("say what to measure: get, create, million or start")
	}
	var s settings
	flags := flag.NewFlagSet(args[0], flag.ExitOnError)
	flags.IntVar(&s.rounds, "rounds", 7, "rounds of each contender, interleaved")
	flags.DurationVar(&s.duration, "duration", 3*time.Second, "length of a round")
	flags.IntVar(&s.conns, "conns", 16, "connections that send at once")
	flags.IntVar(&s.sessions, "sessions", 0, "sessions in the store (0: what the measurement is about)")
	flags.IntVar(&s.value, "value", 300, "bytes of data in a session")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	measure, ok := map[string]func(settings) error{
		"get": measureGet, "create": measureCreate, "million": measureMillion, "start": measureStart,
		"bare": serveBare,
	}[args[0]]
	if !ok {
		return fmt.Errorf("%q is nothing that can be measured; say get, create, million or start", args[0])
	}
	return measure(s)
}
