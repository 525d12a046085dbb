package message

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
)

var noon = time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)

// A letter with secrets that appear nowhere else.
const (
	secretTo   = "+8613912345678"
	secretText = "483920 是您的验证码，canary-text"
)

func letter(purpose recovery.Purpose) Outgoing {
	return Outgoing{ID: "letter-1", Channel: SMS, To: secretTo, Purpose: string(purpose), Lang: "zh",
		Text: secretText, Created: noon}
}

// fakeStore keeps one letter.
type fakeStore struct {
	mu     sync.Mutex
	letter Outgoing
	marks  []recovery.DeliveryState
	theirs string
	failed error // of the next Mark
}

func (s *fakeStore) Outgoing(_ context.Context, id string) (Outgoing, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id != s.letter.ID {
		return Outgoing{}, problem.NotFound
	}
	return s.letter, nil
}

func (s *fakeStore) Mark(ctx context.Context, id string, state recovery.DeliveryState, providerID string, _ time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := errors.Join(s.failed, ctx.Err()); err != nil {
		s.failed = nil
		return err
	}
	s.marks, s.theirs = append(s.marks, state), providerID
	s.letter.State = state
	s.letter.To, s.letter.Subject, s.letter.Text = "", "", ""
	return nil
}

// fakeSender counts what it is asked to send.
type fakeSender struct {
	sent int
	err  error
	then func()
}

func (s *fakeSender) Send(context.Context, Outgoing) (string, error) {
	s.sent++
	if s.then != nil {
		s.then()
	}
	return "theirs-7", s.err
}

func deliverer(o Outgoing, sender Sender, now time.Time) (*Deliverer, *fakeStore, *bytes.Buffer) {
	store, log := &fakeStore{letter: o}, &bytes.Buffer{}
	return &Deliverer{Store: store, Senders: map[string]Sender{SMS: sender}, Now: func() time.Time { return now },
		Log: slog.New(slog.NewTextHandler(log, nil))}, store, log
}

func TestDeliver_endsEachLetterInOneState(t *testing.T) {
	down := errors.New("the gateway answered 503")
	for _, tt := range []struct {
		name    string
		purpose recovery.Purpose
		age     time.Duration
		attempt int
		err     error
		sent    int
		state   recovery.DeliveryState // "" if it still waits
		retry   bool
	}{
		{"taken over", recovery.PurposeCode, time.Second, 1, nil, 1, recovery.Accepted, false},
		{"taken over at last", recovery.PurposeDone, time.Hour, Tries, nil, 1, recovery.Accepted, false},
		{"refused for good", recovery.PurposeCode, 0, 1, Permanent{Reason: "550"}, 1, recovery.Bounced, false},
		{"down", recovery.PurposeCode, 0, 1, down, 1, "", true},
		{"down, the last but one", recovery.PurposeDone, 0, Tries - 1, down, 1, "", true},
		{"down for all tries", recovery.PurposeDone, 0, Tries, down, 1, recovery.Dead, false},
		{"a code just in time", recovery.PurposeCode, 5*time.Minute - 1, 3, nil, 1, recovery.Accepted, false},
		{"a code that ran out", recovery.PurposeCode, 5 * time.Minute, 3, nil, 0, recovery.Dead, false},
		{"a card's code that ran out", recovery.PurposeCard, 6 * time.Minute, 3, nil, 0, recovery.Dead, false},
		{"a link lives longer", recovery.PurposeLink, 29 * time.Minute, 3, nil, 1, recovery.Accepted, false},
		{"a link that ran out", recovery.PurposeLink, 30 * time.Minute, 3, nil, 0, recovery.Dead, false},
		{"a notice never runs out", recovery.PurposeDone, 90 * 24 * time.Hour, 3, nil, 1, recovery.Accepted, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sender := &fakeSender{err: tt.err}
			d, store, _ := deliverer(letter(tt.purpose), sender, noon.Add(tt.age))
			err := d.Deliver(t.Context(), "letter-1", tt.attempt)
			if (err != nil) != tt.retry || sender.sent != tt.sent || store.letter.State != tt.state {
				t.Errorf("error %v, sent %d, state %q", err, sender.sent, store.letter.State)
			}
			if tt.state == recovery.Accepted && store.theirs != "theirs-7" {
				t.Errorf("the provider's name for it is lost: %q", store.theirs)
			}
		})
	}
}

