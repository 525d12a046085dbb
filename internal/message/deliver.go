package message

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"zhaohui/internal/recovery"
)

// Tries is how often a letter is tried before it is given up.
const Tries = 12

const (
	sending   = 30 * time.Second // for one try; less than what makes the job runner believe that a worker died
	recording = 10 * time.Second
)

// Lives is how long letters with a code are worth sending where the caller says nothing else (coverage L02, L03).
var Lives = map[recovery.Purpose]time.Duration{
	recovery.PurposeCode: 5 * time.Minute,
	recovery.PurposeCard: 5 * time.Minute,
	recovery.PurposeLink: 30 * time.Minute,
}

// Deliverer sends letters that wait in a store. A letter is doubled only if this process dies, or another one takes the
// job over, between the provider's answer and its record; the provider sees the same id then.
type Deliverer struct {
	Store   Store
	Senders map[string]Sender // by channel
	Lives   map[recovery.Purpose]time.Duration
	Now     func() time.Time
	Log     *slog.Logger

	taken sync.Map // id → the provider's name for it: answered, but the store could not be told yet
}

// Deliver tries to send a letter; attempt counts from 1. An error asks for another try later; there is none once the
// letter was sent, refused for good or given up, which the store and the log know then.
func (d *Deliverer) Deliver(ctx context.Context, id string, attempt int) error {
	if providerID, ok := d.taken.Load(id); ok {
		return d.accepted(ctx, id, providerID.(string))
	}
	o, err := d.Store.Outgoing(ctx, id)
	if err != nil {
		return fmt.Errorf("read letter %s: %w", id, err)
	}
	if o.State != "" && o.State != recovery.Queued || o.Text == "" { // what was erased is not ours to send any more
		return nil
	}
	if d.expired(o) {
		return d.end(ctx, o, attempt, recovery.Dead, "its code ran out before it could be sent")
	}
	providerID, err := d.send(ctx, o)
	if err == nil {
		d.taken.Store(id, providerID)
		return d.accepted(ctx, id, providerID)
	}
	reason := harmless(err, o)
	if _, ok := errors.AsType[Permanent](err); ok {
		return d.end(ctx, o, attempt, recovery.Bounced, reason)
	}
	if attempt >= Tries {
		return d.end(ctx, o, attempt, recovery.Dead, reason)
	}
	return fmt.Errorf("send letter %s by %s, try %d: %s", id, o.Channel, attempt, reason)
}

func (d *Deliverer) send(ctx context.Context, o Outgoing) (string, error) {
	sender, ok := d.Senders[o.Channel]
	if !ok {
		return "", fmt.Errorf("nobody is set up to carry %s", o.Channel)
	}
	ctx, cancel := context.WithTimeout(ctx, sending)
	defer cancel()
	return sender.Send(ctx, o)
}

func (d *Deliverer) expired(o Outgoing) bool {
	lives := d.Lives
	if lives == nil {
		lives = Lives
	}
	life, ok := lives[recovery.Purpose(o.Purpose)]
	return ok && d.Now().Sub(o.Created) >= life
}

// accepted notes the provider's answer, also while the process is told to stop. Until it is noted it is kept, so that
// the next try in this process notes it and sends nothing.
func (d *Deliverer) accepted(ctx context.Context, id, providerID string) error {
	if err := d.mark(ctx, id, recovery.Accepted, providerID); err != nil {
		return err
	}
	d.taken.Delete(id)
	return nil
}

// end gives a letter up.
func (d *Deliverer) end(ctx context.Context, o Outgoing, attempt int, state recovery.DeliveryState, reason string) error {
	if err := d.mark(ctx, o.ID, state, ""); err != nil {
		return err
	}
	d.Log.ErrorContext(ctx, "letter not delivered", "id", o.ID, "channel", o.Channel, "purpose", o.Purpose,
		"state", string(state), "tries", attempt, "reason", reason)
	return nil
}

func (d *Deliverer) mark(ctx context.Context, id string, state recovery.DeliveryState, providerID string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recording)
	defer cancel()
	if err := d.Store.Mark(ctx, id, state, providerID, d.Now()); err != nil {
		return fmt.Errorf("note letter %s as %s: %w", id, state, err)
	}
	return nil
}

// harmless is the text of a sender's error, unless that repeats what is secret: errors are kept with jobs and logged.
func harmless(err error, o Outgoing) string {
	text := err.Error()
	for _, secret := range secrets(o) {
		if strings.Contains(text, secret) {
			return "the sender's reason repeats the letter and is not shown"
		}
	}
	return text
}

// secrets are the words of a letter that an error may not hold: the address in the forms that providers like, and
// everything that is not plain Latin words, so that codes, links and Chinese are among them.
func secrets(o Outgoing) []string {
	found := []string{o.To}
	if digits, ok := strings.CutPrefix(o.To, "+"); ok && len(digits) > 8 {
		found = append(found, digits[len(digits)-8:])
	}
	if name, _, ok := strings.Cut(o.To, "@"); ok && len(name) > 5 {
		found = append(found, name)
	}
	for word := range strings.FieldsSeq(o.Subject + " " + o.Text) {
		if len(word) > 5 && strings.ContainsFunc(word, func(r rune) bool { return r >= '0' && r <= '9' || r >= utf8.RuneSelf }) {
			found = append(found, word)
		}
	}
	return slices.DeleteFunc(found, func(s string) bool { return s == "" })
}
