package help

import (
	"slices"
	"strings"
)

// Synonyms knows which words mean the same, in all languages at once: on the Chinese pages "card" finds 银行卡.
type Synonyms struct {
	groups  [][]string       // folded words
	at      map[string][]int // key of a word → its groups
	silent  map[string]bool  // keys of words that say nothing
	longest int              // units in the longest word
}

// NewSynonyms reads the groups of content/help/synonyms.yaml. A group that holds the empty word lists words that say
// nothing about a trouble ("how do I", 怎么办). spell, if any, gives other ways to type a word, such as its pinyin; they
// find the word but are not looked for themselves.
func NewSynonyms(groups [][]string, spell func(word string) []string) *Synonyms {
	s := &Synonyms{at: map[string][]int{}, silent: map[string]bool{}}
	for _, words := range groups {
		if slices.Contains(words, "") {
			for _, word := range words {
				s.silent[s.key(word)] = true
			}
			continue
		}
		folded := make([]string, len(words))
		for i, word := range words {
			folded[i] = Fold(word)
			s.learn(s.key(word), len(s.groups))
		}
		s.groups = append(s.groups, folded)
	}
	if spell != nil {
		s.learnSpellings(spell)
	}
	return s
}

// learnSpellings comes last: a word that somebody wrote beats a spelling that happens to look like it.
func (s *Synonyms) learnSpellings(spell func(string) []string) {
	written := map[string]bool{}
	for k := range s.at {
		written[k] = true
	}
	for i, words := range s.groups {
		for _, word := range words {
			for _, spelling := range spell(word) {
				if k := s.key(spelling); !written[k] && !s.silent[k] {
					s.learn(k, i)
				}
			}
		}
	}
}

func (s *Synonyms) learn(key string, group int) {
	if key != "" && !slices.Contains(s.at[key], group) {
		s.at[key] = append(s.at[key], group)
	}
}

func (s *Synonyms) key(word string) string {
	units := Units(word)
	s.longest = max(s.longest, len(units))
	return key(units)
}

// forms is all words for what the word with this key means, each once.
func (s *Synonyms) forms(key string) []string {
	var forms []string
	for _, group := range s.at[key] {
		for _, word := range s.groups[group] {
			if !slices.Contains(forms, word) {
				forms = append(forms, word)
			}
		}
	}
	return forms
}

// key makes words comparable: 支付密码 typed with spaces is still 支付密码, and "cards" is "card".
func key(units []Unit) string {
	var k strings.Builder
	for _, u := range units {
		k.WriteByte(' ')
		if text := u.Text; !u.Han && len(text) > 3 {
			k.WriteString(strings.TrimSuffix(text, "s"))
		} else {
			k.WriteString(text)
		}
	}
	return k.String()
}
