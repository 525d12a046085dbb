package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"
	"time"

	"zhaohui/internal/alert"
	"zhaohui/internal/audit"
	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/internal/vault"
)

func newAlerts(t *testing.T, db *DB) (*Alerts, *Audit, *[]string) {
	t.Helper()
	keys := vault.Generate()
	trail := NewAudit(db, audit.NewChain(keys.Hash("audit")), keys.Box("records"))
	var started []string
	return NewAlerts(db, trail, func(_ context.Context, _ *sql.Tx, kind, id string) error {
		started = append(started, kind+" "+id)
		return nil
	}), trail, &started
}

func execAll(t *testing.T, db *DB, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		if _, err := db.SQL().ExecContext(t.Context(), statement); err != nil {
			t.Fatal(statement, err)
		}
	}
}

// question looks back an hour from noon, a day for sends.
func question() alert.Question {
	return alert.Question{Now: noon, Blocked: noon.Add(-time.Hour), Letters: noon.Add(-time.Hour), Sends: noon.Add(-24 * time.Hour),
		Budgets: map[string]int{"sms": 5}, NewestLetters: 100, Most: 100}
}

// Each account is counted once, and only where a method was closed lately.
func TestAlerts_countTheAccountsThatAMethodWasClosedFor(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		s, trail, _ := newAlerts(t, db)
		for i, c := range []struct {
			id, subject string
			at          time.Duration
			why         string
		}{{"c1", "ann", -time.Minute, "locked"}, {"c2", "ann", -time.Minute, "locked"}, {"c3", "bob", -time.Minute, "locked"},
			{"c4", "eve", -2 * time.Hour, "locked"}, {"c5", "joe", -time.Minute, "gone"}, {"c6", "", -time.Minute, "locked"}} {
			execAll(t, db, fmt.Sprintf(`INSERT INTO recovery_case (id, version, state, started, acted, resume, subject, due, updated, facts)
				VALUES ('%s', 1, 'open', 1, 1, '', '%s', %d, 1, '')`, c.id, c.subject, i))
			if err := db.write(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
				return trail.Append(ctx, tx, []recovery.Event{{At: noon.Add(c.at), Kind: "method-failed", Case: c.id, Actor: "customer",
					Data: map[string]string{"method": "sms", "why": c.why}}})
			}); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := s.Counts(t.Context(), question()); err != nil || got.Blocked != 2 {
			t.Errorf("counted %d, %v, want ann and bob", got.Blocked, err)
		}
	})
}

func TestAlerts_countSendsLettersAndTickets(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		s, _, _ := newAlerts(t, db)
		for n, hours := range []int{-25, -23, -1} {
			execAll(t, db, fmt.Sprintf(`INSERT INTO throttle_use (key, at, n, gone) VALUES ('send-total:sms', %d, %d, 0)`,
				millis(noon.Add(time.Duration(hours)*time.Hour)), n))
		}
		for n, l := range []struct {
			state string
			tries int
			ago   time.Duration
		}{{"queued", 1, 0}, {"bounced", 1, time.Minute}, {"queued", 3, 2 * time.Minute}, {"accepted", 1, 3 * time.Minute},
			{"dead", 12, 4 * time.Minute}, {"dead", 12, 2 * time.Hour}} {
			execAll(t, db, fmt.Sprintf(`INSERT INTO message (id, case_id, subject, channel, address, purpose, lang, state, provider_id, tries,
				created, updated, sealed) VALUES ('m%d', '', '', 'sms', '', 'code', 'zh', '%s', '', %d, %d, 0, '')`,
				n, l.state, l.tries, millis(noon.Add(-l.ago))))
		}
		for n, k := range []struct {
			state string
			due   time.Duration
		}{{"open", -time.Minute}, {"open", time.Minute}, {"asked", -time.Minute}} {
			execAll(t, db, fmt.Sprintf(`INSERT INTO ticket (id, number, kind, case_id, key_sum, state, score, created, sent, due, promised,
				decided, closed, erased, claimed_by, claimed_for, approvals, slot, detail) VALUES ('t%d', 'n%d', 'appeal', 'c%d', '', '%s', 0, 1,
				1, %d, 1, 0, 0, 0, '', 0, 0, 0, '{}')`, n, n, n, k.state, millis(noon.Add(k.due))))
		}
		got, err := s.Counts(t.Context(), question())
		if err != nil || len(got.Sends) != 1 || got.Sends[0] != (alert.Sends{Channel: "sms", Used: 2, Budget: 5}) {
			t.Errorf("sends %+v, %v", got.Sends, err)
		}
		if len(got.Letters) != 1 || got.Letters[0] != (alert.Letters{Channel: "sms", All: 4, Failed: 3, InARow: 2}) {
			t.Errorf("letters %+v", got.Letters)
		}
		if got.Overdue != 1 || got.TrailBroken {
			t.Errorf("%d overdue tickets, broken %v", got.Overdue, got.TrailBroken)
		}
	})
}

