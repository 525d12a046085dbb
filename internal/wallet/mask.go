package wallet

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maskName keeps the first letter of a name, of each word if it has words: 王**, J*** S***.
func maskName(name string) string {
	first, size := utf8.DecodeRuneInString(name)
	if size == 0 {
		return ""
	}
	if unicode.Is(unicode.Han, first) {
		return string(first) + strings.Repeat("*", max(1, min(2, utf8.RuneCountInString(name)-1)))
	}
	words := strings.Fields(name)
	for i, word := range words {
		r, _ := utf8.DecodeRuneInString(word)
		words[i] = string(r) + "***"
	}
	return strings.Join(words, " ")
}

func (to keptTo) masked() string {
	if to.Kind == Mailbox {
		return maskMailbox(to.To)
	}
	return maskPhone(to.To)
}

// maskPhone is 138****8000 for a Chinese mobile number, and the country with the last two digits for another.
func maskPhone(number string) string {
	if home, ok := strings.CutPrefix(number, "+86"); ok && len(home) == 11 {
		return home[:3] + "****" + home[7:]
	}
	if len(number) < 6 {
		return "****"
	}
	return number[:3] + "****" + number[len(number)-2:]
}

// maskCard is **** **34: enough to tell one's own cards apart, and less than what is asked about a card.
func maskCard(last4 string) string { return "**** **" + last4[max(0, len(last4)-2):] }

// maskMailbox is n***@host.
func maskMailbox(address string) string {
	name, host, _ := strings.Cut(address, "@")
	r, _ := utf8.DecodeRuneInString(name)
	return string(r) + "***@" + host
}
