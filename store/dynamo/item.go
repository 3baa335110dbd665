package dynamo

import (
	"crypto/rand"
	"encoding/base64"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"session-api"
)

// item is a stored row, or a part of one, as the SDK has it.
type item = map[string]types.AttributeValue

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

// secondNumber is how ends are stored: in seconds since 1970.
func secondNumber(t time.Time) types.AttributeValue { return number(t.Unix()) }

func timeText(t time.Time) types.AttributeValue { return text(t.UTC().Format(timeLayout)) }

// keyOf returns the primary key of the row with this id.
func keyOf(id string) item { return item{AttributeID: text(id)} }

// newItem returns the stored form of s, made by the write with this id.
func newItem(s *session.Session, writeID string) item {
	i := item{
		AttributeID:        text(s.ID),
		AttributeUserID:    text(s.UserID),
		AttributeData:      text(string(s.Data)),
		AttributeCreatedAt: timeText(s.CreatedAt),
		AttributeTTL:       secondNumber(s.ExpiresAt),
		AttributeVersion:   number(s.Version),
		AttributeWriteID:   text(writeID),
	}
	if !s.UpdatedAt.IsZero() {
		i[AttributeUpdatedAt] = timeText(s.UpdatedAt)
	}
	addOptional(i, s)
	return i
}

// addOptional adds what few sessions have.
func addOptional(i item, s *session.Session) {
	if !s.AbsoluteExpiresAt.IsZero() {
		i[AttributeAbsoluteTTL] = secondNumber(s.AbsoluteExpiresAt)
	}
	if s.IdleTimeout != 0 {
		i[AttributeIdleTimeout] = number(int64(s.IdleTimeout / time.Second))
	}
	if !s.LastActiveAt.IsZero() {
		i[AttributeLastActiveAt] = timeText(s.LastActiveAt)
	}
	if s.Client != (session.Client{}) {
		i[AttributeClient] = clientMap(s.Client)
	}
	if !s.Auth.IsZero() {
		i[AttributeAuth] = authMap(s.Auth)
	}
}

// writeIDBytes are enough that no two writes of one row ever share an id: it is
// compared with the row's last write only.
const writeIDBytes = 9

// newWriteID returns a fresh name for one write of ours.
func newWriteID() string {
	var b [writeIDBytes]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// madeBy reports whether the write with this id was the last of ours on the row.
func madeBy(i item, writeID string) bool {
	last, ok := i[AttributeWriteID].(*types.AttributeValueMemberS)
	return ok && last.Value == writeID
}
