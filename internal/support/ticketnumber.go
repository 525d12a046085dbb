package support

import "strings"

// ParseTicketNumber reads a ticket's number as people type it, with or without the T before it. ok is false if it cannot
// be one: a sign is wrong or two are swapped.
func ParseTicketNumber(typed string) (number string, ok bool) {
	number = strings.ToUpper(strings.Map(plainSign, strings.TrimSpace(typed)))
	if len(number) == codeLength+1 {
		number = strings.TrimPrefix(number, "T")
	}
	if !ticketNumber.sound(number) {
		return "", false
	}
	return number, true
}

// ShowTicketNumber groups a number for reading: T-7KM3-92QX.
func ShowTicketNumber(number string) string {
	if len(number) != codeLength {
		return number
	}
	return "T-" + number[:4] + "-" + number[4:]
}
