// Command zhaohui is the help portal: one binary that serves it, checks its content and shows its gallery.
package main

import (
	"fmt"
	"os"

	"github.com/alecthomas/kong"
)

// commands is what the program can do; every setting is a flag and an environment variable of the same name.
type commands struct {
	Serve     serveCommand     `cmd:"" help:"Serve the portal."`
	Demo      demoCommand      `cmd:"" help:"Serve the portal with an operator that does not exist, in a temporary folder."`
	Check     checkCommand     `cmd:"" help:"Read all content and name the file and line of whatever cannot work."`
	Policy    policyCommand    `cmd:"" help:"Show the rules of live recovery as a table, or draw them."`
	Migrate   migrateCommand   `cmd:"" help:"Bring the schema of the database up to date, as serve does at its start."`
	Account   accountCommand   `cmd:"" help:"Look after the accounts of the embedded wallet."`
	Agent     agentCommand     `cmd:"" help:"Look after the operator's own people: who may sign in at the desk."`
	Link      linkCommand      `cmd:"" help:"Look after the links that agents share."`
	Audit     auditCommand     `cmd:"" help:"Look into the audit trail."`
	Retention retentionCommand `cmd:"" help:"Report what was erased, what is due, and how long what is kept."`
	Switch    switchCommand    `cmd:"" help:"Turn a live channel or method off at once, or on again."`
	Keys      keysCommand      `cmd:"" help:"Change the keyset."`
	Gallery   galleryCommand   `cmd:"" help:"Serve every page and part with its states, from fixtures."`
}

func main() {
	var c commands
	ctx := kong.Parse(&c, kong.Name("zhaohui"), kong.Description("Help for people who can no longer pay."),
		kong.UsageOnError(), kong.DefaultEnvars("ZHAOHUI"))
	if err := ctx.Run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
