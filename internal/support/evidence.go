package support

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Entry is one answer to a question: part → value.
type Entry map[string]string

// Evidence is what a customer gave to one question, as often as they were asked.
type Evidence struct {
	Ticket  string
	Ask     string
	Round   int // 0 for the form, then one more each time more was asked for
	Added   time.Time
	Filled  int // whole entries
	Sealed  []byte
	Entries []Entry // opened
}

// ID is what the sealed value is bound to, too.
func (e Evidence) ID() string { return e.Ticket + "/" + e.Ask + "/" + strconv.Itoa(e.Round) }

func (e Evidence) context() string { return "ticket_evidence:sealed:" + e.ID() }

func (e *Evidence) seal(box Sealer) error {
	plain, err := json.Marshal(e.Entries)
	if err != nil {
		return err
	}
	e.Sealed = box.Seal(plain, e.context())
	return nil
}

func (e *Evidence) open(box Sealer) error {
	plain, err := box.Open(e.Sealed, e.context())
	if err != nil {
		return fmt.Errorf("open evidence: %w", err)
	}
	return json.Unmarshal(plain, &e.Entries)
}

// Input names the field of a part of an entry; entries count from 0. The first has no number.
func Input(part string, entry int) string {
	if entry == 0 {
		return part
	}
	return part + "-" + strconv.Itoa(entry+1)
}

// Parse reads what was typed to a question. wrong is field → code: "required", "format", "long", "future", "range",
// "number" for a text with what looks like a code, a phone, a card or an identity number, "unknown". Nothing at all is
// right: every question may be left out.
func (a Ask) Parse(typed map[string]string, now time.Time) (entries []Entry, wrong map[string]string) {
	wrong = map[string]string{}
	known := map[string]bool{}
	for i := range a.many() {
		entry := Entry{}
		for _, p := range a.Parts {
			known[Input(p.ID, i)] = true
			value, code := p.parse(typed[Input(p.ID, i)], now)
			if code != "" {
				wrong[Input(p.ID, i)] = code
			}
			if value != "" || code != "" {
				entry[p.ID] = value
			}
		}
		if len(entry) == 0 {
			continue
		}
		for _, p := range a.Parts {
			if _, given := entry[p.ID]; !given && !p.Optional {
				wrong[Input(p.ID, i)] = "required"
			}
		}
		entries = append(entries, entry)
	}
	for name := range typed {
		if !known[name] {
			wrong[name] = "unknown"
		}
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	return entries, nil
}

func (p Part) parse(typed string, now time.Time) (value, code string) {
	if !utf8.ValidString(typed) || len(typed) > 4000 {
		return "", "format"
	}
	value = strings.Join(strings.Fields(strings.Map(shown, norm.NFKC.String(typed))), " ")
	if value == "" {
		return "", ""
	}
	switch p.Kind {
	case PartText:
		if Private(value) {
			return "", "number"
		}
		value = strings.Join(strings.Fields(norm.NFC.String(typed)), " ") // as it was written: a Chinese comma stays one
		switch {
		case utf8.RuneCountInString(value) > p.Max:
			return "", "long"
		case strings.ContainsFunc(value, unicode.IsControl):
			return "", "format"
		}
		return value, ""
	case PartPhone:
		return phone(value)
	case PartMonth, PartDate:
		return calendarDay(value, p.Kind == PartDate, now)
	case PartYuan:
		return amount(value)
	case PartPrefix:
		return mailPrefix(value)
	}
	return "", "format"
}

// shown drops what is not seen and makes plain digits of those of any script.
func shown(r rune) rune {
	switch {
	case unicode.Is(unicode.Cf, r):
		return -1
	case unicode.Is(unicode.Nd, r) && r > unicode.MaxASCII:
		for zero := r; zero > r-10; zero-- { // digits of a script stand in one row of ten
			if !unicode.Is(unicode.Nd, zero-1) || (r-zero) == 9 {
				return '0' + (r - zero)
			}
		}
	}
	return r
}

// yearMonth is a date as people write it, which is no code although it has six digits or more.
var yearMonth = regexp.MustCompile(`\b(19|20)\d\d ?[-/.年] ?(0?[1-9]|1[0-2])( ?[-/.月] ?(0?[1-9]|[12]\d|3[01]))?\b`)

var yearAlone = regexp.MustCompile(`\b(19|20)\d\d ?年`)

// modelYear is a model and its year, "iPhone 12 2021": two digits after a name, then a year on its own.
var modelYear = regexp.MustCompile(`^\d\d (19[89]\d|20[0-4]\d)$`)

// secretWord is what people write before a code; whatever follows it is none of our business.
var secretWord = regexp.MustCompile(`(?i)密码|口令|验证|动态码|code|password|passcode|pin\b`)

var digitRun = regexp.MustCompile(`\d(?:[ \-–—_.·/]{0,2}\d)*`)

// Private says whether a text has what looks like a code or payment password (6 digits), a phone (11), a card or an
// identity number (15 to 19). Such things are asked for nowhere but in fields of their own, and refused before they are
// kept.
func Private(text string) bool {
	text = strings.Map(shown, norm.NFKC.String(text))
	text = yearAlone.ReplaceAllString(yearMonth.ReplaceAllString(text, "日"), "年")
	for _, at := range digitRun.FindAllStringIndex(text, -1) {
		run, whole := text[at[0]:at[1]], 0
		if modelYear.MatchString(run) && named(text[:at[0]]) && !secretWord.MatchString(text) {
			continue
		}
		for _, piece := range strings.FieldsFunc(run, func(r rune) bool { return r < '0' || r > '9' }) {
			whole += len(piece)
			if privateLength(len(piece)) {
				return true
			}
		}
		if privateLength(whole) {
			return true
		}
	}
	return false
}

// named says whether a text ends with a name: a letter, and perhaps a space.
func named(before string) bool {
	last, _ := utf8.DecodeLastRuneInString(strings.TrimRight(before, " "))
	return unicode.IsLetter(last)
}

func privateLength(digits int) bool { return digits == 6 || digits == 11 || digits >= 15 }

// plainDigits drops what people put between digits; it is empty for anything else.
func plainDigits(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -–—().·", r) {
			return -1
		}
		return r
	}, s)
	if strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' }) {
		return ""
	}
	return s
}

