package store

import (
	"context"
	"database/sql"
	"fmt"

	"zhaohui/internal/recovery"
)

// Switches keeps which methods and channels the operator switched off. Portals that share a database share them.
type Switches struct {
	db     *DB
	record func(ctx context.Context, tx *sql.Tx, events []recovery.Event) error
}

// NewSwitches records every change in the trail.
func NewSwitches(db *DB, record func(ctx context.Context, tx *sql.Tx, events []recovery.Event) error) *Switches {
	return &Switches{db, record}
}

// Off lists what is switched off.
func (s *Switches) Off(ctx context.Context) ([]string, error) {
	ids, err := texts(s.db.read().QueryContext(ctx, `SELECT id FROM switched_off ORDER BY id`))
	return ids, failed("read switches", err)
}

// Set switches a method or channel off or on again.
func (s *Switches) Set(ctx context.Context, id string, off bool) error {
	err := s.db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		statement, kind := `DELETE FROM switched_off WHERE id = $1 AND at <= $2`, "switched-on"
		if off {
			statement, kind = `INSERT INTO switched_off (id, at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING`, "switched-off"
		}
		at := s.db.now()
		if _, err := tx.ExecContext(ctx, statement, id, millis(at)); err != nil {
			return err
		}
		return s.record(ctx, tx, []recovery.Event{{At: at, Kind: kind, Actor: "operator", Data: map[string]string{"id": id}}})
	})
	if err != nil {
		return fmt.Errorf("switch %s: %w", id, err)
	}
	return nil
}