func TestP4_aChangeAtTheEndOfTheTrailIsAnAlert(t *testing.T) {
	for what, change := range map[string]string{
		"nothing":         ``,
		"another entry":   `UPDATE audit_entry SET kind = 'other' WHERE seq = 150`,
		"the last is cut": `DELETE FROM audit_entry WHERE seq = 150`,
		"a gap":           `DELETE FROM audit_entry WHERE seq = 120`,
		"all are cut":     `DELETE FROM audit_entry`,
		"another head":    `UPDATE audit_head SET seq = 149`,
	} {
		OnBoth(t, func(t *testing.T, db *DB) {
			s, trail, _ := newAlerts(t, db)
			if err := db.write(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
				events := make([]recovery.Event, 150)
				for i := range events {
					events[i] = recovery.Event{At: noon, Kind: "made", Actor: "job"}
				}
				return trail.Append(ctx, tx, events)
			}); err != nil {
				t.Fatal(err)
			}
			if change != "" {
				execAll(t, db, change)
			}
			if got, err := s.Counts(t.Context(), question()); err != nil || got.TrailBroken != (change != "") {
				t.Errorf("%s: broken %v, %v", what, got.TrailBroken, err)
			}
		})
	}
}

// Of two processes that saw the same, one tells.
func TestAlerts_aStateIsChangedByTheFirstOnly(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		s, _, started := newAlerts(t, db)
		state := alert.State{Kind: alert.SendsUsed, Channel: "sms", Began: noon, Said: noon, Seen: noon, Count: 100, Limit: 100}
		notice := func(id string) *alert.Notice {
			return &alert.Notice{ID: id, Moment: alert.Begun, At: noon, Kind: state.Kind, Channel: "sms", Since: noon, Count: 100, Limit: 100}
		}
		for n := range int64(2) {
			if err := s.Change(t.Context(), state, n, notice(fmt.Sprint("first", n))); err != nil {
				t.Fatal(err)
			}
			if err := s.Change(t.Context(), state, n, notice(fmt.Sprint("second", n))); !errors.Is(err, problem.Conflict) {
				t.Errorf("the second change gave %v", err)
			}
		}
		if fmt.Sprint(*started) != "[alert first0 alert first1]" {
			t.Errorf("started %v", *started)
		}
		kept, err := s.Alerts(t.Context())
		if state.Version = 2; err != nil || len(kept) != 1 || kept[0] != state {
			t.Errorf("kept %+v, %v", kept, err)
		}
		if _, err := s.Notice(t.Context(), "second0"); !errors.Is(err, problem.NotFound) {
			t.Errorf("the second notice: %v", err)
		}
		if n, err := s.Notice(t.Context(), "first0"); err != nil || n != *notice("first0") {
			t.Errorf("the first notice: %+v, %v", n, err)
		}
		if gone, err := s.Forget(t.Context(), noon.Add(time.Second), 10); err != nil || gone != 2 {
			t.Errorf("forgot %d, %v", gone, err)
		}
	})
}
