package table

import "strings"

// place is where a table is. It writes the commands that mend one, so that each
// can be run as it stands.
type place struct{ table, region string }

func (a *Admin) place() place { return place{table: a.Table, region: a.Region} }

// program returns a command of this program's for the table. It names the table
// and the region: the caller's own command may have had them as flags, and
// without them another table would be altered.
func (p place) program(command string) string {
	return "session-api table " + command + " --dynamodb-table-name " + quoted(p.table) + " --aws-region " + quoted(p.region)
}

// aws returns a command of the AWS CLI's for the table.
func (p place) aws(command string, args ...string) string {
	words := []string{"aws dynamodb", command, "--table-name", quoted(p.table), "--region", quoted(p.region)}
	for _, arg := range args {
		words = append(words, quoted(arg))
	}
	return strings.Join(words, " ")
}

// dropIndex returns the command that deletes the index for users.
func (p place) dropIndex() string {
	return p.aws("update-table", "--global-secondary-index-updates", `[{"Delete":{"IndexName":"`+indexName+`"}}]`)
}

// recoveryOn returns the command that switches point-in-time recovery on.
func (p place) recoveryOn() string {
	return p.aws("update-continuous-backups", "--point-in-time-recovery-specification", "PointInTimeRecoveryEnabled=true")
}

// ttlOff returns the command that switches time to live off.
func (p place) ttlOff(attribute string) string {
	return p.aws("update-time-to-live", "--time-to-live-specification", "Enabled=false,AttributeName="+attribute)
}

// quoted returns word as a POSIX shell takes it for one word. Attribute names
// come from the table and may hold anything.
func quoted(word string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.,:=/"
	if word != "" && strings.Trim(word, plain) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
