// Package config owns the options of session-api: one tagged struct, from which
// the flags, the environment variables, the help and the reference page derive.
//
// An option is one field. Its tags are
//
//	name     the flag; the environment variable is the same in capitals with "_"
//	type     the form of its value, one of the kinds in kinds.go
//	default  its value when neither flag nor variable is given
//	min max  the ends of a kind that has an order
//	choices  the words of a kind that is one of several
//	unset    in words, how a value is found where there is no default
//	help     what it means, for a person
//	cli      "only" marks a flag of one command, which has no variable; one
//	         without a type takes no value
//
// The package reads and checks; it starts nothing. What an option does is decided
// where it is used, nearly always in cmd/session-api.
package config

import (
	"errors"
	"fmt"
	"log/slog"
	"time"
)

//go:generate go run ./docgen ../../docs/configuration.md

// Config is every option of the server.
type Config struct {
	Store    Store    `embed:"" group:"Where sessions are kept"`
	AtRest   AtRest   `embed:"" group:"At rest"`
	HTTP     HTTP     `embed:"" group:"HTTP"`
	Callers  Callers  `embed:"" group:"Callers"`
	Limits   Limits   `embed:"" group:"Limits"`
	Sessions Sessions `embed:"" group:"Sessions"`
	Logs     Logs     `embed:"" group:"Logs"`
}

// Store says where sessions are kept.
type Store struct {
	Chosen  Engine `name:"session-store" type:"choice" choices:"embedded,dynamodb,memory" unset:"by rule" help:"The engine: embedded keeps sessions on local disk, dynamodb in a table that many servers share, memory only until the process ends. Unset, it is dynamodb if DYNAMODB_TABLE_NAME is set, else embedded."`
	DataDir string `name:"data-dir" type:"path" default:"./data" help:"The directory of the embedded engine. It is made if it is missing, and belongs to one running process."`
	Table
	ConsistentRead   bool          `name:"dynamodb-consistent-read" type:"switch" choices:"true,false" default:"true" help:"Whether reads of the dynamodb engine see every write that was answered before them. Without it they cost half and may trail behind for a moment."`
	CoalesceReads    bool          `name:"dynamodb-coalesce-reads" type:"switch" choices:"true,false" default:"true" help:"Whether concurrent reads of the dynamodb engine share calls while many are under way, which costs the same read units and less CPU time."`
	CoalesceFrom     int           `name:"dynamodb-coalesce-from" type:"whole" default:"16" min:"1" max:"10000" help:"How many calls that read one session must be under way before later reads share one."`
	Attempts         int           `name:"dynamodb-attempts" type:"whole" default:"3" min:"1" max:"10" help:"How often a call to DynamoDB is sent at most, the first time included. How many retries there are in all is bounded beside that."`
	AttemptTimeout   time.Duration `name:"dynamodb-attempt-timeout" type:"duration" default:"300ms" min:"10ms" max:"1m" help:"How long one attempt to read or write a row may take."`
	CallTimeout      time.Duration `name:"dynamodb-call-timeout" type:"duration" default:"1s" min:"10ms" max:"1m" help:"How long all attempts of such a call may take together."`
	IdleConns        int           `name:"dynamodb-idle-connections" type:"whole" default:"256" min:"1" max:"10000" help:"How many idle connections to DynamoDB are kept for the next burst."`
	ExpiredRetention time.Duration `name:"expired-retention" type:"duration" default:"24h" min:"0s" max:"87600h" help:"How long the embedded engine keeps a session that has expired. Until then it is answered 410 (expired), after that 404 (not found)."`
	CursorKeyFile    string        `name:"cursor-key-file" type:"path" unset:"the engine's key" help:"A file with the secret that seals the cursors of lists: 64 hexadecimal digits. The embedded engine keeps one of its own; for dynamodb, give every server the same file, because a key that is only derived from the table's name keeps no secret."`

	// given holds, by flag, how an option was spelt by whoever set it.
	given map[string]string
}

