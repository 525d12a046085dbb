package message

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"
)

// outboxSize is how many letters an outbox keeps.
const outboxSize = 500

// Outbox keeps the newest letters in memory, for the demo and for tests.
type Outbox struct {
	now  func() time.Time
	mu   sync.Mutex
	kept []Record
}

// NewOutbox makes an empty one.
func NewOutbox(now func() time.Time) *Outbox { return &Outbox{now: now, kept: []Record{}} }

// Send keeps a letter.
func (b *Outbox) Send(_ context.Context, o Outgoing) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.kept = append(b.kept, record(o, b.now()))
	if extra := len(b.kept) - outboxSize; extra > 0 {
		b.kept = slices.Delete(b.kept, 0, extra)
	}
	return o.ID, nil
}

// Records are the letters, the oldest first.
func (b *Outbox) Records() []Record {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.kept)
}

// MarshalJSON writes the letters as file: does, in a list.
func (b *Outbox) MarshalJSON() ([]byte, error) { return json.Marshal(b.Records()) }
