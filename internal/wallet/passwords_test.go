package wallet

import (
	"strings"
	"testing"
)

// The operator's people have the pepper and the slow hash of accounts, and hashes that are good for themselves alone.
func TestR9_passwordsOfTheDeskAreHashedSlowlyForOnePerson(t *testing.T) {
	t.Parallel()
	ctx, hasher, pepper := t.Context(), NewHasher(0, 0), []byte("a pepper of thirty-two bytes, ok")
	desk := hasher.Passwords(pepper, "agent-password")
	hash, err := desk.Hash(ctx, "lin", "a kettle sings at noon")
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatal(hash, err)
	}
	for what, c := range map[string]struct {
		by                 *Passwords
		hash, id, password string
		want               bool
	}{
		"the right one":        {desk, hash, "lin", "a kettle sings at noon", true},
		"another password":     {desk, hash, "lin", "a kettle sings at nine", false},
		"somebody else":        {desk, hash, "wang", "a kettle sings at noon", false},
		"no hash":              {desk, "", "lin", "a kettle sings at noon", false},
		"another use":          {hasher.Passwords(pepper, "other"), hash, "lin", "a kettle sings at noon", false},
		"another pepper":       {hasher.Passwords([]byte("another"), "agent-password"), hash, "lin", "a kettle sings at noon", false},
		"shifted to the other": {desk, hash, "lina", " kettle sings at noon", false},
	} {
		if ok, err := c.by.Verify(ctx, c.hash, c.id, c.password); ok != c.want || err != nil {
			t.Errorf("%s: %v, %v", what, ok, err)
		}
	}
	if ok, err := desk.Verify(ctx, "no hash at all", "lin", "x"); ok || err == nil {
		t.Error("what is kept is no hash, and it does not say so")
	}
}
