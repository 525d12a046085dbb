package wallet

import (
	"net/mail"
	"strings"
	"unicode"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/text/unicode/norm"
)

// homeRegion is where a phone number without a country code is from.
const homeRegion = "CN"

// signInName is a sign-in name as typed in the form that is indexed: "phone:+86…", "mailbox:…" or "id:…". Every text
// gives exactly one, so that all take the same look-ups.
func signInName(typed string) string {
	if len(typed) > 320 {
		typed = typed[:320] // the longest address there can be
	}
	if address, ok := foldMailbox(typed); ok {
		return string(Mailbox) + ":" + address
	}
	if number, ok := foldPhone(typed); ok {
		return string(Phone) + ":" + number
	}
	return "id:" + foldID(typed)
}

// foldWidth makes full-width letters and digits plain and takes away what stands around.
func foldWidth(s string) string { return strings.TrimSpace(norm.NFKC.String(s)) }

func foldID(s string) string { return strings.ToLower(foldWidth(s)) }

// foldMailbox is an e-mail address in the form that is kept; false for what cannot be one.
func foldMailbox(s string) (string, bool) {
	s = strings.ToLower(foldWidth(s))
	name, host, ok := strings.Cut(s, "@")
	if !ok || name == "" || host == "" || len(s) > 254 || strings.ContainsAny(s, " <>\"(),;:\\\r\n") {
		return "", false
	}
	parsed, err := mail.ParseAddress(s)
	return s, err == nil && parsed.Address == s
}

// foldPhone is a phone number as +8613800138000; false for what cannot be one.
func foldPhone(s string) (string, bool) {
	if len(s) > 64 {
		return "", false
	}
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) || strings.ContainsRune("().·", r) {
			return -1
		}
		return r
	}, norm.NFKC.String(s))
	if home, ok := homeMobile(s); ok {
		return "+86" + home, true
	}
	if rest, ok := strings.CutPrefix(s, "00"); ok {
		s = "+" + rest
	}
	if strings.Trim(strings.TrimPrefix(s, "+"), "0123456789") != "" || len(s) < 7 {
		return "", false
	}
	number, err := phonenumbers.Parse(s, homeRegion)
	if err != nil || !phonenumbers.IsValidNumber(number) {
		return "", false
	}
	return phonenumbers.Format(number, phonenumbers.E164), true
}

// homeMobile recognises a Chinese mobile number without the library: nearly all are, and the library's tables take
// memory and time once they are looked at.
func homeMobile(s string) (string, bool) {
	for _, prefix := range []string{"+86", "0086", "86"} {
		if rest, ok := strings.CutPrefix(s, prefix); ok && len(rest) == 11 {
			s = rest
			break
		}
	}
	if len(s) != 11 || s[0] != '1' || s[1] < '3' || strings.Trim(s, "0123456789") != "" {
		return "", false
	}
	return s, true
}

// foldText is a text as it is compared: letters and digits only, in lower case.
func foldText(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFKC.String(s))
}

// foldCode is a code as it is compared: letters and digits only, in upper case.
func foldCode(s string) string { return strings.ToUpper(foldText(s)) }

// foldBank is the name of a bank without what people leave out: 中国 in front, 股份有限公司 behind.
func foldBank(s string) string {
	s = strings.TrimSuffix(strings.TrimSuffix(foldText(s), "有限公司"), "股份")
	if short := strings.TrimPrefix(s, "中国"); short != "银行" { // 中国银行 is a bank's own name
		return short
	}
	return s
}
