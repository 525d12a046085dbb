package recovery

import (
	"crypto/rand"
	"strings"
)

// resumeSigns are 29 signs without look-alikes; a prime number, so that the check sign finds every single wrong sign and
// every swap of neighbours.
const resumeSigns = "2345679ACDEFGHJKMNPQRTUVWXYZ8"

const resumeLength = 8 // the last is the check sign

// newResumeCode is a code that a person can read over the phone: 34 bits, an address and no right.
func newResumeCode() string {
	signs := make([]byte, resumeLength-1)
	for i := range signs {
		for {
			var raw [1]byte
			rand.Read(raw[:])
			if n := int(raw[0]); n < 256/len(resumeSigns)*len(resumeSigns) {
				signs[i] = resumeSigns[n%len(resumeSigns)]
				break
			}
		}
	}
	return string(signs) + string(resumeCheck(string(signs)))
}

func resumeCheck(signs string) byte {
	sum := 0
	for i := range len(signs) {
		sum += (i + 1) * strings.IndexByte(resumeSigns, signs[i])
	}
	return resumeSigns[sum%len(resumeSigns)]
}

// ParseResume reads a resume code as people type it. ok is false if it cannot be one: a sign is wrong or two are swapped.
func ParseResume(typed string) (code string, ok bool) {
	code = strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -—–.", r) {
			return -1
		}
		return r
	}, strings.ToUpper(fold(typed)))
	if len(code) != resumeLength {
		return "", false
	}
	for i := range len(code) {
		if strings.IndexByte(resumeSigns, code[i]) < 0 {
			return "", false
		}
	}
	return code, resumeCheck(code[:resumeLength-1]) == code[resumeLength-1]
}

// ShowResume groups a resume code for reading: 7KM3-92QX.
func ShowResume(code string) string { return code[:4] + "-" + code[4:] }
