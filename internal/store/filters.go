package store

import (
	"context"
	"database/sql"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
)

// Filters keeps the searches of agents. It implements support.FilterStore.
type Filters struct{ db *DB }

var _ support.FilterStore = (*Filters)(nil)

// NewFilters keeps them in a database.
func NewFilters(db *DB) *Filters { return &Filters{db} }

// Filters lists those of an agent.
func (s *Filters) Filters(ctx context.Context, agent string) ([]support.Filter, error) {
	rows, err := s.db.read().QueryContext(ctx, `SELECT id, agent_id, page, name, query, made FROM desk_filter WHERE agent_id = $1
		ORDER BY page, made, id`, agent)
	if err != nil {
		return nil, failed("list searches", err)
	}
	defer rows.Close()
	var all []support.Filter
	for rows.Next() {
		var f support.Filter
		var made int64
		if err := rows.Scan(&f.ID, &f.Agent, &f.Page, &f.Name, &f.Query, &made); err != nil {
			return nil, failed("list searches", err)
		}
		f.Made = moment(made)
		all = append(all, f)
	}
	return all, failed("list searches", rows.Err())
}

// AddFilter locks the agent's row, so that two windows cannot both add the last one.
func (s *Filters) AddFilter(ctx context.Context, f support.Filter, most int) error {
	return failed("keep a search", s.db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE agent SET lang = lang WHERE id = $1`, f.Agent); err != nil {
			return err
		}
		var n int
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM desk_filter WHERE agent_id = $1`, f.Agent).Scan(&n); err != nil {
			return err
		}
		if n >= most {
			return problem.Throttled{}
		}
		return inserted(tx.ExecContext(ctx, `INSERT INTO desk_filter (id, agent_id, page, name, query, made) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT DO NOTHING`, f.ID, f.Agent, f.Page, f.Name, f.Query, millis(f.Made)))
	}))
}

// RemoveFilter removes an agent's own.
func (s *Filters) RemoveFilter(ctx context.Context, agent, id string) error {
	return failed("drop a search", s.db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM desk_filter WHERE agent_id = $1 AND id = $2`, agent, id)
		return err
	}))
}
