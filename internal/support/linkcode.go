package support

import "strings"

// ParseCode reads the code of a link as people type it: small letters, full-width ones, blanks and dashes, or the whole
// address. ok is false if it cannot be one: a sign is wrong or two are swapped.
func ParseCode(typed string) (code string, ok bool) {
	typed = strings.Map(plainSign, typed)
	if end := strings.IndexAny(typed, "?#"); end >= 0 { // what chat apps append
		typed = typed[:end]
	}
	typed = strings.TrimRight(typed, "/")
	code = strings.ToUpper(typed[strings.LastIndexByte(typed, '/')+1:])
	if !linkCode.sound(code) {
		return "", false
	}
	return code, true
}

// ShowCode groups a code for reading: 7KM3-92QX.
func ShowCode(code string) string {
	if len(code) != codeLength {
		return code
	}
	return code[:4] + "-" + code[4:]
}
