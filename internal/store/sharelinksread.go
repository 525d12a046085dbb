package store

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"time"

	"zhaohui/internal/support"
)

const selectShareLink = `SELECT code, agent, lang, kind, platform, channel, step, slug, query, case_ref, version, created,
	expires, max_uses, opened, started, finished, failed, retired, why, pattern FROM share_link WHERE `

// Link reads a link with its counts.
func (s *ShareLinks) Link(ctx context.Context, code string) (support.Link, error) {
	links, err := shareLinks(s.db.read().QueryContext(ctx, selectShareLink+`code = $1`, code))
	if err == nil && len(links) == 0 {
		err = sql.ErrNoRows
	}
	if err != nil {
		return support.Link{}, failed("read share link", err)
	}
	err = s.addSteps(ctx, links)
	return links[0], failed("read share link", err)
}

// LinksOf lists the links of an agent and of their tokens.
func (s *ShareLinks) LinksOf(ctx context.Context, agent, after string, limit int) ([]support.Link, error) {
	const order = ` ORDER BY created DESC, code DESC LIMIT `
	query, args := `agent IN ($1, $2)`+order+`$3`, []any{agent, support.TokenPrefix + agent, limit}
	if after != "" {
		query = `agent IN ($1, $2) AND (created, code) < (SELECT created, code FROM share_link WHERE code = $3)` + order + `$4`
		args = []any{agent, support.TokenPrefix + agent, after, limit}
	}
	links, err := shareLinks(s.db.read().QueryContext(ctx, selectShareLink+query, args...))
	if err == nil {
		err = s.addSteps(ctx, links)
	}
	return links, failed("list share links", err)
}

// OpenLinks lists links that lead on, without the steps of their counts.
func (s *ShareLinks) OpenLinks(ctx context.Context, f support.LinkFilter, at time.Time, after string,
	limit int) ([]support.Link, error) {
	links, err := shareLinks(s.db.read().QueryContext(ctx, selectShareLink+`code > $1 AND expires > $2 AND retired = 0
			AND (max_uses = 0 OR opened < max_uses) AND ($3 = '' OR agent IN ($3, 'token:' || $3)) AND ($4 = '' OR kind = $4) AND ($5 = '' OR platform = $5)
			AND ($6 = '' OR channel = $6) AND ($7 = '' OR step = $7) AND ($8 = '' OR slug = $8) AND created < $9 ORDER BY code LIMIT $10`,
		after, millis(at), f.Agent, f.Kind, f.Platform, f.Channel, f.Step, f.Slug, madeBefore(f), limit))
	return links, failed("list share links", err)
}

// madeBefore is the end of time for any moment.
func madeBefore(f support.LinkFilter) int64 {
	if f.Before.IsZero() {
		return math.MaxInt64
	}
	return millis(f.Before)
}

func shareLinks(rows *sql.Rows, err error) ([]support.Link, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var links []support.Link
	for rows.Next() {
		var l support.Link
		var created, expires, retired int64
		t, n := &l.Target, &l.Counts
		if err := rows.Scan(&l.Code, &l.Agent, &l.Lang, &t.Kind, &t.Platform, &t.Channel, &t.Step, &t.Slug, &t.Query, &t.Case,
			&l.Version, &created, &expires, &l.MaxUses, &n.Opened, &n.Started, &n.Finished, &n.Failed, &retired, &l.Why,
			&l.Pattern); err != nil {
			return nil, err
		}
		l.Created, l.Expires, l.Retired = moment(created), moment(expires), moment(retired)
		links = append(links, l)
	}
	return links, errors.Join(rows.Err(), rows.Close())
}

// addSteps reads where visits stopped, for links of a page one by one: each is one look into an index.
func (s *ShareLinks) addSteps(ctx context.Context, links []support.Link) error {
	for i := range links {
		rows, err := s.db.read().QueryContext(ctx, `SELECT step, stopped FROM share_link_step WHERE code = $1 AND stopped > 0
			ORDER BY stopped DESC, step LIMIT 20`, links[i].Code)
		if err != nil {
			return err
		}
		if links[i].Counts.Steps, err = stepCounts(rows); err != nil {
			return err
		}
	}
	return nil
}

func stepCounts(rows *sql.Rows) ([]support.StepCount, error) {
	defer rows.Close()
	var counts []support.StepCount
	for rows.Next() {
		var c support.StepCount
		if err := rows.Scan(&c.Step, &c.Count); err != nil {
			return nil, err
		}
		counts = append(counts, c)
	}
	return counts, errors.Join(rows.Err(), rows.Close())
}
