package support

import (
	"crypto/rand"
	"strings"
)

// linkSigns are those of resume codes: 29, without look-alikes, a prime number.
const linkSigns = "2345679ACDEFGHJKMNPQRTUVWXYZ8"

const linkLength = 8 // the last is the check sign

// linkShift parts link codes from resume codes: the same seven signs have another check sign there, so that no code is
// taken for one of the other kind.
const linkShift = 11

// newLinkCode is a code that can be dictated: 34 bits, an address and no right.
func newLinkCode() string {
	signs := make([]byte, linkLength-1)
	for i := range signs {
		for {
			var raw [1]byte
			rand.Read(raw[:])
			if n := int(raw[0]); n < 256/len(linkSigns)*len(linkSigns) {
				signs[i] = linkSigns[n%len(linkSigns)]
				break
			}
		}
	}
	return string(signs) + string(linkCheck(string(signs)))
}

// linkCheck finds every single wrong sign and every swap of neighbours, as each place counts by another factor.
func linkCheck(signs string) byte {
	sum := linkShift
	for i := range len(signs) {
		sum += (i + 1) * strings.IndexByte(linkSigns, signs[i])
	}
	return linkSigns[sum%len(linkSigns)]
}

// ParseCode reads the code of a link as people type it: small letters, full-width ones, blanks and dashes, or the whole
// address. ok is false if it cannot be one: a sign is wrong or two are swapped.
func ParseCode(typed string) (code string, ok bool) {
	typed = strings.Map(plainSign, typed)
	if end := strings.IndexAny(typed, "?#"); end >= 0 { // what chat apps append
		typed = typed[:end]
	}
	typed = strings.TrimRight(typed, "/")
	code = strings.ToUpper(typed[strings.LastIndexByte(typed, '/')+1:])
	if len(code) != linkLength {
		return "", false
	}
	for i := range len(code) {
		if strings.IndexByte(linkSigns, code[i]) < 0 {
			return "", false
		}
	}
	return code, linkCheck(code[:linkLength-1]) == code[linkLength-1]
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

// ShowCode groups a code for reading: 7KM3-92QX.
func ShowCode(code string) string {
	if len(code) != linkLength {
		return code
	}
	return code[:4] + "-" + code[4:]
}
