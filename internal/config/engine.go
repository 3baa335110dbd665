package config

import "github.com/alecthomas/kong"

// Engine names what keeps the sessions.
type Engine string

// The engines that SESSION_STORE can name.
const (
	Embedded Engine = "embedded"
	DynamoDB Engine = "dynamodb"
	Memory   Engine = "memory"
)

// The flags that the choice of the engine looks at.
const (
	storeFlag = "session-store"
	tableFlag = "dynamodb-table-name"
)

// Engine returns the engine that the options select and, in words, why. Whoever
// names a table means DynamoDB, so that an environment which only ever set
// DYNAMODB_TABLE_NAME never falls back to local disk.
func (s *Store) Engine() (engine Engine, why string) {
	if spelling, ok := s.given[storeFlag]; ok {
		return s.Chosen, spelling + " is set"
	}
	if spelling, ok := s.given[tableFlag]; ok {
		return DynamoDB, spelling + " is set"
	}
	return Embedded, envName(storeFlag) + " and " + envName(tableFlag) + " are not set"
}

// AfterApply is called by kong when all options are read. It notes which of them
// somebody set, because a default and the same text set on purpose differ.
func (s *Store) AfterApply(ctx *kong.Context) error {
	s.given = map[string]string{}
	for _, step := range ctx.Path {
		if step.Flag == nil {
			continue
		}
		spelling := "--" + step.Flag.Name
		if step.Resolved {
			spelling = envName(step.Flag.Name)
		}
		s.given[step.Flag.Name] = spelling
	}
	return nil
}
