package wallet

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
)

// Passwords hashes what belongs to no account, as slowly and with the same pepper: the passwords of the operator's own
// people. Its hashes are for one use; those of accounts are none of them.
type Passwords struct {
	hasher   *Hasher
	pepper   []byte
	use      string
	stranger string // hashed against when there is no hash
}

// Passwords makes one for a use.
func (h *Hasher) Passwords(pepper []byte, use string) *Passwords {
	return &Passwords{hasher: h, pepper: pepper, use: use, stranger: strangerHash()}
}

// Hash makes a hash of what somebody with an id chose.
func (p *Passwords) Hash(ctx context.Context, id, password string) (string, error) {
	return p.hasher.hash(ctx, p.mac(id, password))
}

// Verify says whether a hash was made of this; with no hash it takes as long and is false.
func (p *Passwords) Verify(ctx context.Context, hash, id, password string) (bool, error) {
	kept := hash != ""
	if !kept {
		hash = p.stranger
	}
	ok, err := p.hasher.verify(ctx, hash, p.mac(id, password))
	return ok && kept, err
}

func (p *Passwords) mac(id, password string) []byte {
	h := hmac.New(sha256.New, p.pepper)
	for _, part := range []string{p.use, id, password} {
		h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(part))))
		h.Write([]byte(part))
	}
	return h.Sum(nil)
}
