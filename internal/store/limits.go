package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"zhaohui/internal/throttle"
)

// Take counts one use of every limit or of none; see recovery.Tx. Windows are exact: every use is a row, and a limit is
// reached if its Max newest uses are all in the window.
//
// The head of each key is written first, in the order of the keys. On PostgreSQL that makes others who count the same
// key wait until this transaction ends, so that what they read afterwards is true; on SQLite there is one writer anyway.
func (t *caseTx) Take(at time.Time, limits ...throttle.Limit) error {
	taken, err := t.count(limits)
	if err != nil {
		return failed("count a use", err)
	}
	for _, limit := range limits {
		until, reached, err := t.reached(at, limit, taken[limit.Key])
		if err != nil {
			return failed("count a use", err)
		}
		if !reached {
			continue
		}
		for _, key := range taken {
			if _, err := t.tx.ExecContext(t.ctx, `UPDATE throttle_head SET uses = uses - 1, in_a_row = in_a_row - $1 WHERE key = $2`,
				key.row, key.name); err != nil {
				return failed("take a use back", err)
			}
		}
		return fmt.Errorf("count a use: %w", throttle.Refused{Limit: limit, Until: until})
	}
	for _, key := range taken {
		if key.within == 0 {
			continue
		}
		if err := execute(t.ctx, t.tx, `INSERT INTO throttle_use (key, at, n, gone) VALUES ($1, $2, $3, $4)`,
			key.name, millis(at), key.uses, millis(at.Add(key.within))); err != nil {
			return failed("count a use", err)
		}
	}
	return nil
}

// takenKey is a key whose head was written.
type takenKey struct {
	name   string
	within time.Duration // the longest window among the limits that name it
	row    int64         // 1 if one of them counts uses in a row
	uses   int64         // the number of this use
	inARow int64         // with this use
}

// count writes the heads of all keys, in their order: two transactions that share keys cannot wait for each other.
func (t *caseTx) count(limits []throttle.Limit) (map[string]*takenKey, error) {
	taken := map[string]*takenKey{}
	var names []string
	for _, limit := range limits {
		key := taken[limit.Key]
		if key == nil {
			key = &takenKey{name: limit.Key}
			taken[limit.Key], names = key, append(names, limit.Key)
		}
		if key.within = max(key.within, limit.Within); limit.Within == 0 {
			key.row = 1
		}
	}
	slices.Sort(names)
	for _, name := range names {
		key := taken[name]
		err := numbers(t.ctx, t.tx, `INSERT INTO throttle_head (key, uses, in_a_row) VALUES ($1, 1, $2)
			ON CONFLICT (key) DO UPDATE SET uses = throttle_head.uses + 1, in_a_row = throttle_head.in_a_row + excluded.in_a_row
			RETURNING uses, in_a_row`, []*int64{&key.uses, &key.inARow}, name, key.row)
		if err != nil {
			return nil, err
		}
	}
	return taken, nil
}

// reached says whether a limit allows no more, and when it will: once its Max newest uses are not all in the window.
func (t *caseTx) reached(at time.Time, limit throttle.Limit, key *takenKey) (until time.Time, reached bool, err error) {
	switch {
	case limit.Max <= 0:
		return time.Time{}, true, nil
	case limit.Within == 0:
		return time.Time{}, key.inARow > int64(limit.Max), nil
	case key.uses <= int64(limit.Max): // not so many were ever counted
		return time.Time{}, false, nil
	}
	var oldest int64
	err = t.tx.QueryRowContext(t.ctx, `SELECT at FROM throttle_use WHERE key = $1 AND at > $2 ORDER BY at DESC LIMIT 1 OFFSET $3`,
		limit.Key, millis(at.Add(-limit.Within)), limit.Max-1).Scan(&oldest)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, false, nil
	}
	return moment(oldest).Add(limit.Within), err == nil, err
}

