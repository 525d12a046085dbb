package wallet

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"

	"golang.org/x/crypto/argon2"
)

// The cost of a slow hash (requirement R9). Hashes carry their cost, so it can be raised.
const (
	argonMemory  = 19 * 1024 // KiB
	argonTime    = 2
	argonThreads = 1
	argonSalt    = 16
	argonLength  = 32
)

// hash makes a hash of what was peppered, in the usual text form of Argon2.
func (h *Hasher) hash(ctx context.Context, peppered []byte) (text string, err error) {
	salt := randomBytes(argonSalt)
	err = h.run(ctx, func() {
		text = argonText(salt, argon2.IDKey(peppered, salt, argonTime, argonMemory, argonThreads, argonLength))
	})
	return text, err
}

// verify says whether a hash was made of this.
func (h *Hasher) verify(ctx context.Context, text string, peppered []byte) (ok bool, err error) {
	var memory, time uint32
	var threads uint8
	var rest string
	if _, err := fmt.Sscanf(text, "$argon2id$v=19$m=%d,t=%d,p=%d$%s", &memory, &time, &threads, &rest); err != nil {
		return false, errNoHash
	}
	salt, want, err := argonParts(rest)
	if err != nil {
		return false, err
	}
	if time == 0 || threads == 0 {
		return false, errNoHash
	}
	err = h.run(ctx, func() {
		got := argon2.IDKey(peppered, salt, time, memory, threads, uint32(len(want)))
		ok = subtle.ConstantTimeCompare(got, want) == 1
	})
	return ok, err
}

var errNoHash = errors.New("what is kept is no hash of ours")

func argonText(salt, sum []byte) string {
	b := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", argonMemory, argonTime, argonThreads,
		b.EncodeToString(salt), b.EncodeToString(sum))
}

func argonParts(rest string) (salt, sum []byte, err error) {
	for i := range len(rest) {
		if rest[i] == '$' {
			salt, err = base64.RawStdEncoding.DecodeString(rest[:i])
			if err == nil {
				sum, err = base64.RawStdEncoding.DecodeString(rest[i+1:])
			}
			break
		}
	}
	if err != nil || len(salt) == 0 || len(sum) < 16 {
		return nil, nil, errNoHash
	}
	return salt, sum, nil
}

// strangerHash is a hash that nothing was hashed to; to compare with it costs what any other costs.
func strangerHash() string { return argonText(randomBytes(argonSalt), randomBytes(argonLength)) }
