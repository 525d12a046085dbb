package support

// Score is how complete a form is, 0 to 100: each question weighs as its data says, and one that asks for several entries
// counts in parts. filled is how many whole entries each question has. It judges nothing: a wrong answer counts as a right
// one.
func (k *TicketKind) Score(filled map[string]int) int {
	whole := 1
	for _, ask := range k.Asks {
		whole *= max(1, ask.full())
	}
	sum := 0 // in parts of a point, so that thirds add up
	for _, ask := range k.Asks {
		sum += ask.Weight * (whole / ask.full()) * min(filled[ask.ID], ask.full())
	}
	return sum / whole
}
