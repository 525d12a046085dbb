package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"zhaohui/internal/store"
	"zhaohui/internal/support"
)

type auditExportCommand struct {
	Format string `help:"csv, which no table's program reads as formulas, or jsonl." default:"jsonl" enum:"csv,jsonl"`
	From   string `help:"First day, such as 2026-11-01." placeholder:"DAY"`
	Until  string `help:"Last day." placeholder:"DAY"`
	Kind   string `help:"Kind of entry, such as evidence-viewed." placeholder:"KIND"`
	Case   string `help:"Id of a recovery." placeholder:"ID"`
	Actor  string `help:"Who did it: customer, job, agent:ID …" placeholder:"ACTOR"`
	Ticket string `help:"Number of an appeal." placeholder:"NUMBER"`
	Zone   string `name:"time-zone" help:"Time zone of the days." default:"Asia/Shanghai"`

	databaseSettings `embed:""`
}

// filter reads what was asked for.
func (c *auditExportCommand) filter() (support.TrailFilter, error) {
	f := support.TrailFilter{Kind: c.Kind, Case: c.Case, Actor: c.Actor}
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return f, fmt.Errorf("--time-zone: %q is not a time zone", c.Zone)
	}
	for _, day := range []struct {
		flag, text string
		into       *time.Time
		more       int
	}{{"from", c.From, &f.From, 0}, {"until", c.Until, &f.Until, 1}} {
		if day.text == "" {
			continue
		}
		at, err := time.ParseInLocation(time.DateOnly, day.text, zone)
		if err != nil {
			return f, fmt.Errorf("--%s: want a day like 2026-11-22", day.flag)
		}
		*day.into = at.AddDate(0, 0, day.more)
	}
	if c.Ticket != "" {
		var ok bool
		if f.Ticket, ok = support.ParseTicketNumber(c.Ticket); !ok {
			return f, errors.New("--ticket: that is no appeal's number")
		}
	}
	return f, nil
}

// Run writes what matches to standard output, the newest first.
func (c *auditExportCommand) Run() error {
	f, err := c.filter()
	if err != nil {
		return fmt.Errorf("audit export: %w", err)
	}
	ctx := context.Background()
	r, err := openKept(ctx, c.databaseSettings)
	if err != nil {
		return fmt.Errorf("audit export: %w", err)
	}
	err = exportAudit(ctx, support.NewTrail(store.NewTrail(r.trail), time.Now), f, c.Format, os.Stdout, os.Stderr)
	return errors.Join(err, r.db.Close())
}

// exportAudit writes entries to out and how many there were to said.
func exportAudit(ctx context.Context, trail *support.Trail, f support.TrailFilter, format string, out, said io.Writer) error {
	to := support.NewTrailWriter(format, out)
	rows, err := trail.Export(ctx, f, format, support.Command, to.Write)
	if err == nil && rows == 0 {
		err = to.Write(nil)
	}
	fmt.Fprintf(said, "entries exported: %d\n", rows)
	return err
}