// Check returns a sentence about options of different groups that do not go together,
// or of one.
func (c *Config) Check() error {
	if engine, _ := c.Store.Engine(); engine == DynamoDB && !c.Store.ConsistentRead && c.Sessions.MaxPerUser > 0 {
		return errors.New("SESSION_MAX_PER_USER (--session-max-per-user) needs DYNAMODB_CONSISTENT_READ: reads that trail behind cannot keep a limit")
	}
	if err := errors.Join(c.AtRest.check(), c.Limits.check()); err != nil {
		return err
	}
	if err := c.checkCallers(); err != nil {
		return err
	}
	return c.Sessions.check()
}

// Table says which DynamoDB table is meant.
type Table struct {
	TableName string `name:"dynamodb-table-name" type:"table" default:"tenant-atlantis-user-sessions" help:"The table of the dynamodb engine. Setting it selects that engine unless SESSION_STORE says otherwise."`
	Region    string `name:"aws-region" type:"region" default:"us-west-2" help:"The AWS region of the table. Credentials and endpoint are those that every AWS program finds: in AWS_… variables, profiles or a role."`
}

// Listen says where the server is reached.
type Listen struct {
	Host string `name:"host" type:"host" default:"127.0.0.1" help:"The address to listen on. 0.0.0.0 is every IPv4 address of the machine, and :: every address."`
	Port int    `name:"port" type:"whole" default:"8080" min:"0" max:"65535" help:"The TCP port to listen on. 0 takes a free one, which the log names."`
	// CertFile decides whether the server speaks TLS.
	CertFile string `name:"tls-cert-file" type:"path" unset:"none, plain HTTP" help:"A file with the server's certificate and those between it and its authority, in PEM. With it the server speaks TLS. It is read anew when it changes."`
}

// HTTP says how requests are served.
type HTTP struct {
	Listen
	KeyFile        string        `name:"tls-key-file" type:"path" unset:"none" help:"A file with the private key of TLS_CERT_FILE, in PEM. It is read anew when it changes."`
	MaxBodyBytes   int64         `name:"max-body-bytes" type:"size" default:"384KiB" min:"1KiB" max:"512KiB" help:"The largest request body; a larger one is answered 413."`
	RequestTimeout time.Duration `name:"request-timeout" type:"duration" default:"5s" min:"10ms" max:"5m" help:"The time in which a request is answered, whatever the store does."`
	RequireIfMatch bool          `name:"require-if-match" type:"switch" choices:"true,false" default:"false" help:"Whether PUT, PATCH and DELETE of a session must name the version that they change in If-Match; without it they are answered 428."`
	ShutdownDelay  time.Duration `name:"shutdown-delay" type:"duration" default:"1s" min:"0s" max:"5m" help:"How long a stopping server goes on serving while /ready already answers 503, so that load balancers can turn away first. It is a part of SHUTDOWN_GRACE."`
	ShutdownGrace  time.Duration `name:"shutdown-grace" type:"duration" default:"20s" min:"0s" max:"1h" help:"How long running requests may take to finish after SIGTERM or Ctrl-C. What still runs then is cut. A second signal ends the process at once."`
}

