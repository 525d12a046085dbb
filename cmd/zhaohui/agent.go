package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/store"
	"zhaohui/internal/support"
)

// agentCommand looks after who may sign in at the desk. It may run beside serve, and counts at once.
type agentCommand struct {
	Add      agentAdd      `cmd:"" help:"Add somebody and print the address at which they choose a password, once."`
	List     agentList     `cmd:"" help:"List everybody with their roles."`
	Roles    agentRoles    `cmd:"" help:"Give somebody other roles; their sessions end."`
	Disable  agentDisable  `cmd:"" help:"Keep somebody out, at once."`
	Enable   agentEnable   `cmd:"" help:"Let somebody in again."`
	Enrol    agentEnrol    `cmd:"" help:"For a lost phone: password and second step are gone, sessions end, a new address is printed."`
	Sessions agentSessions `cmd:"" help:"End somebody's sessions."`
	Token    agentToken    `cmd:"" help:"Make a token for a program that makes share links, printed once; or end all."`

	Addr      string `help:"Address that serve listens on." default:"localhost:8080"`
	PublicURL string `name:"public-url" help:"Address that people see; http:// and the address by default." placeholder:"URL"`

	databaseSettings `embed:""`

	out io.Writer // os.Stdout if nil
}

type agentAdd struct {
	Name  string   `arg:"" help:"Name to sign in with."`
	Shown string   `help:"Name that colleagues read." placeholder:"NAME"`
	Role  []string `help:"agent, reviewer, lead or auditor; may be given again." placeholder:"ROLE"`
	Lang  string   `help:"Language of the console." enum:"zh,en" default:"zh"`
}

// Run adds an agent.
func (c *agentAdd) Run(parent *agentCommand) error {
	return parent.with(func(ctx context.Context, d *staffDesk) error {
		return d.add(ctx, support.New{Name: c.Name, Shown: c.Shown, Roles: rolesOf(c.Role), Lang: c.Lang})
	})
}

type agentList struct{}

// Run lists agents.
func (c *agentList) Run(parent *agentCommand) error { return parent.with(listAgents) }

type agentRoles struct {
	Name string   `arg:"" help:"Name, or id."`
	Role []string `arg:"" help:"All roles from now on: agent, reviewer, lead, auditor."`
}

// Run changes roles.
func (c *agentRoles) Run(parent *agentCommand) error {
	return parent.to(c.Name, func(ctx context.Context, d *staffDesk, a *support.Agent) error {
		if err := d.Change(ctx, a.ID, rolesOf(c.Role), support.Command); err != nil {
			return err
		}
		return d.say("%s is now: %s\n", a.Name, strings.Join(c.Role, " "))
	})
}

type agentDisable struct {
	Name string `arg:"" help:"Name, or id."`
}

// Run keeps an agent out.
func (c *agentDisable) Run(parent *agentCommand) error {
	return parent.to(c.Name, func(ctx context.Context, d *staffDesk, a *support.Agent) error {
		if err := d.Disable(ctx, a.ID, support.Command); err != nil {
			return err
		}
		return d.say("%s cannot sign in any more; sessions and tokens ended\n", a.Name)
	})
}

type agentEnable struct {
	Name string `arg:"" help:"Name, or id."`
}

// Run lets an agent in again.
func (c *agentEnable) Run(parent *agentCommand) error {
	return parent.to(c.Name, func(ctx context.Context, d *staffDesk, a *support.Agent) error {
		if err := d.Enable(ctx, a.ID, support.Command); err != nil {
			return err
		}
		return d.say("%s may sign in again\n", a.Name)
	})
}

type agentEnrol struct {
	Name string `arg:"" help:"Name, or id."`
}

// Run begins an enrolment anew.
func (c *agentEnrol) Run(parent *agentCommand) error {
	return parent.to(c.Name, func(ctx context.Context, d *staffDesk, a *support.Agent) error {
		token, err := d.Enrol(ctx, a.ID, support.Command)
		if err != nil {
			return err
		}
		return d.invite(a.Name, token)
	})
}

type agentSessions struct {
	End agentSessionsEnd `cmd:"" help:"End all of somebody's sessions, on all portals, at once."`
}

type agentSessionsEnd struct {
	Name string `arg:"" help:"Name, or id."`
}

// Run ends an agent's sessions.
func (c *agentSessionsEnd) Run(parent *agentCommand) error {
	return parent.to(c.Name, func(ctx context.Context, d *staffDesk, a *support.Agent) error {
		n, err := d.EndSessions(ctx, a.ID, "", support.Command)
		if err != nil {
			return err
		}
		return d.say("sessions of %s ended: %d\n", a.Name, n)
	})
}

type agentToken struct {
	Name   string `arg:"" help:"Name, or id."`
	Revoke bool   `help:"End all tokens instead."`
}

