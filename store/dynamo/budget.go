package dynamo

import "sync"

// A retry costs a token, a call that DynamoDB answered earns a part of one. So a
// blip is retried, while in a storm, when every call fails, soon nothing is sent
// twice: over budgetSize/0.2 calls, retries stay below a fifth of them.
const (
	budgetSize = 20
	budgetFeed = 0.1
)

// budget bounds the retries of all calls together.
type budget struct {
	mu     sync.Mutex
	tokens float64
}

func newBudget() *budget { return &budget{tokens: budgetSize} }

// earn counts a call that was answered.
func (b *budget) earn() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tokens = min(b.tokens+budgetFeed, budgetSize)
}

// spend reports whether one more call may be sent beside the first.
func (b *budget) spend() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}
