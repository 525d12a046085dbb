package recovery

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"time"
)

// Role is what a browser may do with a case.
type Role string

// The roles.
const (
	Nobody    Role = ""
	Owner     Role = "owner"     // the browser that began: everything
	Companion Role = "companion" // a screen that the owner took the case to: proofs, never the password
	Guest     Role = "guest"     // came with the resume code: sees how it stands, may prove something again
)

// Key is what a browser brings: the case it names and its token.
type Key struct{ Case, Token string }

// turnover is how long a browser's old token opens beside its new one: a doubled click sends it once more.
const turnover = time.Minute

// hashToken is how tokens are kept. They are 128 random bits, so nothing is gained by searching for them.
func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// role says what the bearer of a token may do.
func (c *Case) role(token string, now time.Time) Role {
	hash := hashToken(token)
	same := func(kept string) bool {
		return kept != "" && subtle.ConstantTimeCompare([]byte(kept), []byte(hash)) == 1
	}
	session := c.Facts.Session
	if same(session.Hash) || c.late(token, now) {
		return Owner
	}
	for _, h := range c.Facts.Handoffs {
		if same(h.Token) {
			return Companion
		}
	}
	if r := c.Facts.Return; r != nil && same(r.Hash) {
		return Guest
	}
	return Nobody
}

// late says that a token is one before the newest: the answer that carried the new one never arrived. It shows the page for
// a minute and changes nothing: somebody may have copied it before rights were gained.
func (c *Case) late(token string, now time.Time) bool {
	session := c.Facts.Session
	same := session.Old != "" && subtle.ConstantTimeCompare([]byte(session.Old), []byte(hashToken(token))) == 1
	return same && now.Before(session.Changed.Add(turnover))
}

// opened is the session of a browser that had none, made of the press that let it in.
func (s *Service) opened(now time.Time, press []byte) (session Session, fresh string) {
	session = Session{Salt: token(), Changed: now, By: s.pressed(press)}
	fresh = s.tokenOf(session)
	session.Hash = hashToken(fresh)
	return session, fresh
}

// renew gives the owner's browser a new token: at every gain of rights (requirement W4). It is made of the submit that gained
// them: a doubled click sends the same twice, and then it does not matter which of the answers arrives last.
func (t *Turn) renew() string {
	session := Session{Salt: token(), Old: t.Case.Facts.Session.Hash, Changed: t.Now, By: t.by}
	fresh := t.s.tokenOf(session)
	session.Hash = hashToken(fresh)
	t.Case.Facts.Session = session
	return fresh
}

// again is the token that a submit was given, for the same submit sent once more; empty for any other.
func (s *Service) again(session Session, repeat []byte) string {
	if len(session.By) == 0 || !s.hash.Equal(session.By, repeat) {
		return ""
	}
	if token := s.tokenOf(session); hashToken(token) == session.Hash {
		return token
	}
	return "" // the key was changed in between
}

// tokenOf makes the token of a submit. Whoever does not hold the key cannot tell it from a random one.
func (s *Service) tokenOf(session Session) string { return s.secretOf("token", session) }

// secretOf makes whatever else the same submit is to be given again.
func (s *Service) secretOf(what string, session Session) string {
	sum := s.hash.Sum([]byte(what + "\x00" + session.Salt + "\x00" + session.Old + "\x00" + string(session.By)))
	return tokenText(sum[len(sum)-16:])
}
