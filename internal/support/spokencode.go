package support

import (
	"crypto/rand"
	"strings"
)

// spokenCode is a kind of code that people read aloud and type: seven random signs and one that checks them. It is an address
// and no right. The number is where the check begins: each kind has another one, so that the same seven signs have another
// check sign there, and no code is taken for one of another kind. Resume codes (recovery) begin at 0.
type spokenCode int

const (
	linkCode     spokenCode = 11
	ticketNumber spokenCode = 23
)

// codeSigns are those of resume codes: 29, without look-alikes, a prime number.
const codeSigns = "2345679ACDEFGHJKMNPQRTUVWXYZ8"

const codeLength = 8 // the last is the check sign

// fresh is a code of 34 random bits.
func (k spokenCode) fresh() string {
	signs := make([]byte, codeLength-1)
	for i := range signs {
		for {
			var raw [1]byte
			rand.Read(raw[:])
			if n := int(raw[0]); n < 256/len(codeSigns)*len(codeSigns) {
				signs[i] = codeSigns[n%len(codeSigns)]
				break
			}
		}
	}
	return string(signs) + string(k.check(string(signs)))
}

// check finds every single wrong sign and every swap of neighbours, as each place counts by another factor.
func (k spokenCode) check(signs string) byte {
	sum := int(k)
	for i := range len(signs) {
		sum += (i + 1) * strings.IndexByte(codeSigns, signs[i])
	}
	return codeSigns[sum%len(codeSigns)]
}

// sound says whether a code can be one of the kind.
func (k spokenCode) sound(code string) bool {
	if len(code) != codeLength {
		return false
	}
	for i := range len(code) {
		if strings.IndexByte(codeSigns, code[i]) < 0 {
			return false
		}
	}
	return k.check(code[:codeLength-1]) == code[codeLength-1]
}

// plainSign undoes what keyboards and voices add.
func plainSign(r rune) rune {
	switch {
	case r >= '！' && r <= '～':
		r = r - '！' + '!'
	case r == '　' || r == '\u00a0' || r == '\u2009' || r == '\u202f' || r == '\u200b' || r == '\ufeff':
		return -1
	}
	if strings.ContainsRune(" \t-—–‐‑.·_", r) {
		return -1
	}
	return r
}
