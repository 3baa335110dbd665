package dynamo

import (
	"context"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"session-api"
)

const batchOp = "BatchGetItem"

// sharedRead is one BatchGetItem for the rows of several readers. Its lane's lock
// holds while it collects; what it was told is written before done is closed and
// read after.
type sharedRead struct {
	seats []seat
	index map[string]int // of seats, by id
	// readers are those who wait, over all seats.
	readers int
	done    chan struct{}
	// dissolved says that there was one reader only, who makes a call of his own.
	dissolved bool

	// keys are what is asked for, from the departure on, by so many readers; ctx is
	// the call's, which outlives any reader, and cancel ends it.
	keys    []map[string]types.AttributeValue
	boarded int
	ctx     context.Context
	cancel  context.CancelFunc
	// blamed says that its failure was taken down.
	blamed atomic.Bool
	// err is why there is no answer.
	err *fault
	// left are the rows that were left over; full says that they may have been because
	// the answer was large.
	left int
	full bool
}

// seat is a row that is asked for, once however many readers want it.
type seat struct {
	id      string
	readers int
	row     item
	over    bool // DynamoDB left it over
}

func newSharedRead() *sharedRead {
	return &sharedRead{index: map[string]int{}, done: make(chan struct{})}
}

// seat takes a reader of a row on and returns his seat.
func (s *sharedRead) seat(id string) int {
	i, taken := s.index[id]
	if !taken {
		i = len(s.seats)
		s.index[id] = i
		s.seats = append(s.seats, seat{id: id})
	}
	s.seats[i].readers++
	s.readers++
	return i
}

// leave closes the doors. What nobody waits for any more is not asked for.
func (s *sharedRead) leave() {
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.boarded = s.readers
	s.keys = make([]map[string]types.AttributeValue, 0, len(s.seats))
	for _, one := range s.seats {
		if one.readers > 0 {
			s.keys = append(s.keys, keyOf(one.id))
		}
	}
}

// told returns what the call says of a row.
func (s *sharedRead) told(seat int) (item, error) {
	one := &s.seats[seat]
	switch {
	case s.err != nil:
		return nil, s.err
	case one.over && s.full:
		return nil, &fault{op: batchOp, class: lost, text: "the answer was full", company: true}
	case one.over:
		return nil, errNothingProcessed
	}
	return one.row, nil
}

// take keeps the rows of an answer and what it left over, and returns how much
// data there is.
func (s *sharedRead) take(out *dynamodb.BatchGetItemOutput) (bytes int) {
	for _, rows := range out.Responses { // of the one table
		for _, row := range rows {
			if i, ok := s.seatOf(row); ok {
				s.seats[i].row = row
				bytes += dataBytes(row)
			}
		}
	}
	for _, over := range out.UnprocessedKeys {
		for _, key := range over.Keys {
			if i, ok := s.seatOf(key); ok {
				s.seats[i].over = true
				s.left++
			}
		}
	}
	s.full = bytes >= session.PageDataBytes
	return bytes
}

func (s *sharedRead) seatOf(row item) (int, bool) {
	id, _ := textOf(row, AttributeID)
	i, ok := s.index[id]
	return i, ok
}

// fail takes an error for the answer. Where the fault can be that of one row, the
// others are not to suffer for it.
func (s *sharedRead) fail(err error) {
	s.err = newFault(batchOp, s.ids(), err)
	s.err.company = s.err.class == lost || s.err.class == denied || s.err.class == unknown
}

// ids are the sessions that the call names.
func (s *sharedRead) ids() []string {
	ids := make([]string, 0, len(s.seats))
	for _, one := range s.seats {
		ids = append(ids, one.id)
	}
	return ids
}