func phone(s string) (value, code string) {
	value = plainDigits(strings.TrimPrefix(s, "+"))
	if len(value) < 7 || len(value) > 14 {
		return "", "format"
	}
	if strings.HasPrefix(s, "+") {
		value = "+" + value
	}
	return value, ""
}

var monthForm = regexp.MustCompile(`^((?:19|20)\d\d) ?[-/.年 ]? ?(0?[1-9]|1[0-2]) ?月?$`)

var dayForm = regexp.MustCompile(`^((?:19|20)\d\d) ?[-/.年 ] ?(0?[1-9]|1[0-2]) ?[-/.月 ] ?(0?[1-9]|[12]\d|3[01]) ?[日号]?$`)

// yearless is a day as people say what is not long ago.
var yearless = regexp.MustCompile(`^(0?[1-9]|1[0-2]) ?月 ?(0?[1-9]|[12]\d|3[01]) ?[日号]?$`)

// lastSuch is the last day of that month and day up to today, in the zone of now; the text itself if there is none.
func lastSuch(s string, now time.Time) string {
	found := yearless.FindStringSubmatch(s)
	if found == nil {
		return s
	}
	today := now.Format("2006-01-02")
	for back := range 9 { // 29 February may be eight years ago
		at, err := time.Parse("2006-1-2", strconv.Itoa(now.Year()-back)+"-"+found[1]+"-"+found[2])
		if day := at.Format("2006-01-02"); err == nil && day <= today {
			return day
		}
	}
	return s
}

// earliest is before any wallet was there.
const earliest = 1998

func calendarDay(s string, days bool, now time.Time) (value, code string) {
	if days {
		s = lastSuch(s, now)
	}
	form, found := "2006-1", monthForm.FindStringSubmatch(s)
	if days && found == nil {
		form, found = "2006-1-2", dayForm.FindStringSubmatch(s)
	}
	if found == nil {
		return "", "format"
	}
	at, err := time.Parse(form, strings.Join(found[1:], "-"))
	switch {
	case err != nil:
		return "", "format"
	case at.After(now.Add(24 * time.Hour)): // somebody's today may be our tomorrow
		return "", "future"
	case at.Year() < earliest:
		return "", "range"
	case form == "2006-1":
		return at.Format("2006-01"), ""
	}
	return at.Format("2006-01-02"), ""
}

var amountForm = regexp.MustCompile(`^\d{1,7}(\.\d{1,2})?$`)

func amount(s string) (value, code string) {
	s = strings.NewReplacer("¥", "", "￥", "", "元", "", ",", "", " ", "").Replace(s)
	if !amountForm.MatchString(s) {
		return "", "format"
	}
	return s, ""
}

var prefixForm = regexp.MustCompile(`^[A-Za-z0-9._+-]{1,64}$`)

// mailPrefix also takes a whole address and keeps what is asked for.
func mailPrefix(s string) (value, code string) {
	value, _, _ = strings.Cut(s, "@")
	if !prefixForm.MatchString(value) || slices.ContainsFunc(strings.FieldsFunc(value, func(r rune) bool { return r < '0' || r > '9' }),
		func(run string) bool { return len(run) >= 15 }) {
		return "", "format"
	}
	return value, ""
}
