package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"zhaohui/internal/content"
	"zhaohui/internal/store"
)

// switchCommand turns a live channel or a method off at once, in all portals on the database, and on again.
type switchCommand struct {
	State string `arg:"" optional:"" enum:"off,on,list" default:"list" help:"off, on, or list."`
	ID    string `arg:"" optional:"" name:"id" help:"Id of a method or a live channel: sms, card …"`

	Content          string `help:"Folder laid over the embedded content." placeholder:"DIR"`
	databaseSettings `embed:""`
}

// Run switches, and says what is off now.
func (c *switchCommand) Run() error {
	ctx := context.Background()
	if known := c.known(); c.State != "list" && !slices.Contains(known, c.ID) {
		return fmt.Errorf("switch %s: %q is not one of %s", c.State, c.ID, strings.Join(known, ", "))
	}
	r, err := openRecords(ctx, c.databaseSettings, time.Now, slog.Default())
	if err != nil {
		return fmt.Errorf("switch: %w", err)
	}
	switches := store.NewSwitches(r.db, r.trail.Append)
	if c.State != "list" {
		err = switches.Set(ctx, c.ID, c.State == "off")
	}
	off, listing := switches.Off(ctx)
	if err == nil && listing == nil {
		if len(off) == 0 {
			off = []string{"nothing"}
		}
		fmt.Fprintln(os.Stdout, "off:", strings.Join(off, " "))
	}
	return errors.Join(err, listing, r.db.Close())
}

// known are the methods and live channels that there are.
func (c *switchCommand) known() []string {
	loaded, _ := content.Load(contentFiles(c.Content, nil), time.Now())
	var ids []string
	for _, m := range methods() {
		ids = append(ids, m.ID())
	}
	if p := livePlatform(loaded.Platforms); p != nil {
		for _, channel := range p.Channels {
			if channel.Live != nil {
				ids = append(ids, channel.ID)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
