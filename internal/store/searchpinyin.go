package store

import (
	_ "embed"
	"strings"
	"sync"
	"unicode/utf8"

	"zhaohui/internal/help"
)

//go:generate go run ./pinyingen

// pinyinTable has one syllable a line and after it every character that is read so first: "ba 丷八…".
//
//go:embed pinyin.txt
var pinyinTable string

const (
	mostReadings  = 8 // ways to cut typed letters into syllables, and ways to read a word
	shortInitials = 3 // fewer letters fit nearly every title
)

// Characters that our texts use with another reading than the one the dictionary gives first: 重置, 银行, 还能.
var alsoRead = map[rune]string{
	'重': "chong", '行': "hang", '还': "hai", '长': "chang", '没': "mei", '得': "de", '着': "zhao",
	'会': "hui", '解': "jie", '调': "tiao", '单': "dan", '的': "de", '了': "le",
}

// met are the first readings that an index needed so far: our texts use a hundredth of the table, so it is not parsed.
var met = struct {
	sync.Mutex
	first map[rune]string
}{first: map[rune]string{}}

// firstReading is how a character is read, without its tone; "" if it has no reading.
func firstReading(r rune) string {
	met.Lock()
	defer met.Unlock()
	syllable, ok := met.first[r]
	if !ok {
		syllable = lookUp(r)
		met.first[r] = syllable
	}
	return syllable
}

// lookUp finds a character's line in the table.
func lookUp(r rune) string {
	at := strings.IndexRune(pinyinTable, r)
	if at < 0 || r < utf8.RuneSelf { // letters are syllables there, not characters
		return ""
	}
	line := pinyinTable[strings.LastIndexByte(pinyinTable[:at], '\n')+1:]
	return line[:strings.IndexByte(line, ' ')]
}

// syllablesOf is every way to read a run of characters, without tones; the dictionary's first reading comes first.
func syllablesOf(run string) [][]string {
	ways := [][]string{nil}
	for _, r := range run {
		first := firstReading(r)
		if first == "" {
			return nil
		}
		syllables := []string{first}
		if also := alsoRead[r]; also != "" && also != first && len(ways) < mostReadings {
			syllables = append(syllables, also)
		}
		var next [][]string
		for _, syllable := range syllables {
			for _, way := range ways {
				next = append(next, append(way[:len(way):len(way)], syllable))
			}
		}
		ways = next
	}
	return ways
}

// pinyinOf writes texts in pinyin, one token a syllable, and in initials, one token a letter. A text with a character
// of two readings is written once for each.
func pinyinOf(texts []string) (syllables, initials string) {
	var full, first strings.Builder
	for _, text := range texts {
		for _, run := range runs(text) {
			for _, way := range syllablesOf(run) {
				for _, syllable := range way {
					full.WriteString(syllable + " ")
					first.WriteString(syllable[:1] + " ")
				}
				full.WriteString(stop + " ")
				first.WriteString(stop + " ")
			}
		}
	}
	return full.String(), first.String()
}

// runs are the longest pieces of a text that are Chinese throughout.
func runs(text string) []string {
	var list []string
	open := false
	for _, u := range help.Units(text) {
		switch {
		case !u.Han:
			open = false
		case open && !u.Gap:
			list[len(list)-1] += u.Text
		default:
			list = append(list, u.Text)
			open = true
		}
	}
	return list
}

// spellings is how a Chinese word is typed on a keyboard without Chinese: yanzhengma, yzm.
func spellings(word string) []string {
	parts := runs(word)
	if len(parts) != 1 || parts[0] != word {
		return nil
	}
	var list []string
	for _, way := range syllablesOf(word) {
		list = append(list, strings.Join(way, ""), strings.Join(way, " "))
		if len(way) >= shortInitials {
			initials := ""
			for _, syllable := range way {
				initials += syllable[:1]
			}
			list = append(list, initials)
		}
	}
	return list
}

// reading is typed letters cut into syllables. An open one ends inside a syllable.
type reading struct {
	text string
	open bool
}

// readings cuts letters into syllables that some document has: zhifumima → zhi fu mi ma. Only if no cut is whole may
// the last syllable be unfinished, as when somebody stopped typing.
func readings(typed string, known map[string]bool) []reading {
	if !ascii(typed) || len(typed) < 2 {
		return nil
	}
	var whole, open []reading
	dead := map[int]bool{} // lengths of rests that nothing whole can be cut from: each is tried once
	var cut func(rest string, so []string)
	cut = func(rest string, so []string) {
		before := len(whole)
		if dead[len(rest)] {
			return
		}
		if rest == "" {
			whole = append(whole, reading{text: strings.Join(so, " ")})
			return
		}
		if len(so) > 0 && len(open) < mostReadings && begins(rest, known) {
			open = append(open, reading{text: strings.Join(append(so[:len(so):len(so)], rest), " "), open: true})
		}
		for n := min(6, len(rest)); n > 0 && len(whole) < mostReadings; n-- {
			if known[rest[:n]] {
				cut(rest[n:], append(so[:len(so):len(so)], rest[:n]))
			}
		}
		dead[len(rest)] = len(whole) == before
	}
	cut(typed, nil)
	if len(whole) > 0 {
		return whole
	}
	return open
}

func begins(letters string, known map[string]bool) bool {
	for syllable := range known {
		if strings.HasPrefix(syllable, letters) {
			return true
		}
	}
	return false
}

// initialsTyped writes letters as the index keeps initials: zfmm → z f m m.
func initialsTyped(typed string) (string, bool) {
	if !ascii(typed) || len(typed) < shortInitials || len(typed) > 12 {
		return "", false
	}
	return strings.Join(strings.Split(typed, ""), " "), true
}

func ascii(text string) bool {
	return strings.Trim(text, "abcdefghijklmnopqrstuvwxyz") == ""
}
