package alert

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"zhaohui/internal/problem"
)

// board keeps how alerts stand.
type board struct {
	counts    Counts
	kept      []State
	notices   []Notice
	conflict  map[Kind]error
	forgotten time.Time
}

func (b *board) Counts(context.Context, Question) (Counts, error) { return b.counts, nil }
func (b *board) Alerts(context.Context) ([]State, error)          { return b.kept, nil }
func (b *board) Notice(context.Context, string) (Notice, error)   { return Notice{}, problem.NotFound }

func (b *board) Change(_ context.Context, next State, _ int64, n *Notice) error {
	if err := b.conflict[next.Kind]; err != nil {
		return err
	}
	kept := []State{next}
	for _, s := range b.kept {
		if s.Kind != next.Kind || s.Channel != next.Channel {
			kept = append(kept, s)
		}
	}
	if b.kept = kept; n != nil {
		b.notices = append(b.notices, *n)
	}
	return nil
}

func (b *board) Forget(_ context.Context, before time.Time, _ int) (int, error) {
	b.forgotten = before
	return 0, nil
}

type nowhere struct{}

func (nowhere) Post(context.Context, string, time.Time, []byte) error { return nil }

func watching(b *board, now *time.Time) *Watch {
	return &Watch{Store: b, Rules: rules, Carrier: nowhere{}, Now: func() time.Time { return *now }, Log: slog.New(slog.DiscardHandler)}
}

// The end of an alert says since when it was, and what is no longer looked at is over, too.
func TestAlerts_whatIsNoLongerLookedAtIsOver(t *testing.T) {
	now := noon
	b := &board{counts: Counts{Sends: []Sends{{"sms", 80, 100}}}}
	w := watching(b, &now)
	if err := w.Look(t.Context()); err != nil || len(b.notices) != 1 || b.notices[0].Moment != Begun {
		t.Fatalf("%+v, %v", b.notices, err)
	}
	b.counts = Counts{} // the channel is gone
	now = noon.Add(time.Hour)
	if err := w.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	if last := b.notices[len(b.notices)-1]; last.Moment != Over || !last.Since.Equal(noon) || last.Channel != "sms" {
		t.Errorf("%+v", last)
	}
	if running, err := w.Running(t.Context()); err != nil || len(running) > 0 {
		t.Errorf("%+v, %v", running, err)
	}
	if !b.forgotten.Equal(now.Add(-30 * 24 * time.Hour)) {
		t.Errorf("notices of before %s are forgotten", b.forgotten)
	}
}

// Where another process was first nothing is wrong; whatever else is does not keep other alerts from being told.
func TestAlerts_anotherProcessMayBeFirst(t *testing.T) {
	now := noon
	b := &board{counts: Counts{Overdue: 1, TrailBroken: true}, conflict: map[Kind]error{TrailBroken: problem.Conflict}}
	if err := watching(b, &now).Look(t.Context()); err != nil || len(b.notices) != 1 || b.notices[0].Kind != TicketsOverdue {
		t.Errorf("%+v, %v", b.notices, err)
	}
	b = &board{counts: b.counts, conflict: map[Kind]error{TrailBroken: errors.New("broken")}}
	if err := watching(b, &now).Look(t.Context()); err == nil || len(b.notices) != 1 {
		t.Errorf("%+v, %v", b.notices, err)
	}
}
