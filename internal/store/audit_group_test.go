package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"zhaohui/internal/audit"
	"zhaohui/internal/recovery"
	"zhaohui/internal/vault"
)

func TestP4_anyNumberOfEntriesAtOnceMakesOneChain(t *testing.T) {
	OnBoth(t, func(t *testing.T, d *DB) {
		a, want := auditOf(d, vault.Generate()), 0
		for _, n := range []int{1, entriesAtOnce - 1, entriesAtOnce, entriesAtOnce + 1, 3*entriesAtOnce - 1} {
			auditRecord(t, a, time.Now(), n)
			want += n
		}
		if report, err := a.Verify(t.Context(), nil); err != nil || report.Entries != want {
			t.Errorf("%d entries, want %d: %v", report.Entries, want, err)
		}
	})
}

// A group of writes appends to the trail at its end. What one of them does must not touch the others.
func TestP4_writesOfOneGroupAnswerForTheirOwnEntries(t *testing.T) {
	errOwn := errors.New("own")
	for _, tt := range []struct {
		name    string
		harm    string // done to the database before
		entries int
		traced  func(error) bool // what a write with an entry has to say
	}{
		{"a sound trail", `UPDATE audit_head SET id = 1`, 20, func(err error) bool { return err == nil }},
		{"a head that was changed", `UPDATE audit_head SET seq = 7`, 0, audit.IsBroken},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := OpenSQLite(t)
			a := auditOf(d, vault.Generate())
			auditRecord(t, a, time.Now(), 1)
			auditExecute(t, d, tt.harm)
			auditExecute(t, d, `CREATE TABLE written (n BIGINT)`)
			begun, hold := make(chan struct{}), make(chan struct{})
			var all sync.WaitGroup
			all.Go(func() { // holds the group open until the others wait
				_ = d.write(t.Context(), func(context.Context, *sql.Tx) error { close(begun); <-hold; return errOwn })
			})
			<-begun
			for n := range 60 {
				all.Go(func() {
					err := d.write(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
						if _, err := tx.ExecContext(ctx, `INSERT INTO written VALUES ($1)`, n); err != nil {
							return err
						}
						var err error
						if n%3 != 0 {
							err = a.Append(ctx, tx, []recovery.Event{{At: time.Now(), Kind: "a", Data: map[string]string{"n": fmt.Sprint(n)}}})
						}
						if n%3 == 2 {
							err = errors.Join(err, errOwn)
						}
						return err
					})
					switch {
					case n%3 == 0 && err != nil, n%3 == 1 && !tt.traced(err), n%3 == 2 && !errors.Is(err, errOwn):
						t.Errorf("write %d: %v", n, err)
					}
				})
			}
			close(hold)
			all.Wait()
			if got := auditCount(t, d, `SELECT COUNT(*) FROM written`); got != 20+tt.entries {
				t.Errorf("%d writes are kept", got)
			}
			if got := auditCount(t, d, `SELECT COUNT(*) FROM audit_entry`); got != 1+tt.entries {
				t.Errorf("%d entries, want %d", got, 1+tt.entries)
			}
		})
	}
}
