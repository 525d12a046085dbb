package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"time"

	"zhaohui/internal/recovery"
	"zhaohui/internal/store"
	"zhaohui/internal/vault"
)

// resealCommand brings all that is sealed in the database to the newest key. It may run beside serve, and be stopped and
// begun again.
type resealCommand struct {
	Batch int `help:"Rows in one transaction." default:"200"`

	databaseSettings `embed:""`
}

// resealing is what reseal works on.
type resealing struct {
	Keys    *vault.Keyset
	Columns []store.Resealer
	// Trail says which keys the audit trail names.
	Trail interface {
		Keys(ctx context.Context) ([][]byte, error)
	}
	Close func() error
}

// Run reseals and says which keys may go.
func (c *resealCommand) Run() error {
	ctx := context.Background()
	kept, err := openRecords(ctx, c.databaseSettings, time.Now, slog.Default())
	if err != nil {
		return fmt.Errorf("reseal: %w", err)
	}
	cases := store.NewCases(kept.db, store.CaseDeps{Seal: kept.box})
	columns := slices.Concat(store.NewAccounts(kept.db).Reseal(kept.box, kept.keys.Index("accounts")),
		cases.Reseal(kept.box, caseIndexes(kept.keys.Index("cases"))), kept.trail.Reseal(),
		store.NewAgents(kept.db, nil).Reseal(kept.box), store.NewTickets(kept.db, nil, nil).Reseal(kept.box))
	r := resealing{Keys: kept.keys, Trail: kept.trail, Close: kept.db.Close}
	for _, column := range columns {
		r.Columns = append(r.Columns, column)
	}
	return errors.Join(r.run(ctx, max(1, c.Batch), os.Stdout), r.Close())
}

// run goes on with the next column if one has rows that no key opens: they are counted in the error.
func (r resealing) run(ctx context.Context, batch int, out io.Writer) error {
	var problems []error
	for _, column := range r.Columns {
		for done := false; !done; {
			var err error
			if done, err = column.Reseal(ctx, batch); err != nil && !done {
				return errors.Join(append(problems, err)...)
			} else if err != nil {
				problems = append(problems, err)
			}
		}
		fmt.Fprintln(out, column.What())
	}
	named, err := r.Trail.Keys(ctx)
	if err != nil {
		return errors.Join(append(problems, err)...)
	}
	for i, prefix := range r.Keys.Prefixes() {
		has := slices.ContainsFunc(named, func(key []byte) bool { return bytes.Equal(key, prefix) })
		switch {
		case i == 0:
			fmt.Fprintln(out, "key 1: seals")
		case has:
			fmt.Fprintf(out, "key %d: the audit trail is signed with it; it has to stay\n", i+1)
		case len(problems) > 0:
			fmt.Fprintf(out, "key %d: something may still need it, see below\n", i+1)
		default:
			fmt.Fprintf(out, "key %d: nothing in the database needs it; it may go 30 days after the change of keys\n", i+1)
		}
	}
	return errors.Join(problems...)
}

// caseIndexes makes the blind indexes of a case out of its facts, as the service does when it saves one.
func caseIndexes(index *vault.Index) func(*recovery.Facts) store.CaseIndexes {
	return func(f *recovery.Facts) store.CaseIndexes {
		var to store.CaseIndexes
		if f.Account != "" { // the name of an account that does not exist is kept nowhere; such a case ends within hours
			to.Subject = index.Sum("account:" + f.Account)
		}
		if f.Code != "" {
			to.Resume = index.Sum("resume:" + f.Code)
		}
		return to
	}
}
