package message

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"zhaohui/internal/recovery"
)

// What texts are tried with.
const (
	sampleCode   = "483920"
	sampleHost   = "https://help.yunfan.example"
	sampleLink   = "/mail/234567abcdefghijklmnopqrst" // as long as a real one
	sampleStop   = "/mail/abcdefghijklmnopqrst234567"
	sampleNumber = "T-7KM3-92QX"
	sampleAppeal = "/appeal"
	sampleLine   = "400-000-1234"
)

var halfWidth = regexp.MustCompile(`\p{Han}[,:;?!()]|[,:;?!()]\p{Han}|\p{Han}\.(\s|$)`)

// breaches writes every letter and says which rules of doc/messages.md it breaks.
func (t *Texts) breaches() []error {
	var problems []error
	for _, lang := range slices.Sorted(maps.Keys(t.books)) {
		c, err := NewComposer(t, Operator{Name: sampleName, Hotline: sampleLine, Public: sampleHost})
		if err != nil {
			return []error{err}
		}
		for _, purpose := range Purposes {
			for _, channel := range Channels {
				for _, l := range samples(purpose, channel, lang) {
					subject, text, err := c.Compose(l)
					if err == nil {
						err = breach(l, subject, text)
					}
					if err != nil {
						place := fmt.Sprintf("messages/%s.toml: letters.%s, %s", lang, purpose, channel)
						problems = append(problems, fmt.Errorf("%s: %w", place, err))
						break
					}
				}
			}
		}
	}
	return problems
}

func sampleName(lang string) string {
	if lang == mainLanguage {
		return "云帆钱包"
	}
	return "Yunfan Wallet"
}

// samples are the letters of a purpose that differ in their words: who began, what was frozen, what waits and what is over.
func samples(purpose recovery.Purpose, channel, lang string) []recovery.Letter {
	var list []recovery.Letter
	for _, detail := range []string{"", "phone", "computer", DetailFrozen} {
		list = append(list, sample(purpose, channel, lang, detail))
	}
	l := list[0]
	switch purpose {
	case recovery.PurposeTicketApproved:
		l.Hold = l.At.Add(72 * time.Hour)
		list = append(list, l)
	case recovery.PurposeTicketRefused, recovery.PurposeDone, recovery.PurposeReady:
		l.Until = time.Time{}
		list = append(list, l)
	}
	return list
}

// sample is a letter with everything that its purpose may have; what lasts for days has an end on another day.
func sample(purpose recovery.Purpose, channel, lang, detail string) recovery.Letter {
	at, base := time.Date(2026, 11, 22, 6, 5, 0, 0, time.UTC), sampleHost
	if lang != mainLanguage {
		base += "/" + lang
	}
	l := recovery.Letter{Channel: channel, Purpose: purpose, Lang: lang, Stop: base + sampleStop, Detail: detail,
		At: at, Until: at.Add(7*24*time.Hour + 5*time.Minute)}
	if coded(purpose) {
		l.Code, l.Until = sampleCode, at.Add(5*time.Minute)
	}
	if ticketed(purpose) {
		l.Number, l.Link = sampleNumber, base+sampleAppeal
	}
	if purpose == recovery.PurposeLink {
		l.Link = base + sampleLink
	}
	return l
}

// breach is the first rule that a letter breaks. It never repeats the letter.
func breach(l recovery.Letter, subject, text string) error {
	lines := strings.Split(text, "\n")
	whole := func(line string) bool { return slices.Contains(lines, line) }
	switch {
	case (l.Channel == Mail) != (strings.TrimSpace(subject) != ""):
		return errors.New("a mail has a subject, an SMS none")
	case strings.ContainsAny(subject, "\r\n"):
		return errors.New("the subject is one line")
	case l.Code != "" && !strings.HasPrefix(text, l.Code):
		return errors.New("the code comes first")
	case l.Code != "" && strings.Contains(subject, l.Code):
		return errors.New("a code stands in no subject: subjects are logged and show on locked screens")
	case l.Link != "" && !whole(l.Link):
		return errors.New("the link stands on a line of its own")
	case !quiet(l.Purpose) && !whole(l.Stop):
		return errors.New("the link of \"this was not me\" is missing")
	case !quiet(l.Purpose) && !strings.Contains(text, sampleLine):
		return errors.New("the hotline is missing")
	case l.Channel == SMS && l.Code != "" && !strings.HasSuffix(text, "\n@help.yunfan.example #"+l.Code):
		return errors.New("the last line is @host #code, for browsers that fill it in")
	case l.Channel == SMS && smsParts(text) > mostParts(l.Purpose):
		return fmt.Errorf("the SMS takes %d parts, at most %d", smsParts(text), mostParts(l.Purpose))
	case ticketed(l.Purpose) && !strings.Contains(text, l.Number):
		return errors.New("the number is missing")
	case halfWidth.MatchString(subject + "\n" + text):
		return errors.New("half-width punctuation beside Chinese")
	}
	return nil
}

// mostParts of an SMS. The letter with two links and a code is meant for mail; a veto link alone takes a part.
func mostParts(p recovery.Purpose) int {
	switch {
	case p == recovery.PurposeLink:
		return 4
	case quiet(p):
		return 2
	}
	return 3
}

// smsParts is how many messages of a phone network a text takes: 160 characters of plain Latin or 70 of any, a little
// less each when there are several (3GPP TS 23.038). Characters that the Latin alphabet of phones lacks are taken as
// not ASCII, which is right but for a few letters that never matter here.
func smsParts(text string) int {
	alone, several, length := 160, 153, len(text)
	if strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) {
		alone, several, length = 70, 67, utf8.RuneCountInString(text)
	}
	if length <= alone {
		return 1
	}
	return (length + several - 1) / several
}
