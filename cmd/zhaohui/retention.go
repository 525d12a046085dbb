package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"zhaohui/internal/content"
	"zhaohui/internal/recovery"
	"zhaohui/internal/store"
	"zhaohui/internal/support"
)

// Retention: how long what is closed is kept, and the trail (requirement P3).
const (
	keepTrail  = 2 * 365 * 24 * time.Hour
	keepPerson = 180 * 24 * time.Hour
	keepShifts = 31 * 24 * time.Hour // sign-ins of the operator's people
	keepCounts = 30 * 24 * time.Hour // the longest window of a limit
	keepWrites = 30 * 24 * time.Hour // the wallet's keys of writes
)

// retention is all that is erased when its time is over, in the order in which it is reported.
func (r *records) retention(cases *store.Cases, policy *recovery.Policy, kinds []*support.TicketKind, now func() time.Time) *support.Retention {
	agents, links := store.NewAgents(r.db, r.trail.Append), store.NewShareLinks(r.db, r.trail.Append)
	items := []support.Retained{{ID: "cases", Keep: policy.Case.Keep, Erase: cases.Forget, Due: store.DueOf(r.db, "cases")}}
	var keep time.Duration
	for _, k := range kinds {
		keep = max(keep, k.Keep)
	}
	if keep > 0 {
		over := store.DueOf(r.db, "evidence") // a ticket knows when its own evidence is over
		items = append(items, support.Retained{ID: "evidence", Keep: keep, Due: func(ctx context.Context, _ time.Time, most int) (int, time.Time, error) {
			n, _, err := over(ctx, now(), most)
			return n, time.Time{}, err
		}})
	}
	items = append(items, []support.Retained{
		{ID: "links", Keep: support.LinksKept, Erase: links.ForgetLinks, Due: store.DueOf(r.db, "links")},
		{ID: "shifts", Keep: keepShifts, Erase: agents.Prune, Due: store.DueOf(r.db, "shifts")},
		{ID: "counts", Keep: keepCounts, Erase: func(ctx context.Context, _ time.Time, limit int) (int, error) {
			return cases.Prune(ctx, now(), limit)
		}},
		{ID: "writes", Keep: keepWrites, Erase: func(ctx context.Context, _ time.Time, _ int) (int, error) { return 0, r.accounts.Prune(ctx) }},
		{ID: "persons", Keep: keepPerson, Due: store.DueOf(r.db, "persons"), Erase: func(ctx context.Context, before time.Time, _ int) (int, error) {
			return r.trail.ErasePersons(ctx, before)
		}},
		{ID: "trail", Keep: keepTrail, Due: store.DueOf(r.db, "trail"), Erase: func(ctx context.Context, before time.Time, _ int) (int, error) {
			return r.trail.Prune(ctx, before)
		}},
	}...)
	return support.NewRetention(items, store.NewTrail(r.trail), now)
}

// retentionCommand reports what was erased, what is due and how long what is kept. It changes nothing.
type retentionCommand struct {
	Runs    int    `help:"How many of the last runs are shown." default:"10"`
	Content string `help:"Folder laid over the embedded content." placeholder:"DIR"`

	databaseSettings `embed:""`
}

// Run prints the report.
func (c *retentionCommand) Run() error {
	ctx := context.Background()
	loaded, problems := content.Load(contentFiles(c.Content, nil), time.Now())
	if bad := problems.Errors(); len(bad) > 0 {
		return fmt.Errorf("retention: content does not load: %w", bad)
	}
	platform := livePlatform(loaded.Platforms)
	if platform == nil {
		return errors.New("retention: this portal has no live platform, so it keeps nothing of anybody")
	}
	r, err := openKept(ctx, c.databaseSettings)
	if err != nil {
		return fmt.Errorf("retention: %w", err)
	}
	policy := loaded.Rules[platform.ID].Policy
	cases := store.NewCases(r.db, store.CaseDeps{Seal: r.box, Record: r.trail.Append, DueAt: policy.DueAt})
	report := r.retention(cases, policy, loaded.Tickets[platform.ID], time.Now)
	return errors.Join(printRetention(ctx, report, c.Runs, os.Stdout), r.db.Close())
}

func printRetention(ctx context.Context, r *support.Retention, most int, out io.Writer) error {
	kept, runs, err := r.Report(ctx)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "WHAT\tKEPT\tDUE\tOLDEST\tERASED LATELY\tLAST ERASED")
	for _, k := range kept {
		due, erased := fmt.Sprint(k.Due), fmt.Sprint(k.Erased)
		if k.Erased < 0 {
			erased = "-"
		}
		switch {
		case k.Due < 0:
			due = "-"
		case k.More:
			due += "+"
		}
		fmt.Fprintf(table, "%s\t%d days\t%s\t%s\t%s\t%s\n", k.ID, int(k.Keep.Hours()/24), due, dateOrDash(k.Oldest), erased, dateOrDash(k.Last))
	}
	for i, run := range runs[:min(max(most, 0), len(runs))] {
		if i == 0 {
			fmt.Fprintln(table, "\nRUN\tERASED")
		}
		fmt.Fprintf(table, "%s\t%s\n", run.At.Format(time.RFC3339), run)
	}
	return table.Flush()
}

func dateOrDash(at time.Time) string {
	if at.IsZero() {
		return "-"
	}
	return at.Format(time.RFC3339)
}
