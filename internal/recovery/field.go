package recovery

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Field is one thing that a step asks for. The kinds are a closed vocabulary.
type Field struct {
	Name     string
	Kind     FieldKind
	Label    string   // the text itself where it comes from the account, e.g. a security question; otherwise words say it
	Options  []Option // of a choice
	Optional bool
}

// Option is one value of a choice.
type Option struct {
	Value, Text, Hint string
	Off               string // why it cannot be chosen, a code
}

// FieldKind says how a field is typed and checked.
type FieldKind string

// The kinds of field.
const (
	FieldAccount  FieldKind = "account"  // phone, e-mail or id
	FieldCode     FieldKind = "code"     // six digits
	FieldPassword FieldKind = "password" // payment password: six digits
	FieldSecret   FieldKind = "secret"   // kept as typed
	FieldAnswer   FieldKind = "answer"
	FieldSaved    FieldKind = "saved" // a saved recovery code: letters and digits
	FieldName     FieldKind = "name"
	FieldID       FieldKind = "id-number"
	FieldPhone    FieldKind = "phone"
	FieldLast4    FieldKind = "last4"
	FieldExpiry   FieldKind = "expiry" // MMYY
	FieldChoice   FieldKind = "choice"
	FieldHidden   FieldKind = "hidden" // filled by script, e.g. the track of a slider
)

const (
	maxTyped  = 254
	maxHidden = 4000
)

// Parse checks the form of what was typed and brings it into one shape: full-width signs become plain ones, spaces
// and dashes in numbers go. It returns a code if it cannot be right, before anything is counted or looked up.
func (f Field) Parse(typed string, now time.Time) (value, code string) {
	value = strings.TrimSpace(fold(typed))
	limit := maxTyped
	if f.Kind == FieldHidden {
		limit = maxHidden
	}
	switch {
	case value == "" && f.Optional:
		return "", ""
	case value == "":
		return "", "required"
	case !utf8.ValidString(typed) || utf8.RuneCountInString(value) > limit || strings.ContainsFunc(value, unicode.IsControl):
		return "", "format"
	}
	switch f.Kind {
	case FieldAccount:
		value = strings.Map(plainName, value)
		if strings.ContainsFunc(value, func(r rune) bool { return r > unicode.MaxASCII }) {
			return "", "format" // signs that look like others would make many names of one
		}
	case FieldCode, FieldPassword:
		return number(value, 6)
	case FieldLast4:
		return number(value, 4)
	case FieldExpiry:
		return expiry(value, now)
	case FieldID:
		return idNumber(value, now)
	case FieldPhone:
		value = digits(value, "+")
		if number := strings.TrimPrefix(value, "+"); len(number) < 5 || len(number) > 15 || strings.ContainsAny(number, "x+") {
			return "", "format"
		}
	case FieldSaved:
		value = strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "—", "", "_", "").Replace(value))
		if strings.ContainsFunc(value, func(r rune) bool { return (r < 'A' || r > 'Z') && (r < '0' || r > '9') }) {
			return "", "format"
		}
	case FieldSecret:
		return strings.Trim(typed, "\r\n"), "" // as it was set: no folding
	case FieldChoice:
		for _, o := range f.Options {
			if o.Value == value {
				return value, o.Off
			}
		}
		return "", "required"
	}
	return value, ""
}

// fold makes plain signs of full-width ones and of the ideographic space.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '　' || r == '\u00a0' || r == '\u2009' || r == '\u202f':
			return ' '
		case r == '\u200b' || r == '\ufeff':
			return -1
		}
		return r
	}, s)
}

// plainName makes plain signs of what people put between the digits of a number.
func plainName(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case unicode.Is(unicode.Pd, r):
		return '-'
	case r == '·':
		return '.'
	}
	return r
}

// digits keeps digits and the signs named, and drops what people put between them; anything else makes it empty.
func digits(s, also string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9' || strings.ContainsRune(also, r):
			return r
		case strings.ContainsRune(" -—–·.()/", r):
			return -1
		}
		return 'x'
	}, s)
}

func number(s string, length int) (value, code string) {
	s = digits(s, "")
	if len(s) != length || strings.Contains(s, "x") {
		return "", "format"
	}
	return s, ""
}

// expiry is MMYY, also typed as M/YY, MM/YYYY.
func expiry(s string, now time.Time) (value, code string) {
	month, year, cut := strings.Cut(strings.ReplaceAll(s, " ", ""), "/")
	if cut && len(month) == 1 {
		month = "0" + month
	}
	if cut && len(year) == 4 {
		year = year[2:]
	}
	if cut {
		s = month + year
	}
	if s, code = number(s, 4); code != "" {
		return "", code
	}
	end, err := time.Parse("0106", s)
	if err != nil {
		return "", "format"
	}
	if !end.AddDate(0, 1, 0).After(now) {
		return "", "card-expired"
	}
	return s, ""
}

// idNumber checks an identity number of 18 signs by its date and check sign (GB 11643), before any look-up.
func idNumber(s string, now time.Time) (value, code string) {
	s = strings.ToUpper(digits(strings.ToUpper(s), "X"))
	if len(s) != 18 || strings.ContainsAny(s[:17], "xX") || strings.Contains(s, "x") {
		return "", "format"
	}
	born, err := time.Parse("20060102", s[6:14])
	if err != nil || born.After(now) || born.Year() < 1900 {
		return "", "checksum"
	}
	sum := 0
	for i, weight := range [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(s[i]-'0') * weight
	}
	if "10X98765432"[sum%11] != s[17] {
		return "", "checksum"
	}
	return s, ""
}
