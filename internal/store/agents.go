package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"zhaohui/internal/recovery"
	"zhaohui/internal/support"
)

// Agents keeps the operator's people, their sessions and tokens. It implements support.Store.
type Agents struct {
	db     *DB
	record func(ctx context.Context, tx *sql.Tx, events []recovery.Event) error
}

var _ support.Store = (*Agents)(nil)

// NewAgents keeps agents; record adds to the audit trail, last in a transaction.
func NewAgents(db *DB, record func(ctx context.Context, tx *sql.Tx, events []recovery.Event) error) *Agents {
	return &Agents{db, record}
}

// Do runs fn in one transaction; see support.Store.
func (s *Agents) Do(ctx context.Context, fn func(support.Tx) error) error {
	return s.db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		t := &agentTx{ctx: ctx, tx: tx}
		if err := fn(t); err != nil {
			return err
		}
		if len(t.events) == 0 {
			return nil
		}
		if err := s.record(ctx, tx, t.events); err != nil {
			return fmt.Errorf("record events: %w", err)
		}
		return nil
	})
}

const agentColumns = `id, name, shown, roles, lang, created, disabled, issuer, subject, password, totp, last_step`

// Agent is the agent with an id; problem.NotFound.
func (s *Agents) Agent(ctx context.Context, id string) (*support.Agent, error) {
	return readAgent(ctx, s.db.read(), `SELECT `+agentColumns+` FROM agent WHERE id = $1`, id)
}

// AgentNamed is the agent who signs in here with a name; problem.NotFound.
func (s *Agents) AgentNamed(ctx context.Context, name string) (*support.Agent, error) {
	return readAgent(ctx, s.db.read(), `SELECT `+agentColumns+` FROM agent WHERE name = $1 AND issuer = ''`, name)
}

// Agents lists all, by name.
func (s *Agents) Agents(ctx context.Context) ([]*support.Agent, error) {
	ids, err := texts(s.db.read().QueryContext(ctx, `SELECT id FROM agent ORDER BY name, id`))
	if err != nil {
		return nil, failed("list agents", err)
	}
	list := make([]*support.Agent, len(ids))
	for i, id := range ids {
		if list[i], err = s.Agent(ctx, id); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// rowsQuerier is a pool or a transaction.
type rowsQuerier interface {
	querier
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func readAgent(ctx context.Context, q rowsQuerier, query string, args ...any) (*support.Agent, error) {
	a := &support.Agent{}
	var roles string
	var created, disabled int64
	err := q.QueryRowContext(ctx, query, args...).Scan(&a.ID, &a.Name, &a.Shown, &roles, &a.Lang, &created, &disabled, &a.Issuer,
		&a.Subject, &a.Password, &a.TOTP, &a.LastStep)
	if err != nil {
		return nil, failed("read agent", err)
	}
	for role := range strings.FieldsSeq(roles) {
		a.Roles = append(a.Roles, support.Role(role))
	}
	a.Created, a.Disabled = moment(created), moment(disabled)
	a.Passkeys, err = readPasskeys(ctx, q, a.ID)
	return a, failed("read passkeys", err)
}

func readPasskeys(ctx context.Context, q rowsQuerier, agentID string) ([]support.Passkey, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, added, used, data FROM agent_passkey WHERE agent_id = $1 ORDER BY added, id`,
		agentID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []support.Passkey
	for rows.Next() {
		var p support.Passkey
		var added, used int64
		var data string
		if err := rows.Scan(&p.ID, &added, &used, &data); err != nil {
			return nil, err
		}
		p.Added, p.Used, p.Data = moment(added), moment(used), []byte(data)
		list = append(list, p)
	}
	return list, errors.Join(rows.Err(), rows.Close())
}

// Session is the session of a hashed token, also one that ended; problem.NotFound.
func (s *Agents) Session(ctx context.Context, hash string) (*support.Session, error) {
	found, err := readSession(s.db.read().QueryRowContext(ctx, `SELECT `+sessionColumns+` FROM agent_session WHERE hash = $1`, hash))
	if err != nil {
		return nil, failed("read session", err)
	}
	return &found, nil
}

const sessionColumns = `id, hash, agent_id, kind, started, seen, over, ended, client, network, sealed`

func readSession(row interface{ Scan(into ...any) error }) (support.Session, error) {
	var s support.Session
	var started, seen, over, ended int64
	err := row.Scan(&s.ID, &s.Hash, &s.Agent, &s.Kind, &started, &seen, &over, &ended, &s.Client, &s.Network, &s.Sealed)
	s.Started, s.Seen, s.Until, s.Ended = moment(started), moment(seen), moment(over), moment(ended)
	return s, err
}

// Sessions are an agent's sessions that did not end, the newest first.
func (s *Agents) Sessions(ctx context.Context, agentID string) ([]support.Session, error) {
	rows, err := s.db.read().QueryContext(ctx, `SELECT `+sessionColumns+` FROM agent_session WHERE agent_id = $1 AND ended = 0
		ORDER BY started DESC, id`, agentID)
	if err != nil {
		return nil, failed("list sessions", err)
	}
	defer rows.Close()
	var list []support.Session
	for rows.Next() {
		one, err := readSession(rows)
		if err != nil {
			return nil, failed("list sessions", err)
		}
		list = append(list, one)
	}
	return list, failed("list sessions", rows.Err())
}

// Seen notes that a session was used; never an earlier time over a later one.
func (s *Agents) Seen(ctx context.Context, session string, at time.Time) error {
	err := s.db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE agent_session SET seen = $1 WHERE id = $2 AND ended = 0 AND seen < $1`, millis(at),
			session)
		return err
	})
	return failed("note that a session is used", err)
}

// Token is a token that was given out, by its hash; problem.NotFound.
func (s *Agents) Token(ctx context.Context, hash string) (support.Token, error) {
	var t support.Token
	var created, expires, used, ended int64
	err := s.db.read().QueryRowContext(ctx, `SELECT id, hash, kind, agent_id, created, expires, used, ended FROM agent_token
		WHERE hash = $1`, hash).Scan(&t.ID, &t.Hash, &t.Kind, &t.Agent, &created, &expires, &used, &ended)
	t.Created, t.Expires, t.Used, t.Ended = moment(created), moment(expires), moment(used), moment(ended)
	return t, failed("read token", err)
}

// Prune forgets sessions and enrolments that began before a moment, at most limit of each, and says how many.
func (s *Agents) Prune(ctx context.Context, before time.Time, limit int) (gone int, err error) {
	err = s.db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		sessions, err := rowsOf(tx.ExecContext(ctx, `DELETE FROM agent_session WHERE id IN (SELECT id FROM agent_session
			WHERE started < $1 ORDER BY started LIMIT $2)`, millis(before), limit))
		if err != nil {
			return err
		}
		tokens, err := rowsOf(tx.ExecContext(ctx, `DELETE FROM agent_token WHERE id IN (SELECT id FROM agent_token
			WHERE kind = 'enrol' AND created < $1 ORDER BY created LIMIT $2)`, millis(before), limit))
		gone = int(sessions + tokens)
		return err
	})
	return gone, failed("prune sessions of agents", err)
}

// Reseal is what is sealed of agents: the keys of their authenticators, and what sessions remember on the way.
func (s *Agents) Reseal(box ResealBox) []*Column {
	return []*Column{
		{DB: s.db, Table: "agent", Key: "id", Sealed: "totp", Box: box},
		{DB: s.db, Table: "agent_session", Key: "id", Sealed: "sealed", Box: box},
	}
}
