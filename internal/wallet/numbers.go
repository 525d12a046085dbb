package wallet

import (
	"strings"
	"time"
)

// isIDNumber says whether this is a Chinese ID number of 18 places with a date that exists and the right check
// character (GB 11643).
func isIDNumber(s string) bool {
	if len(s) != 18 || strings.Trim(s[:17], "0123456789") != "" {
		return false
	}
	if _, err := time.Parse("20060102", s[6:14]); err != nil {
		return false
	}
	sum, weight := 0, 1
	for i := 16; i >= 0; i-- {
		weight = weight * 2 % 11
		sum += int(s[i]-'0') * weight
	}
	return s[17] == "10X98765432"[sum%11]
}

// isCardNumber says whether this is a card number: 12 to 19 digits that pass the Luhn check (ISO/IEC 7812).
func isCardNumber(s string) bool {
	if len(s) < 12 || len(s) > 19 || strings.Trim(s, "0123456789") != "" {
		return false
	}
	sum := 0
	for i := range len(s) {
		n := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return sum%10 == 0
}

// isExpiry says whether this is a month of a year as on a card: MMYY.
func isExpiry(s string) bool {
	_, err := time.Parse("0106", s)
	return err == nil
}

// expired says whether a card of that expiry is over; it is good to the end of its month.
func expired(expiry string, now time.Time) bool {
	month, err := time.Parse("0106", expiry)
	return err == nil && !now.Before(month.AddDate(0, 1, 0))
}
