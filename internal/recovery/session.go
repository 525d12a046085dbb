package recovery

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"slices"
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
	late := false
	for _, kept := range append([]string{session.Old}, session.Also...) {
		late = kept != "" && subtle.ConstantTimeCompare([]byte(kept), []byte(hashToken(token))) == 1 || late
	}
	return late && now.Before(session.Changed.Add(turnover))
}

// mostLate is how many tokens the clicks of one moment are given; who clicks on finds their page with what they have.
const mostLate = 8

// renewLate gives a browser a new token that brought one of before; all of these open for the minute, as nobody knows which
// answer of several clicks arrives.
func (c *Case) renewLate(now time.Time) string {
	before := c.Facts.Session
	fresh := c.renew(now, before.By)
	c.Facts.Session.Also = slices.Concat(before.Also, []string{before.Old})
	return fresh
}

// renew gives the owner's browser a new token: at every gain of rights (requirement W4). by is the keyed
// hash of the submit that gained them, nil if it was none.
func (c *Case) renew(now time.Time, by []byte) string {
	fresh := token()
	c.Facts.Session = Session{Hash: hashToken(fresh), Old: c.Facts.Session.Hash, Changed: now, By: by}
	return fresh
}