// Run makes or ends tokens.
func (c *agentToken) Run(parent *agentCommand) error {
	return parent.to(c.Name, func(ctx context.Context, d *staffDesk, a *support.Agent) error {
		if c.Revoke {
			n, err := d.RevokeTokens(ctx, a.ID, support.Command)
			if err != nil {
				return err
			}
			return d.say("tokens of %s ended: %d\n", a.Name, n)
		}
		token, err := d.Token(ctx, a.ID, support.Command)
		if err != nil {
			return err
		}
		return d.say("token for programs of %s, shown this once:\n%s\n", a.Name, token)
	})
}

// staffDesk is a desk that speaks to whoever runs the command.
type staffDesk struct {
	*support.Desk
	public *url.URL
	out    io.Writer
}

// with opens the desk for as long as do takes.
func (c *agentCommand) with(do func(context.Context, *staffDesk) error) error {
	ctx := context.Background()
	public, err := publicURL(settings{Addr: c.Addr, PublicURL: c.PublicURL})
	if err != nil {
		return fmt.Errorf("agent: %w", err)
	}
	r, err := openRecords(ctx, c.databaseSettings, time.Now, slog.Default())
	if err != nil {
		return fmt.Errorf("agent: %w", err)
	}
	out := c.out
	if out == nil {
		out = os.Stdout
	}
	err = do(ctx, &staffDesk{r.desk(public, "", time.Now), public, out})
	return errors.Join(explained(err), r.db.Close())
}

// to does something for one agent.
func (c *agentCommand) to(name string, do func(context.Context, *staffDesk, *support.Agent) error) error {
	return c.with(func(ctx context.Context, d *staffDesk) error {
		a, err := d.Find(ctx, name)
		if err != nil {
			return err
		}
		return do(ctx, d, a)
	})
}

// desk lets the operator's people in.
func (r *records) desk(public *url.URL, operator string, now func() time.Time) *support.Desk {
	return support.NewDesk(support.Deps{Store: store.NewAgents(r.db, r.trail.Append), Hasher: r.staff, Box: r.box,
		Index: r.keys.Index("agents"),
		Now:   now, Operator: operator, Public: public})
}

func (d *staffDesk) say(format string, args ...any) error {
	_, err := fmt.Fprintf(d.out, format, args...)
	return err
}

func (d *staffDesk) add(ctx context.Context, n support.New) error {
	token, err := d.Add(ctx, n)
	if err != nil {
		return err
	}
	return d.invite(n.Name, token)
}

// invite prints the address of an enrolment; nobody can print it again.
func (d *staffDesk) invite(name, token string) error {
	return d.say("%s signs up here within 24 hours; the address is shown this once:\n%s/agent/enrol/%s\n", name, d.public, token)
}

func listAgents(ctx context.Context, d *staffDesk) error {
	agents, err := d.Agents(ctx)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(d.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tSHOWN\tROLES\tSTATE\tSESSIONS\tID")
	for _, a := range agents {
		sessions, err := d.Sessions(ctx, a.ID)
		if err != nil {
			return err
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%d\t%s\n", a.Name, a.Shown, strings.Join(textsOf(a.Roles), " "), stateOf(a), len(sessions),
			a.ID)
	}
	return table.Flush()
}

func stateOf(a *support.Agent) string {
	switch {
	case !a.Disabled.IsZero():
		return "disabled"
	case !a.Local():
		return "signs in at " + a.Issuer
	case a.Password == "":
		return "not enrolled"
	}
	return "enrolled"
}

func rolesOf(texts []string) []support.Role {
	roles := make([]support.Role, len(texts))
	for i, text := range texts {
		roles[i] = support.Role(text)
	}
	return roles
}

func textsOf(roles []support.Role) []string {
	texts := make([]string, len(roles))
	for i, r := range roles {
		texts[i] = string(r)
	}
	return texts
}

// explained says in words what is wrong with what was typed.
func explained(err error) error {
	sentences := map[string]string{
		"name form":      "a name has 2 to 64 letters, digits, dots, dashes, _ or @, and begins with a letter or digit",
		"name taken":     "somebody has this name already",
		"shown form":     "a shown name has at most 64 signs on one line",
		"roles required": "name at least one role: " + strings.Join(textsOf(support.Roles()), ", "),
	}
	var said []error
	if invalid, ok := errors.AsType[problem.Invalid](err); ok {
		for field, code := range invalid.Fields {
			said = append(said, errors.New(sentences[field+" "+code]))
		}
		return fmt.Errorf("agent: %w", errors.Join(said...))
	}
	switch problem.KindOf(err) {
	case problem.KindNotFound:
		return fmt.Errorf("agent: nobody has this name or id: %w", err)
	case problem.KindDenied:
		return fmt.Errorf("agent: not for somebody who is disabled, or who signs in elsewhere: %w", err)
	}
	return err
}
