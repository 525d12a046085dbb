package store

import (
	"context"
	"slices"
	"time"

	"zhaohui/internal/recovery"
)

// Link finds what a token leads to; problem.NotFound. A link that was ended expired long ago.
func (s *Cases) Link(ctx context.Context, hash string) (recovery.Link, error) {
	var l recovery.Link
	var expires, used int64
	err := s.db.read().QueryRowContext(ctx, `SELECT hash, kind, case_id, address, nonce, expires, used FROM recovery_link
		WHERE hash = $1`, hash).
		Scan(&l.Hash, &l.Kind, &l.Case, &l.Address, &l.Nonce, &expires, &used)
	if err != nil {
		return recovery.Link{}, failed("find link", err)
	}
	l.Expires, l.Used = time.UnixMilli(expires).UTC(), moment(used)
	return l, nil
}

func (t *caseTx) AddLink(l recovery.Link) error {
	_, err := t.tx.ExecContext(t.ctx, `INSERT INTO recovery_link (hash, kind, case_id, address, nonce, expires, used)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		l.Hash, l.Kind, l.Case, l.Address, l.Nonce, millis(l.Expires), millis(l.Used))
	return failed("add link", err)
}

// UseLink is also false for a link that was ended or does not exist; whether it is too old is the caller's question.
func (t *caseTx) UseLink(hash string, at time.Time) (bool, error) {
	n, err := rowsOf(t.tx.ExecContext(t.ctx, `UPDATE recovery_link SET used = $1 WHERE hash = $2 AND used = 0 AND expires > 0`,
		millis(at), hash))
	return n == 1, failed("use link", err)
}

func (t *caseTx) EndLinks(caseID string, except ...recovery.LinkKind) error {
	rows, err := texts(t.tx.QueryContext(t.ctx, `SELECT DISTINCT kind FROM recovery_link WHERE case_id = $1 AND expires > 0`, caseID))
	for _, kind := range rows {
		if err == nil && !slices.Contains(except, recovery.LinkKind(kind)) {
			_, err = t.tx.ExecContext(t.ctx, `UPDATE recovery_link SET expires = 0 WHERE case_id = $1 AND kind = $2`, caseID, kind)
		}
	}
	return failed("end links", err)
}
