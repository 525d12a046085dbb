package support

import (
	"crypto/rand"
	"strings"
)

// ticketShift parts ticket numbers from resume codes and from links: the same seven signs have another check sign in each.
const ticketShift = 23

// newTicketNumber is a number that can be read over the phone. It opens nothing.
func newTicketNumber() string {
	signs := make([]byte, linkLength-1)
	for i := range signs {
		for {
			var raw [1]byte
			rand.Read(raw[:])
			if n := int(raw[0]); n < 256/len(linkSigns)*len(linkSigns) {
				signs[i] = linkSigns[n%len(linkSigns)]
				break
			}
		}
	}
	return string(signs) + string(ticketCheck(string(signs)))
}

// ticketCheck finds every single wrong sign and every swap of neighbours.
func ticketCheck(signs string) byte {
	sum := ticketShift
	for i := range len(signs) {
		sum += (i + 1) * strings.IndexByte(linkSigns, signs[i])
	}
	return linkSigns[sum%len(linkSigns)]
}

// ParseTicketNumber reads a ticket's number as people type it, with or without the T before it. ok is false if it cannot
// be one: a sign is wrong or two are swapped.
func ParseTicketNumber(typed string) (number string, ok bool) {
	number = strings.ToUpper(strings.Map(plainSign, strings.TrimSpace(typed)))
	if len(number) == linkLength+1 {
		number = strings.TrimPrefix(number, "T")
	}
	if len(number) != linkLength {
		return "", false
	}
	for i := range len(number) {
		if strings.IndexByte(linkSigns, number[i]) < 0 {
			return "", false
		}
	}
	return number, ticketCheck(number[:linkLength-1]) == number[linkLength-1]
}

// ShowTicketNumber groups a number for reading: T-7KM3-92QX.
func ShowTicketNumber(number string) string {
	if len(number) != linkLength {
		return number
	}
	return "T-" + number[:4] + "-" + number[4:]
}