// Sessions says what sessions are like.
type Sessions struct {
	// TTL is given in hours because it always was; here it is a duration.
	TTL           time.Duration `name:"session-ttl-hours" type:"hours" default:"24" min:"1s" max:"876000h" help:"How long a session lives after it was created, in hours. Its creator can ask for another lifetime, up to SESSION_MAX_TTL_HOURS."`
	MaxTTL        time.Duration `name:"session-max-ttl-hours" type:"hours" min:"1s" max:"876000h" unset:"720, or SESSION_TTL_HOURS if that is more" help:"The longest lifetime and idle timeout that the creator of a session can ask for, in hours, and how long after its creation an extended session ends at the latest."`
	IdleTimeout   time.Duration `name:"session-idle-timeout" type:"duration" default:"0s" min:"0s" max:"876000h" help:"How long a session lives without activity, in whole seconds, unless its creator asks for another time; 0s means that idle sessions live on. A session ends at the earlier of this and its lifetime."`
	TouchOnRead   bool          `name:"session-touch-on-read" type:"switch" choices:"true,false" default:"false" help:"Whether reading a session is an activity, beside changing its data and POST /sessions/{id}/touch."`
	TouchInterval time.Duration `name:"session-touch-interval" type:"duration" min:"0s" max:"876000h" default:"0s" help:"The least time between two writes that record activity of a session, at most half of SESSION_IDLE_TIMEOUT. 0s means a tenth of the session's idle timeout, or a minute for a session that has none."`
	MaxPerUser    int           `name:"session-max-per-user" type:"whole" default:"0" min:"0" max:"1000" help:"How many active sessions a user can have; 0 means any number. A limit makes creating a session cost more. Give every server on a table the same."`
	LimitPolicy   LimitPolicy   `name:"session-limit-policy" type:"choice" choices:"reject,evict-oldest" default:"reject" help:"What happens to the create of one session more than SESSION_MAX_PER_USER: reject answers 409, evict-oldest ends the user's oldest session in its place."`
	IDFormat      IDFormat      `name:"session-id-format" type:"choice" choices:"labelled,opaque" default:"labelled" help:"What a session id shows: labelled ids hold the user id in a readable form, opaque ids tell nothing of the user."`
}

// defaultMaxTTL is what SESSION_MAX_TTL_HOURS is if nobody sets it: the longest
// that a subscriber may stay authenticated at the lowest level of assurance (NIST
// SP 800-63B section 2.1.3).
const defaultMaxTTL = 720 * time.Hour

// LongestTTL returns the longest lifetime that a session can have.
func (s Sessions) LongestTTL() time.Duration {
	if s.MaxTTL == 0 {
		return max(defaultMaxTTL, s.TTL)
	}
	return s.MaxTTL
}

// check returns a sentence about options that are fine each by itself and do not
// go together.
func (s Sessions) check() error {
	switch {
	case s.LongestTTL() < s.TTL:
		return errors.New("SESSION_MAX_TTL_HOURS (--session-max-ttl-hours) must not be less than SESSION_TTL_HOURS (--session-ttl-hours)")
	case s.IdleTimeout%time.Second != 0:
		return fmt.Errorf("SESSION_IDLE_TIMEOUT (--session-idle-timeout) is %v: it must be whole seconds", s.IdleTimeout)
	case s.IdleTimeout > s.LongestTTL():
		return fmt.Errorf("SESSION_IDLE_TIMEOUT (--session-idle-timeout) is %v: it must not be more than the longest lifetime, %v", s.IdleTimeout, s.LongestTTL())
	case s.IdleTimeout > 0 && s.TouchInterval > s.IdleTimeout/2:
		return fmt.Errorf("SESSION_TOUCH_INTERVAL (--session-touch-interval) is %v: it must be at most half of SESSION_IDLE_TIMEOUT, which is %v", s.TouchInterval, s.IdleTimeout)
	}
	return nil
}

// Logs says what is written to standard output.
type Logs struct {
	Format LogFormat  `name:"log-format" type:"choice" choices:"text,json" unset:"text on a terminal, else json" help:"The form of a log line."`
	Level  slog.Level `name:"log-level" type:"level" choices:"debug,info,warn,error" default:"info" help:"The least level that is logged; debug adds a line for each request."`
}

// IDFormat names a form of session ids.
type IDFormat string

// The forms of session ids.
const (
	LabelledIDs IDFormat = "labelled"
	OpaqueIDs   IDFormat = "opaque"
)

// LimitPolicy names what happens to one session too many.
type LimitPolicy string

// The policies for a user with too many sessions.
const (
	RejectNew   LimitPolicy = "reject"
	EvictOldest LimitPolicy = "evict-oldest"
)

// LogFormat names a form of log lines; "" leaves the choice to whoever knows
// where the lines go.
type LogFormat string

// The forms of log lines.
const (
	TextLogs LogFormat = "text"
	JSONLogs LogFormat = "json"
)
