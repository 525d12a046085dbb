package support

import (
	"context"
	"time"

	"zhaohui/internal/recovery"
	"zhaohui/internal/throttle"
)

// Store keeps agents. Portals that share a database share them.
type Store interface {
	// Do runs fn in one transaction, perhaps more than once.
	Do(ctx context.Context, fn func(Tx) error) error
	// Agent is the agent with an id; problem.NotFound.
	Agent(ctx context.Context, id string) (*Agent, error)
	// AgentNamed is the agent who signs in here with a name; problem.NotFound.
	AgentNamed(ctx context.Context, name string) (*Agent, error)
	// Agents lists all, by name.
	Agents(ctx context.Context) ([]*Agent, error)
	// Session is the session of a hashed token, also one that ended; problem.NotFound.
	Session(ctx context.Context, hash string) (*Session, error)
	// Sessions are an agent's sessions that did not end, the newest first.
	Sessions(ctx context.Context, agentID string) ([]Session, error)
	// Seen notes that a session was used.
	Seen(ctx context.Context, session string, at time.Time) error
	// Token is a token that was given out, by its hash; problem.NotFound.
	Token(ctx context.Context, hash string) (Token, error)
}

// Tx is what a transaction can do.
type Tx interface {
	// Agent reads an agent and keeps other transactions from changing them; problem.NotFound.
	Agent(id string) (*Agent, error)
	// AgentBy is Agent for somebody whom the operator's sign-in names; problem.NotFound.
	AgentBy(issuer, subject string) (*Agent, error)
	// AddAgent adds an agent; problem.Conflict if the name or the identity is taken.
	AddAgent(a *Agent) error
	// SaveAgent writes all of an agent but the passkeys.
	SaveAgent(a *Agent) error
	// Familiar says whether anybody signed in from a network since a moment.
	Familiar(network string, since time.Time) (bool, error)

	AddSession(s *Session) error
	// SaveSession writes what a session remembers; false if it ended meanwhile.
	SaveSession(id string, sealed []byte) (bool, error)
	// EndSession is false if it had ended already.
	EndSession(id string, at time.Time) (bool, error)
	// EndSessions ends those of an agent of these kinds (all if none is named) but one, and says how many.
	EndSessions(agentID, except string, at time.Time, kinds ...Kind) (int, error)

	AddToken(t Token) error
	// UseToken is false for a token that was used or ended.
	UseToken(hash string, at time.Time) (bool, error)
	// EndTokens makes an agent's tokens of a kind useless and says how many there were.
	EndTokens(agentID string, kind TokenKind, at time.Time) (int, error)

	AddPasskey(agentID string, p Passkey) error
	SavePasskey(agentID string, p Passkey) error
	// RemovePasskeys removes one, or all if id is "", and says how many.
	RemovePasskeys(agentID, id string) (int, error)

	// Take counts one use of each limit or of none: throttle.Refused names the first that is reached.
	Take(at time.Time, limits ...throttle.Limit) error
	// GiveBack forgets one use of each key that was counted at a moment.
	GiveBack(at time.Time, keys ...string) error
	// Record adds to the audit trail.
	Record(e recovery.Event) error
}

// TokenKind is what a token is for.
type TokenKind string

// The kinds of token.
const (
	TokenEnrol TokenKind = "enrol"
	TokenAPI   TokenKind = "api"
)

// Token is a token that was given out; only its hash is kept.
type Token struct {
	ID      string
	Hash    string
	Kind    TokenKind
	Agent   string
	Created time.Time
	Expires time.Time // zero if never
	Used    time.Time // an enrolment that is finished
	Ended   time.Time
}
