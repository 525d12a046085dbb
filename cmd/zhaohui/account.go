package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"zhaohui/internal/wallet"
)

// accountCommand looks after the accounts of the embedded wallet (doc/accounts.md). It may run beside serve.
type accountCommand struct {
	Import accountImport `cmd:"" help:"Add the accounts of a JSON file (doc/accounts.md), all of them or none."`
	Show   accountShow   `cmd:"" help:"Show what an account has, masked."`
	Export accountExport `cmd:"" help:"Write accounts as JSON, all that is kept but what is secret."`
	Erase  accountErase  `cmd:"" help:"Remove an account with its sign-in names. Its cases are erased when their time is over."`

	databaseSettings `embed:""`
}

// with opens the wallet for as long as do takes.
func (c *accountCommand) with(do func(context.Context, *wallet.Embedded) error) error {
	ctx := context.Background()
	r, err := openRecords(ctx, c.databaseSettings, time.Now, slog.Default())
	if err != nil {
		return fmt.Errorf("account: %w", err)
	}
	return errors.Join(do(ctx, r.accounts), r.db.Close())
}

type accountImport struct {
	File string `arg:"" help:"JSON file; - reads what is piped in."`
}

// Run imports a file.
func (c *accountImport) Run(parent *accountCommand) error {
	file := os.Stdin
	if c.File != "-" {
		var err error
		if file, err = os.Open(c.File); err != nil {
			return fmt.Errorf("account import: %w", err)
		}
		defer file.Close()
	}
	return parent.with(func(ctx context.Context, e *wallet.Embedded) error { return importAccounts(ctx, e, file, os.Stdout) })
}

type accountShow struct {
	ID string `arg:"" name:"id" help:"Id of the account."`
}

// Run shows an account.
func (c *accountShow) Run(parent *accountCommand) error {
	return parent.with(func(ctx context.Context, e *wallet.Embedded) error { return showAccount(ctx, e, c.ID, os.Stdout) })
}

type accountExport struct {
	ID string `arg:"" optional:"" name:"id" help:"Id of an account; all accounts without it."`
}

// Run exports an account or all.
func (c *accountExport) Run(parent *accountCommand) error {
	return parent.with(func(ctx context.Context, e *wallet.Embedded) error { return e.Export(ctx, os.Stdout, c.ID) })
}

type accountErase struct {
	ID string `arg:"" name:"id" help:"Id of the account."`
}

// Run erases an account.
func (c *accountErase) Run(parent *accountCommand) error {
	return parent.with(func(ctx context.Context, e *wallet.Embedded) error { return eraseAccount(ctx, e, c.ID, os.Stdout) })
}

// importAccounts adds the accounts of a file and says what it did, or everything that is wrong with the file.
func importAccounts(ctx context.Context, e *wallet.Embedded, file io.Reader, out io.Writer) error {
	done, err := e.Import(ctx, file)
	if problems, ok := errors.AsType[wallet.Problems](err); ok {
		return fmt.Errorf("%w\nnothing was imported: %d problems", problems, len(problems))
	}
	if err != nil {
		return fmt.Errorf("nothing was imported: %w", err)
	}
	var b strings.Builder
	for _, warning := range done.Warnings {
		fmt.Fprintln(&b, "warning:", warning)
	}
	noun := "accounts"
	if len(done.IDs) == 1 {
		noun = "account"
	}
	fmt.Fprintf(&b, "imported %d %s\n", len(done.IDs), noun)
	_, err = io.WriteString(out, b.String())
	return err
}

func eraseAccount(ctx context.Context, e *wallet.Embedded, id string, out io.Writer) error {
	if err := e.Erase(ctx, id); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out, "erased", id)
	return err
}

// showAccount prints what an account has. Nothing in it is in full: export is for that.
func showAccount(ctx context.Context, e *wallet.Embedded, id string, out io.Writer) error {
	a, err := e.Account(ctx, id)
	if err != nil {
		return err
	}
	state, err := e.State(ctx, id)
	if err != nil {
		return err
	}
	var b strings.Builder
	row := func(name string, parts ...any) {
		fmt.Fprintf(&b, "%-16s %s\n", name, strings.Join(strings.Fields(fmt.Sprintln(parts...)), " "))
	}
	row("id", a.ID)
	row("name", a.Name)
	row("language", a.Lang)
	row("real-named", yes(a.Identified))
	for _, to := range a.Addresses {
		row(string(to.Kind), to.Masked, "since", day(to.Since), note("removed", to.Removed), string(to.Trouble))
	}
	for _, c := range a.Cards {
		row("card", c.ID, c.Masked, c.Bank, string(c.Class), string(c.Kind), string(c.Trouble))
	}
	row("password", yes(a.Password), note("set", state.PasswordSet))
	row("backup password", yes(a.Backup))
	row("questions", len(a.Questions))
	row("authenticator", yes(a.TOTP))
	row("recovery codes", a.Codes)
	for _, d := range a.Devices {
		row("device", d.Name, "since", day(d.Since))
	}
	for _, n := range a.Networks {
		row("network", n)
	}
	row("frozen", yes(a.Frozen), note("since", state.Frozen), state.Reason)
	if !state.Limits.Until.IsZero() {
		row("limited", yuan(state.Limits.Single), "a payment,", yuan(state.Limits.Daily), "a day, until", day(state.Limits.Until))
	}
	if !state.SessionsEnded.IsZero() {
		row("sessions ended", day(state.SessionsEnded))
	}
	_, err = io.WriteString(out, b.String())
	return err
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func day(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

func note(what string, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return what + " " + day(t)
}

// yuan writes fen as yuan.
func yuan(fen int64) string { return fmt.Sprintf("%d.%02d yuan", fen/100, fen%100) }
