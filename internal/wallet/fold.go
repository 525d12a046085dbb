package wallet

import (
	"net/mail"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

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

// foldPhone is a phone number as it is dialled from anywhere (E.164: +8613800138000); false for what cannot be one. One
// without a country code is from China. Whether a number is in use no table can say; only an SMS to it can.
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
	if abroad, ok := strings.CutPrefix(s, "00"); ok {
		s = "+" + abroad
	}
	digits := strings.TrimPrefix(s, "+")
	if strings.Trim(digits, "0123456789") != "" {
		return "", false
	}
	switch {
	case isMobile(s):
		return homeCode + s, true
	case isMobile(strings.TrimPrefix(s, "86")): // the sign in front is often left out
		return "+" + s, true
	case len(s) >= 11 && len(s) <= 12 && s[0] == '0': // a line at home: 010 6552 9988
		return homeCode + s[1:], true
	case s == digits || len(digits) < leastDigits || len(digits) > mostDigits || digits[0] == '0':
		return "", false
	}
	return s, true
}

const (
	homeCode    = "+86"
	leastDigits = 8 // with the country code; shorter ones are services, which receive no codes
	mostDigits  = 15
)

// isMobile recognises a Chinese mobile number.
func isMobile(s string) bool { return len(s) == 11 && s[0] == '1' && s[1] >= '3' }

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
