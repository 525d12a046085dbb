package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"text/tabwriter"
	"time"

	"zhaohui/internal/content"
	"zhaohui/internal/i18n"
	"zhaohui/internal/problem"
	"zhaohui/internal/store"
	"zhaohui/internal/support"
	"zhaohui/web"
)

// linkCommand looks after the links that agents share (doc/agents.md). It may run beside serve, and counts at once.
type linkCommand struct {
	List   linkList   `cmd:"" help:"List links that lead on, with what became of them."`
	Revoke linkRevoke `cmd:"" help:"Take links back."`
	Retire linkRetire `cmd:"" help:"Take back all links that match, such as those whose page changed since they were made."`

	Content          string `help:"Folder laid over the embedded content." placeholder:"DIR"`
	databaseSettings `embed:""`
}

// linkChoice chooses among links that lead on.
type linkChoice struct {
	Agent    string `help:"Name or id of the agent who made them." placeholder:"NAME"`
	Platform string `help:"Platform that they lead to." placeholder:"ID"`
	Channel  string `help:"Channel that they lead to." placeholder:"ID"`
	Step     string `help:"Step that they lead to." placeholder:"ID"`
	Article  string `help:"Article that they lead to." placeholder:"SLUG"`
	Changed  bool   `help:"Only those whose page changed or went away since they were made."`
}

// linkRecords are the links of a database, and how to find their agents.
type linkRecords struct {
	*support.Links
	agent func(ctx context.Context, nameOrID string) (*support.Agent, error)
	out   io.Writer
}

// with opens the links for as long as do takes.
func (c *linkCommand) with(do func(context.Context, *linkRecords) error) error {
	ctx := context.Background()
	files := contentFiles(c.Content, nil)
	loaded, problems := content.Load(files, time.Now())
	if bad := problems.Errors(); len(bad) > 0 {
		return fmt.Errorf("link: content does not load: %w", bad)
	}
	words, err := i18n.Load(files)
	if err != nil {
		return fmt.Errorf("link: %w", err)
	}
	r, err := openRecords(ctx, c.databaseSettings, time.Now, slog.Default())
	if err != nil {
		return fmt.Errorf("link: %w", err)
	}
	desk := r.desk(&url.URL{Scheme: "http", Host: "localhost"}, "", time.Now) // only to find agents
	links := &linkRecords{Links: r.links(loaded, words, time.Now), agent: desk.Find, out: os.Stdout}
	return errors.Join(do(ctx, links), r.db.Close())
}

// links are those that agents share.
func (r *records) links(c *content.Content, words *i18n.Catalog, now func() time.Time) *support.Links {
	return support.NewLinks(support.LinkDeps{Store: store.NewShareLinks(r.db, r.trail.Append),
		Places: web.NewPlaces(c, words, livePlatform(c.Platforms) != nil), Now: now})
}

// filter is the choice as the links know it.
func (l *linkRecords) filter(ctx context.Context, c linkChoice) (support.LinkFilter, error) {
	f := support.LinkFilter{Platform: c.Platform, Channel: c.Channel, Step: c.Step, Slug: c.Article, Changed: c.Changed}
	if c.Article != "" {
		f.Kind = support.ToArticle
	}
	if c.Agent == "" {
		return f, nil
	}
	a, err := l.agent(ctx, c.Agent)
	if err != nil {
		return f, fmt.Errorf("link: agent: %w", err)
	}
	f.Agent = a.ID
	return f, nil
}

type linkList struct {
	linkChoice `embed:""`
	Limit      int `help:"How many at most." default:"200"`
}

// Run lists links.
func (c *linkList) Run(parent *linkCommand) error { return parent.with(c.list) }

func (c *linkList) list(ctx context.Context, l *linkRecords) error {
	f, err := l.filter(ctx, c.linkChoice)
	if err != nil {
		return err
	}
	links, err := l.Matching(ctx, f, c.Limit)
	if err != nil {
		return err
	}
	return l.print(links)
}

func (l *linkRecords) print(links []support.Link) error {
	table := tabwriter.NewWriter(l.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "CODE\tLEADS TO\tEXPIRES\tOPENED\tSTARTED\tFINISHED\tFAILED\tAGENT")
	for _, link := range links {
		place := l.Place(link.Target, link.Lang)
		path := place.Path
		if place.Moved {
			path += " (its page is gone)"
		}
		n := link.Counts
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%d\t%d\t%d\t%s\n", support.ShowCode(link.Code), path,
			link.Expires.Format(time.RFC3339), n.Opened, n.Started, n.Finished, n.Failed, link.Agent)
	}
	return table.Flush()
}

type linkRevoke struct {
	Code []string `arg:"" help:"Codes, as they are shown or typed."`
}

// Run takes links back.
func (c *linkRevoke) Run(parent *linkCommand) error { return parent.with(c.revoke) }

// revoke does each by itself: a wrong code does not save the others.
func (c *linkRevoke) revoke(ctx context.Context, l *linkRecords) error {
	var failed []error
	for i, code := range c.Code {
		err := l.Revoke(ctx, code, support.Command)
		if errors.Is(err, problem.NotFound) {
			err = fmt.Errorf("link revoke: number %d: there is no such link", i+1)
		}
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

type linkRetire struct {
	linkChoice `embed:""`
	All        bool `help:"All links that there are; without it, something has to be chosen."`
}

// Run takes back what matches.
func (c *linkRetire) Run(parent *linkCommand) error {
	if (c.linkChoice == linkChoice{}) != c.All {
		return errors.New("link retire: choose which links, or say --all")
	}
	return parent.with(c.retire)
}

// retire says how many there were, also if it did not get through.
func (c *linkRetire) retire(ctx context.Context, l *linkRecords) error {
	f, err := l.filter(ctx, c.linkChoice)
	if err != nil {
		return err
	}
	why := support.WhyRevoked
	if c.Changed {
		why = support.WhyContent
	}
	n, err := l.RetireAll(ctx, f, why, support.Command)
	fmt.Fprintf(l.out, "links retired: %d\n", n)
	return err
}
