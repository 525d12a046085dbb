package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"zhaohui/internal/audit"
)

// auditCommand is about the audit trail.
type auditCommand struct {
	Verify auditVerifyCommand `cmd:"" help:"Look for any change, cut or rewrite of the audit trail; say the first and exit with 1."`
	Export auditExportCommand `cmd:"" help:"Write entries of the trail, without personal data; the trail keeps that this was done."`
}

// auditTrail is what verify asks of the trail.
type auditTrail interface {
	Verify(ctx context.Context, logged []audit.Mark) (audit.Report, error)
}

type auditVerifyCommand struct {
	Heads string `help:"Log with lines 'audit head', to find a trail that was replaced as a whole." placeholder:"FILE"`

	databaseSettings `embed:""`
}

// Run verifies and prints what it found.
func (c *auditVerifyCommand) Run() error {
	ctx := context.Background()
	var logged []audit.Mark
	if c.Heads != "" {
		var err error
		if logged, err = readHeads(c.Heads); err != nil {
			return fmt.Errorf("audit verify: %w", err)
		}
	}
	r, err := openKept(ctx, c.databaseSettings)
	if err != nil {
		return fmt.Errorf("audit verify: %w", err)
	}
	return errors.Join(verifyAudit(ctx, r.trail, logged, os.Stdout), r.db.Close())
}

// readHeads finds the heads in a log. A file without any is a mistake: verifying would seem to have used it.
func readHeads(name string) ([]audit.Mark, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	logged, err := audit.ParseHeads(file)
	if err == nil && len(logged) == 0 {
		err = errors.New("no line 'audit head' in it")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return logged, nil
}

// verifyAudit prints what a sound trail is like; a broken one is an error that names the first broken place.
func verifyAudit(ctx context.Context, trail auditTrail, logged []audit.Mark, out io.Writer) error {
	report, err := trail.Verify(ctx, logged)
	if audit.IsBroken(err) {
		return fmt.Errorf("the audit trail is broken: %w\n%d entries before it are sound", err, report.Entries)
	}
	if err != nil {
		return fmt.Errorf("audit verify: %w", err)
	}
	fmt.Fprintf(out, "entries  %d\n", report.Entries)
	if report.Entries > 0 {
		fmt.Fprintf(out, "first    %s\nlast     %s\n", report.First.Format(time.RFC3339), report.Last.Format(time.RFC3339))
	}
	if report.Head.Seq > 0 {
		fmt.Fprintf(out, "head     %s\n", report.Head)
	}
	if a := report.Head.Anchor; a.Seq > 0 {
		fmt.Fprintf(out, "removed  all up to entry %d of %s, when their time was over\n", a.Seq, a.At.Format(time.RFC3339))
	}
	if report.Erased > 0 {
		fmt.Fprintf(out, "erased   personal data of %d entries, when its time was over\n", report.Erased)
	}
	switch {
	case len(logged) == 0:
		fmt.Fprintln(out, "sound, as far as the database can tell; --heads compares it with the log")
	case report.Older > 0:
		fmt.Fprintf(out, "sound, and as the log says in %d places; %d more are older than the first entry\n",
			report.Logged, report.Older)
	default:
		fmt.Fprintf(out, "sound, and as the log says in %d places\n", report.Logged)
	}
	return nil
}
