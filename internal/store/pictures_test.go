package store

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
	"zhaohui/internal/vault"
)

func aPicture(ticket, id string) support.Picture {
	return support.Picture{ID: id, Ticket: ticket, Ask: "papers", Added: noon, Size: 7, Width: 40, Height: 30, Sealed: []byte("sealed " + id)}
}

func TestPictures_areKeptWholeAndErasedWithTheirTicket(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		s := NewTickets(db, noCasesIn, forgotten)
		must := func(fn func(tx support.TicketTx) error) {
			t.Helper()
			if err := s.Do(t.Context(), fn); err != nil {
				t.Fatal(err)
			}
		}
		left := func() (n int) {
			t.Helper()
			if err := db.SQL().QueryRow(`SELECT COUNT(*) FROM ticket_picture`).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		large := aPicture("t1", "a")
		large.Sealed = bytes.Repeat([]byte{0, 255, 7}, 700_000) // two megabytes
		must(func(tx support.TicketTx) error {
			for _, p := range []support.Picture{large, aPicture("t1", "b"), aPicture("t2", "a"), aPicture("t3", "a")} {
				if err := tx.AddPicture(p); err != nil {
					return err
				}
			}
			return nil
		})
		got, err := s.Picture(t.Context(), "t1", "a")
		if err != nil || fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", large) {
			t.Error("it is not what was kept", err)
		}
		for _, at := range [][2]string{{"t2", "b"}, {"t1", "none"}, {"", "t1/a"}, {"t1/a", ""}} {
			if _, err := s.Picture(t.Context(), at[0], at[1]); problem.KindOf(err) != problem.KindNotFound {
				t.Errorf("%v: %v", at, err)
			}
		}
		must(func(tx support.TicketTx) error { return tx.RemovePicture("t1", "a") })
		if err := s.Do(t.Context(), func(tx support.TicketTx) error { return tx.RemovePicture("t1", "a") }); problem.KindOf(err) != problem.KindNotFound {
			t.Error("removed twice:", err)
		}
		must(func(tx support.TicketTx) error { _, err := tx.EraseEvidence("t1"); return err })
		if left() != 2 {
			t.Errorf("%d are left, want those of two tickets", left())
		}
		must(func(tx support.TicketTx) error { return tx.RemoveTicket("t2") })
		if _, err := s.Picture(t.Context(), "t3", "a"); err != nil || left() != 1 {
			t.Errorf("%d are left, want that of one ticket: %v", left(), err)
		}
	})
}

// Pictures are large: only a few are read at once, whatever the batch.
func TestPictures_areResealedAFewAtATime(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		s, keys := NewTickets(db, noCasesIn, forgotten), vault.Generate()
		old, fresh := keys.Box("records"), keys.Rotated().Box("records")
		name := func(n int) string { return fmt.Sprintf("p%02d", n) }
		if err := s.Do(t.Context(), func(tx support.TicketTx) error {
			for n := range 20 {
				p := aPicture("t1", name(n))
				p.Sealed = old.Seal([]byte("picture"), "ticket_picture:sealed:t1/"+p.ID)
				if err := tx.AddPicture(p); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		column, batches := s.Reseal(fresh)[1], 0
		for done := false; !done; batches++ {
			var err error
			if done, err = column.Reseal(t.Context(), 500); err != nil {
				t.Fatal(err)
			}
		}
		if batches < 20/pictureBatch {
			t.Errorf("%d batches for 20 pictures", batches)
		}
		for n := range 20 {
			p, err := s.Picture(t.Context(), "t1", name(n))
			if err != nil || !fresh.Fresh(p.Sealed) || !p.Added.Equal(noon.Truncate(time.Millisecond)) {
				t.Fatal(n, err)
			}
			if plain, err := fresh.Open(p.Sealed, "ticket_picture:sealed:t1/"+p.ID); err != nil || string(plain) != "picture" {
				t.Error(n, err)
			}
		}
	})
}
