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
	"log/slog"
	"time"
)

//go:generate go run ./docgen ../../docs/configuration.md

// Config is every option of the server.
type Config struct {
	Store    Store    `embed:"" group:"Where sessions are kept"`
	HTTP     HTTP     `embed:"" group:"HTTP"`
	Sessions Sessions `embed:"" group:"Sessions"`
	Logs     Logs     `embed:"" group:"Logs"`
}

// Store says where sessions are kept.
type Store struct {
	Chosen  Engine `name:"session-store" type:"choice" choices:"embedded,dynamodb,memory" unset:"by rule" help:"The engine: embedded keeps sessions on local disk, dynamodb in a table that many servers share, memory only until the process ends. Unset, it is dynamodb if DYNAMODB_TABLE_NAME is set, else embedded."`
	DataDir string `name:"data-dir" type:"path" default:"./data" help:"The directory of the embedded engine. It is made if it is missing, and belongs to one running process."`
	Table
	ConsistentRead   bool          `name:"dynamodb-consistent-read" type:"switch" choices:"true,false" default:"true" help:"Whether reads of the dynamodb engine see every write that was answered before them. Without it they cost half and may trail behind for a moment."`
	Attempts         int           `name:"dynamodb-attempts" type:"whole" default:"3" min:"1" max:"10" help:"How often a call to DynamoDB is sent at most, the first time included. How many retries there are in all is bounded beside that."`
	AttemptTimeout   time.Duration `name:"dynamodb-attempt-timeout" type:"duration" default:"300ms" min:"10ms" max:"1m" help:"How long one attempt to read or write a row may take."`
	CallTimeout      time.Duration `name:"dynamodb-call-timeout" type:"duration" default:"1s" min:"10ms" max:"1m" help:"How long all attempts of such a call may take together."`
	IdleConns        int           `name:"dynamodb-idle-connections" type:"whole" default:"256" min:"1" max:"10000" help:"How many idle connections to DynamoDB are kept for the next burst."`
	ExpiredRetention time.Duration `name:"expired-retention" type:"duration" default:"24h" min:"0s" max:"87600h" help:"How long the embedded engine keeps a session that has expired. Until then it is answered 410 (expired), after that 404 (not found)."`
	CursorKeyFile    string        `name:"cursor-key-file" type:"path" unset:"the engine's key" help:"A file with the secret that seals the cursors of lists: 64 hexadecimal digits. The embedded engine keeps one of its own; for dynamodb, give every server the same file, because a key that is only derived from the table's name keeps no secret."`

	// given holds, by flag, how an option was spelt by whoever set it.
	given map[string]string
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
}

// HTTP says how requests are served.
type HTTP struct {
	Listen
	MaxBodyBytes   int64         `name:"max-body-bytes" type:"size" default:"384KiB" min:"1KiB" max:"512KiB" help:"The largest request body; a larger one is answered 413."`
	RequestTimeout time.Duration `name:"request-timeout" type:"duration" default:"5s" min:"10ms" max:"5m" help:"The time in which a request is answered, whatever the store does."`
	ShutdownDelay  time.Duration `name:"shutdown-delay" type:"duration" default:"1s" min:"0s" max:"5m" help:"How long a stopping server goes on serving while /ready already answers 503, so that load balancers can turn away first. It is a part of SHUTDOWN_GRACE."`
	ShutdownGrace  time.Duration `name:"shutdown-grace" type:"duration" default:"20s" min:"0s" max:"1h" help:"How long running requests may take to finish after SIGTERM or Ctrl-C. What still runs then is cut. A second signal ends the process at once."`
}

// Sessions says what sessions are like.
type Sessions struct {
	// TTL is given in hours because it always was; here it is a duration.
	TTL      time.Duration `name:"session-ttl-hours" type:"hours" default:"24" min:"1s" max:"876000h" help:"How long a session lives after it was created, in hours."`
	IDFormat IDFormat      `name:"session-id-format" type:"choice" choices:"labelled,opaque" default:"labelled" help:"What a session id shows: labelled ids hold the user id in a readable form, opaque ids tell nothing of the user."`
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

// LogFormat names a form of log lines; "" leaves the choice to whoever knows
// where the lines go.
type LogFormat string

// The forms of log lines.
const (
	TextLogs LogFormat = "text"
	JSONLogs LogFormat = "json"
)