func TestDeliver_aPolicyMaySayHowLongCodesLive(t *testing.T) {
	sender := &fakeSender{}
	d, store, _ := deliverer(letter(recovery.PurposeCode), sender, noon.Add(3*time.Minute))
	d.Lives = map[recovery.Purpose]time.Duration{recovery.PurposeCode: 2 * time.Minute}
	if err := d.Deliver(t.Context(), "letter-1", 1); err != nil || sender.sent != 0 || store.letter.State != recovery.Dead {
		t.Errorf("%v, sent %d, %q", err, sender.sent, store.letter.State)
	}
}

func TestDeliver_whatWasSentIsNotSentAgain(t *testing.T) {
	sender := &fakeSender{}
	d, store, _ := deliverer(letter(recovery.PurposeCode), sender, noon)
	for range 3 {
		if err := d.Deliver(t.Context(), "letter-1", 1); err != nil {
			t.Fatal(err)
		}
	}
	store.letter.Text = "still there" // a store that erases later
	store.letter.State = recovery.Delivered
	if err := d.Deliver(t.Context(), "letter-1", 2); err != nil {
		t.Fatal(err)
	}
	if sender.sent != 1 || len(store.marks) != 1 {
		t.Errorf("sent %d times, marked %v", sender.sent, store.marks)
	}
}

func TestW10_aDatabaseThatFailsAfterTheAnswerDoublesNothing(t *testing.T) {
	sender := &fakeSender{}
	d, store, _ := deliverer(letter(recovery.PurposeCode), sender, noon)
	store.failed = problem.Unavailable
	if err := d.Deliver(t.Context(), "letter-1", 1); problem.KindOf(err) != problem.KindUnavailable {
		t.Fatalf("want another try, got %v", err)
	}
	if err := d.Deliver(t.Context(), "letter-1", 2); err != nil {
		t.Fatal(err)
	}
	if sender.sent != 1 || store.letter.State != recovery.Accepted || store.theirs != "theirs-7" {
		t.Errorf("sent %d times, state %q, name %q", sender.sent, store.letter.State, store.theirs)
	}
}

func TestW10_anAnswerDuringShutdownIsNoted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	sender := &fakeSender{then: cancel}
	d, store, _ := deliverer(letter(recovery.PurposeCode), sender, noon)
	if err := d.Deliver(ctx, "letter-1", 1); err != nil || store.letter.State != recovery.Accepted {
		t.Errorf("%v, state %q", err, store.letter.State)
	}
}

func TestDeliver_aLetterThatIsGoneOrHasNoCarrier(t *testing.T) {
	d, store, _ := deliverer(letter(recovery.PurposeDone), &fakeSender{}, noon)
	if err := d.Deliver(t.Context(), "letter-2", 1); problem.KindOf(err) != problem.KindNotFound {
		t.Errorf("gone: %v", err)
	}
	d.Senders = nil
	if err := d.Deliver(t.Context(), "letter-1", 1); err == nil {
		t.Error("nobody carries it, and no error")
	}
	if err := d.Deliver(t.Context(), "letter-1", Tries); err != nil || store.letter.State != recovery.Dead {
		t.Errorf("given up: %v, %q", err, store.letter.State)
	}
}

// TestW9_errorsAndLogsRepeatNoLetter lets a careless sender put everything into its errors.
func TestW9_errorsAndLogsRepeatNoLetter(t *testing.T) {
	for _, said := range []string{"no such number " + secretTo, "no such number 139 1234 5678, 13912345678",
		"could not send " + secretText, "code 483920 refused", "551 canary: " + secretText} {
		for _, cause := range []error{errors.New(said), Permanent{Reason: said}} {
			for _, attempt := range []int{1, Tries} {
				d, _, log := deliverer(letter(recovery.PurposeDone), &fakeSender{err: cause}, noon)
				err := d.Deliver(t.Context(), "letter-1", attempt)
				told := log.String()
				if err != nil {
					told += err.Error()
				}
				for _, secret := range []string{secretTo, "13912345678", "483920", "canary-text"} {
					if strings.Contains(told, secret) {
						t.Errorf("attempt %d, %q: told %s", attempt, said, told)
					}
				}
				if strings.Contains(told, "139 1234") {
					t.Errorf("attempt %d: told %s", attempt, told)
				}
				if told == "" || !strings.Contains(told, "letter-1") {
					t.Errorf("nobody learns that the letter failed: %q", told)
				}
			}
		}
	}
}
