package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"zhaohui/internal/recovery"
	"zhaohui/internal/support"
	"zhaohui/internal/throttle"
)

// agentTx is a transaction; it implements support.Tx.
type agentTx struct {
	ctx    context.Context // a transaction lives no longer than the call that it is made for
	tx     *sql.Tx
	events []recovery.Event
}

// Agent writes the row to read it: on PostgreSQL others who do the same wait until this transaction ends.
func (t *agentTx) Agent(id string) (*support.Agent, error) {
	return readAgent(t.ctx, t.tx, `UPDATE agent SET last_step = last_step WHERE id = $1 RETURNING `+agentColumns, id)
}

func (t *agentTx) AgentBy(issuer, subject string) (*support.Agent, error) {
	return readAgent(t.ctx, t.tx, `UPDATE agent SET last_step = last_step WHERE issuer = $1 AND subject = $2 AND issuer <> ''
		RETURNING `+agentColumns, issuer, subject)
}

func (t *agentTx) AddAgent(a *support.Agent) error {
	err := inserted(t.tx.ExecContext(t.ctx, `INSERT INTO agent (`+agentColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING`, a.ID, a.Name, a.Shown, roleTexts(a.Roles),
		a.Lang,
		millis(a.Created), millis(a.Disabled), a.Issuer, a.Subject, a.Password, orEmpty(a.TOTP), a.LastStep))
	return failed("add agent", err)
}

func (t *agentTx) SaveAgent(a *support.Agent) error {
	_, err := t.tx.ExecContext(t.ctx, `UPDATE agent SET name = $1, shown = $2, roles = $3, lang = $4, disabled = $5, password = $6,
		totp = $7,
		last_step = $8 WHERE id = $9`, a.Name, a.Shown, roleTexts(a.Roles), a.Lang, millis(a.Disabled), a.Password, orEmpty(a.TOTP),
		a.LastStep, a.ID)
	return failed("save agent", err)
}

func roleTexts(roles []support.Role) string {
	texts := make([]string, len(roles))
	for i, r := range roles {
		texts[i] = string(r)
	}
	return strings.Join(texts, " ")
}

func (t *agentTx) Familiar(network string, since time.Time) (familiar bool, err error) {
	err = t.tx.QueryRowContext(t.ctx, `SELECT EXISTS (SELECT 1 FROM agent_session WHERE network = $1 AND kind = 'whole' AND started >
		$2)`,
		network, millis(since)).Scan(&familiar)
	return familiar, failed("look whether a network is known", err)
}

func (t *agentTx) AddSession(s *support.Session) error {
	_, err := t.tx.ExecContext(t.ctx, `INSERT INTO agent_session (`+sessionColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9,
		$10, $11)`,
		s.ID, s.Hash, s.Agent, s.Kind, millis(s.Started), millis(s.Seen), millis(s.Until), millis(s.Ended), s.Client, s.Network,
		orEmpty(s.Sealed))
	return failed("begin session", err)
}

func (t *agentTx) SaveSession(id string, sealed []byte) (bool, error) {
	n, err := rowsOf(t.tx.ExecContext(t.ctx, `UPDATE agent_session SET sealed = $1 WHERE id = $2 AND ended = 0`, orEmpty(sealed),
		id))
	return n == 1, failed("save session", err)
}

// EndSession also forgets what it remembered.
func (t *agentTx) EndSession(id string, at time.Time) (bool, error) {
	n, err := rowsOf(t.tx.ExecContext(t.ctx, `UPDATE agent_session SET ended = $1, sealed = $2 WHERE id = $3 AND ended = 0`,
		millis(at), []byte{}, id))
	return n == 1, failed("end session", err)
}

// EndSessions counts those that would have lasted.
func (t *agentTx) EndSessions(agentID, except string, at time.Time, kinds ...support.Kind) (int, error) {
	if len(kinds) == 0 {
		kinds = []support.Kind{support.KindEnrol, support.KindHalf, support.KindWhole}
	}
	var ended int64
	for _, kind := range kinds {
		n, err := rowsOf(t.tx.ExecContext(t.ctx, `UPDATE agent_session SET ended = $1, sealed = $2 WHERE agent_id = $3 AND id <> $4
			AND kind = $5 AND ended = 0`, millis(at), []byte{}, agentID, except, kind))
		if err != nil {
			return 0, failed("end sessions", err)
		}
		ended += n
	}
	return int(ended), nil
}

func (t *agentTx) AddToken(k support.Token) error {
	_, err := t.tx.ExecContext(t.ctx, `INSERT INTO agent_token (id, hash, kind, agent_id, created, expires, used, ended)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		k.ID, k.Hash, k.Kind, k.Agent, millis(k.Created), millis(k.Expires), millis(k.Used), millis(k.Ended))
	return failed("add token", err)
}

// UseToken is also false for a token that does not exist; whether it is too old is the caller's question.
func (t *agentTx) UseToken(hash string, at time.Time) (bool, error) {
	n, err := rowsOf(t.tx.ExecContext(t.ctx, `UPDATE agent_token SET used = $1 WHERE hash = $2 AND used = 0 AND ended = 0`,
		millis(at), hash))
	return n == 1, failed("use token", err)
}

func (t *agentTx) EndTokens(agentID string, kind support.TokenKind, at time.Time) (int, error) {
	n, err := rowsOf(t.tx.ExecContext(t.ctx, `UPDATE agent_token SET ended = $1 WHERE agent_id = $2 AND kind = $3 AND used = 0 AND
		ended = 0`,
		millis(at), agentID, kind))
	return int(n), failed("end tokens", err)
}

func (t *agentTx) AddPasskey(agentID string, p support.Passkey) error {
	err := inserted(t.tx.ExecContext(t.ctx, `INSERT INTO agent_passkey (id, agent_id, added, used, data) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT DO NOTHING`, p.ID, agentID, millis(p.Added), millis(p.Used), string(p.Data)))
	return failed("add passkey", err)
}

func (t *agentTx) SavePasskey(agentID string, p support.Passkey) error {
	_, err := t.tx.ExecContext(t.ctx, `UPDATE agent_passkey SET used = $1, data = $2 WHERE agent_id = $3 AND id = $4`,
		millis(p.Used), string(p.Data), agentID, p.ID)
	return failed("save passkey", err)
}

func (t *agentTx) RemovePasskeys(agentID, id string) (int, error) {
	n, err := rowsOf(t.tx.ExecContext(t.ctx, `DELETE FROM agent_passkey WHERE agent_id = $1 AND ($2 = '' OR id = $2)`, agentID, id))
	return int(n), failed("remove passkeys", err)
}

// Take counts as for recoveries, in the same tables.
func (t *agentTx) Take(at time.Time, limits ...throttle.Limit) error {
	return (&caseTx{ctx: t.ctx, tx: t.tx}).Take(at, limits...)
}

func (t *agentTx) GiveBack(at time.Time, keys ...string) error {
	return giveBack(t.ctx, t.tx, at, keys)
}

func (t *agentTx) Record(e recovery.Event) error {
	t.events = append(t.events, e)
	return nil
}
