package support

import (
	_ "embed"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// How long a password is, in signs of any script (NIST SP 800-63B-4, section 3.1.1.2).
const (
	shortest = 12
	longest  = 128
)

// common are passwords that many people have, one a line, as plainWord makes them.
//
//go:embed password_common.txt
var common string

// plainPassword is a password as it is hashed: what looks the same on two keyboards is the same.
func plainPassword(typed string) string { return norm.NFKC.String(typed) }

// Weakness says why a password may not be chosen, "" if it may: "short", "long", "signs" (some cannot be typed again),
// "repeated" (one sign, a run, or a short piece again and again), "own" (made of these words, the names of the agent and
// the operator, or ours), "common". There is nothing that it has to contain, and it does not age.
func Weakness(password string, words ...string) string {
	password = plainPassword(password)
	signs := []rune(password)
	switch {
	case len(signs) < shortest:
		return "short"
	case len(signs) > longest:
		return "long"
	case slices.ContainsFunc(signs, func(r rune) bool { return unicode.IsControl(r) || r == unicode.ReplacementChar }):
		return "signs"
	}
	plain := []rune(strings.ToLower(password))
	switch {
	case repeated(plain) || isRun(plain):
		return "repeated"
	case made(string(plain), words):
		return "own"
	case isCommon(string(plain)):
		return "common"
	}
	return ""
}

// repeated says that a text is a piece of at most four signs, again and again.
func repeated(signs []rune) bool {
	for piece := 1; piece <= 4; piece++ {
		same := true
		for i := piece; i < len(signs) && same; i++ {
			same = signs[i] == signs[i-piece]
		}
		if same {
			return true
		}
	}
	return false
}

// runs are what fingers go along.
var runs = []string{"01234567890123456789", "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm",
	"1qaz2wsx3edc4rfv5tgb6yhn7ujm"}

// isRun says that each sign follows the one before, up or down.
func isRun(signs []rune) bool {
	step, same := signs[1]-signs[0], true
	for i := 1; i < len(signs) && same; i++ {
		same = signs[i]-signs[i-1] == step
	}
	if same && step >= -1 && step <= 1 {
		return true
	}
	back := slices.Clone(signs)
	slices.Reverse(back)
	return slices.ContainsFunc(runs, func(run string) bool {
		return strings.Contains(run, string(signs)) || strings.Contains(run, string(back))
	})
}

// made says that hardly anything is left of a password without these words, digits and signs.
func made(password string, words []string) bool {
	rest, found := password, false
	for _, word := range append(pieces(words), "zhaohui", "找回") {
		if strings.Contains(rest, word) {
			rest, found = strings.ReplaceAll(rest, word, ""), true
		}
	}
	return found && letters(rest) < 6
}

// pieces are words, whole and in parts, that are long enough to mean somebody.
func pieces(words []string) []string {
	var all []string
	for _, word := range words {
		word = strings.ToLower(norm.NFKC.String(word))
		parts := strings.FieldsFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		for _, part := range append([]string{word, strings.Join(parts, "")}, parts...) {
			if len(part) >= 3 { // three letters, or one sign of Chinese
				all = append(all, part)
			}
		}
	}
	slices.SortFunc(all, func(a, b string) int { return len(b) - len(a) }) // the longest first
	return slices.Compact(all)
}

func letters(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

// isCommon also finds a common password with digits or signs around it.
func isCommon(password string) bool {
	bare := strings.TrimFunc(password, func(r rune) bool { return !unicode.IsLetter(r) })
	joined := strings.Join(strings.Fields(password), "")
	return slices.ContainsFunc(strings.Fields(common), func(word string) bool {
		return word == password || word == joined || word == bare && letters(word) < 16
	})
}