// giveBack takes back one use of each key that was counted at a moment. It writes the heads in the order in which Take does.
func giveBack(ctx context.Context, tx *sql.Tx, at time.Time, keys []string) error {
	for _, key := range slices.Sorted(slices.Values(keys)) {
		if _, err := tx.ExecContext(ctx, `UPDATE throttle_head SET uses = uses WHERE key = $1`, key); err != nil {
			return failed("give a use back", err)
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM throttle_use WHERE key = $1 AND at = $2 AND n =
			(SELECT MAX(n) FROM throttle_use WHERE key = $1 AND at = $2)`, key, millis(at)); err != nil {
			return failed("give a use back", err)
		}
	}
	return nil
}

// Clear forgets the uses in a row of these keys.
func (t *caseTx) Clear(keys ...string) error {
	keys = slices.Sorted(slices.Values(keys))
	for _, key := range keys {
		if _, err := t.tx.ExecContext(t.ctx, `UPDATE throttle_head SET in_a_row = 0 WHERE key = $1`, key); err != nil {
			return failed("clear a count", err)
		}
	}
	return nil
}

// Once says true the first time that a key is seen within a time.
func (t *caseTx) Once(at time.Time, key string, within time.Duration) (bool, error) {
	var first int
	err := t.tx.QueryRowContext(t.ctx, `INSERT INTO throttle_once (key, at, gone) VALUES ($1, $2, $3)
		ON CONFLICT (key) DO UPDATE SET at = excluded.at, gone = excluded.gone WHERE throttle_once.at <= $4 RETURNING 1`,
		key, millis(at), millis(at.Add(within)), millis(at.Add(-within))).Scan(&first)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, failed("look whether it is the first time", err)
}

// Left is how many more uses all of these limits allow at a moment; it counts nothing.
func (s *Cases) Left(ctx context.Context, at time.Time, limits ...throttle.Limit) (int, error) {
	return whatIsLeft(ctx, s.db.read(), at, limits)
}

// Left is Cases.Left inside the transaction.
func (t *caseTx) Left(at time.Time, limits ...throttle.Limit) (int, error) {
	return whatIsLeft(t.ctx, t.tx, at, limits)
}

func whatIsLeft(ctx context.Context, q querier, at time.Time, limits []throttle.Limit) (int, error) {
	left := math.MaxInt
	for _, limit := range limits {
		var used int
		var err error
		if limit.Within == 0 {
			err = q.QueryRowContext(ctx, `SELECT in_a_row FROM throttle_head WHERE key = $1`, limit.Key).Scan(&used)
		} else {
			err = q.QueryRowContext(ctx, `SELECT COUNT(*) FROM
				(SELECT 1 FROM throttle_use WHERE key = $1 AND at > $2 LIMIT $3) AS counted`,
				limit.Key, millis(at.Add(-limit.Within)), limit.Max).Scan(&used)
		}
		if err != nil && !errors.Is(err, sql.ErrNoRows) { // no row: it was never used
			return 0, failed("look how many uses are left", err)
		}
		left = min(left, max(0, limit.Max-used))
	}
	return left, nil
}

// Forget makes Once say true again for a key.
func (t *caseTx) Forget(key string) error {
	_, err := t.tx.ExecContext(t.ctx, `DELETE FROM throttle_once WHERE key = $1`, key)
	return failed("forget that it was seen", err)
}

// Prune looks at the counts of the next keys, at most limit, and forgets what counts no more; after the last key it begins
// anew. It says how many rows are gone. No index helps it: that would cost at every use what this costs once a day.
func (s *Cases) Prune(ctx context.Context, now time.Time, limit int) (int, error) {
	s.pruning.Lock()
	defer s.pruning.Unlock()
	heads, err := s.pruneNext(ctx, now, limit, &s.prunedHead, `SELECT key FROM throttle_head WHERE key > $1 ORDER BY key LIMIT $2`,
		`SELECT key FROM throttle_head WHERE key > $1 AND key <= $2 AND (
			EXISTS (SELECT 1 FROM throttle_use WHERE throttle_use.key = throttle_head.key AND gone <= $3) OR
			in_a_row = 0 AND NOT EXISTS (SELECT 1 FROM throttle_use WHERE throttle_use.key = throttle_head.key))`, pruneHead)
	if err != nil {
		return heads, failed("prune counts", err)
	}
	once, err := s.pruneNext(ctx, now, limit, &s.prunedOnce, `SELECT key FROM throttle_once WHERE key > $1 ORDER BY key LIMIT $2`,
		`SELECT key FROM throttle_once WHERE key > $1 AND key <= $2 AND gone <= $3`, pruneOnce)
	return heads + once, failed("prune counts", err)
}

// pruneNext finds the next keys after a place, those of them that have something to forget, and forgets it.
func (s *Cases) pruneNext(ctx context.Context, now time.Time, limit int, place *string, next, found string,
	prune func(ctx context.Context, tx *sql.Tx, key string, now int64) (int64, error)) (pruned int, err error) {
	keys, err := texts(s.db.read().QueryContext(ctx, next, *place, limit))
	if err != nil || len(keys) == 0 {
		*place = ""
		return 0, err
	}
	last := keys[len(keys)-1]
	if keys, err = texts(s.db.read().QueryContext(ctx, found, *place, last, millis(now))); err != nil {
		return 0, err
	}
	slices.Sort(keys)                           // the order in which Take locks them
	for chunk := range slices.Chunk(keys, 50) { // a transaction each: others wait for it
		var gone int64
		err := s.db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
			gone = 0
			for _, key := range chunk {
				n, err := prune(ctx, tx, key, millis(now))
				if err != nil {
					return err
				}
				gone += n
			}
			return nil
		})
		if err != nil {
			return pruned, err
		}
		pruned += int(gone)
	}
	*place = last
	return pruned, nil
}

// pruneHead locks the head before it looks at the uses, as Take does: without its head a use would not count.
func pruneHead(ctx context.Context, tx *sql.Tx, key string, now int64) (int64, error) {
	if _, err := tx.ExecContext(ctx, `UPDATE throttle_head SET uses = uses WHERE key = $1`, key); err != nil {
		return 0, err
	}
	uses, err := rowsOf(tx.ExecContext(ctx, `DELETE FROM throttle_use WHERE key = $1 AND gone <= $2`, key, now))
	if err != nil {
		return 0, err
	}
	heads, err := rowsOf(tx.ExecContext(ctx, `DELETE FROM throttle_head WHERE key = $1 AND in_a_row = 0
		AND NOT EXISTS (SELECT 1 FROM throttle_use WHERE key = $1)`, key))
	return uses + heads, err
}

func pruneOnce(ctx context.Context, tx *sql.Tx, key string, now int64) (int64, error) {
	return rowsOf(tx.ExecContext(ctx, `DELETE FROM throttle_once WHERE key = $1 AND gone <= $2`, key, now))
}

// rowsOf is how many rows a statement changed.
func rowsOf(result sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}
