package insight

// Few is the number of people under which nothing is said (and the step to which all else is rounded).
const Few = 5

// Number is a count as it may be shown: none, a few, or a multiple of five.
type Number int64

// AFew stands for one to four.
const AFew Number = -1

// Show makes a count fit to be shown. Rounding keeps differences from saying what a single number does not: a total minus its
// parts, this step of a funnel minus the next, this week minus the week as it was yesterday.
func Show(n int64) Number {
	switch {
	case n <= 0:
		return 0
	case n < Few:
		return AFew
	}
	return Number((n + Few/2) / Few * Few)
}

// Size is the number to draw: a few are drawn as few.
func (n Number) Size() int64 {
	if n == AFew {
		return Few / 2
	}
	return int64(n)
}

// Share is a number of a larger one in per cent, of what is shown of both; ok only if the larger one is not small.
func (n Number) Share(of Number) (percent int, ok bool) {
	if of < 4*Few || n == AFew || n > of {
		return 0, false
	}
	return int((200*int64(n) + int64(of)) / (2 * int64(of))), true
}
