package store

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/mozillazg/go-pinyin"
)

// The table says of every character there is what the dictionary says. If not: go generate ./internal/store
func TestPinyin_theTableIsTheDictionary(t *testing.T) {
	table := map[rune]string{}
	for line := range strings.Lines(pinyinTable) {
		syllable, characters, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		for _, r := range characters {
			if table[r] != "" {
				t.Errorf("%c is read %s and %s", r, table[r], syllable)
			}
			table[r] = syllable
		}
	}
	args := pinyin.NewArgs()
	for r := range rune(unicode.MaxRune + 1) {
		if got, want := table[r], strings.Join(pinyin.SinglePinyin(r, args), ","); got != want {
			t.Errorf("%U %c is read %q, the dictionary says %q", r, r, got, want)
		}
	}
}

func TestPinyin_lookUp(t *testing.T) {
	for line := range strings.Lines(pinyinTable) {
		syllable, characters, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		first, _ := utf8.DecodeRuneInString(characters)
		last, _ := utf8.DecodeLastRuneInString(characters)
		if lookUp(first) != syllable || lookUp(last) != syllable {
			t.Errorf("%c and %c are read %q and %q, want %s", first, last, lookUp(first), lookUp(last), syllable)
		}
	}
	for _, none := range []rune{'a', ' ', '\n', 0, -1, 'é', 'の', '⺀', '😀', utf8.RuneError, unicode.MaxRune} {
		if got := lookUp(none); got != "" {
			t.Errorf("%q is read %q, want no reading", none, got)
		}
	}
}

// An index keeps the readings of its own texts, not the table.
func TestPinyin_onlyWhatAnIndexNeedsIsKept(t *testing.T) {
	before := len(met.first)
	if once, again := firstReading('龘'), firstReading('龘'); once != "da" || again != "da" {
		t.Errorf("龘 is read %q, want da", firstReading('龘'))
	}
	if once, again := firstReading('の'), firstReading('の'); once != "" || again != "" {
		t.Errorf("の is read %q, want no reading", firstReading('の'))
	}
	if kept := len(met.first) - before; kept > 2 {
		t.Errorf("two characters left %d readings", kept)
	}
}
