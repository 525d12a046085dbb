package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"zhaohui/internal/store"
)

// migrateCommand brings the schema up to date. Serve does the same at its start; this is for who wants it done before, with
// the rights of another user of the database, or while an older serve still runs.
type migrateCommand struct {
	databaseSettings `embed:""`
}

// Run needs no keys: it looks at nothing that is sealed.
func (c *migrateCommand) Run() error {
	ctx := context.Background()
	if err := os.MkdirAll(c.folder(), 0o700); err != nil {
		return fmt.Errorf("ZHAOHUI_DATA: %w", err)
	}
	db, err := c.open(ctx, time.Now, slog.Default())
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if err := errors.Join(store.Migrate(ctx, db), db.Close()); err != nil {
		return err
	}
	fmt.Println("the schema is up to date")
	return nil
}
