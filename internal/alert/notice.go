package alert

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"zhaohui/internal/problem"
)

// Notice is what people are told of an alert, once. It names nobody.
type Notice struct {
	ID           string // the same at every try
	Moment       Moment
	At           time.Time
	Kind         Kind
	Channel      string // "" where the kind has none
	Since        time.Time
	Count, Limit int
	Desk         string // absolute address of a page that says more
}

// body is a notice as it is sent (doc/alerts.md).
type body struct {
	Type      string `json:"type"`
	Timestamp string `json:"timestamp"`
	Data      data   `json:"data"`
}

type data struct {
	Kind    Kind   `json:"kind"`
	Channel string `json:"channel,omitempty"`
	Since   string `json:"since"`
	Count   int    `json:"count"`
	Limit   int    `json:"limit"`
	URL     string `json:"url"`
}

// Body is the notice as it is sent: the same bytes at every try.
func (n Notice) Body() ([]byte, error) {
	stamp := func(t time.Time) string { return t.UTC().Format(time.RFC3339) }
	return json.Marshal(body{"alert." + string(n.Moment), stamp(n.At), data{n.Kind, n.Channel, stamp(n.Since), n.Count, n.Limit, n.Desk}})
}

// Deliver hands a notice over; an error asks for another try later, unless the carrier says that it is for good. It may be
// handed over twice, with the same id.
func (w *Watch) Deliver(ctx context.Context, id string) error {
	if w.Carrier == nil { // it was started before the settings changed
		return nil
	}
	n, err := w.Store.Notice(ctx, id)
	if errors.Is(err, problem.NotFound) { // so old that it was forgotten
		return nil
	}
	if err != nil {
		return fmt.Errorf("read alert %s: %w", id, err)
	}
	raw, err := n.Body()
	if err != nil {
		return fmt.Errorf("write alert %s: %w", id, err)
	}
	if err := w.Carrier.Post(ctx, n.ID, w.Now(), raw); err != nil {
		return fmt.Errorf("send alert %s: %w", id, err)
	}
	return nil
}
