package guide

import "slices"

// Place is a step seen from inside a walk: where it stands, what comes before and after.
type Place struct {
	Step          *Step
	Number, Count int
	Branch        *Branch // nil on the main walk
	Prev, Next    string  // ids of steps; Next is "" at the end
}

// Place finds a step. On a branch the count is that of the whole way: the main walk up to the fork, the branch,
// and the main walk from where it joins again.
func (c *Channel) Place(id string) (Place, bool) {
	if i := c.index(id); i >= 0 {
		place := Place{Step: &c.Steps[i], Number: i + 1, Count: len(c.Steps)}
		if i > 0 {
			place.Prev = c.Steps[i-1].ID
		}
		if i+1 < len(c.Steps) {
			place.Next = c.Steps[i+1].ID
		}
		return place, true
	}
	for b := range c.Branches {
		branch := &c.Branches[b]
		i := slices.IndexFunc(branch.Steps, func(s Step) bool { return s.ID == id })
		if i < 0 {
			continue
		}
		before := c.before(branch.From)
		place := Place{Step: &branch.Steps[i], Branch: branch, Number: before + i + 1, Prev: branch.From, Next: branch.To}
		place.Count = before + len(branch.Steps) + c.after(branch.To)
		if i > 0 {
			place.Prev = branch.Steps[i-1].ID
		}
		if i+1 < len(branch.Steps) {
			place.Next = branch.Steps[i+1].ID
		}
		return place, true
	}
	return Place{}, false
}

// AllSteps lists every step, the main walk first.
func (c *Channel) AllSteps() []*Step {
	var all []*Step
	for i := range c.Steps {
		all = append(all, &c.Steps[i])
	}
	for b := range c.Branches {
		for i := range c.Branches[b].Steps {
			all = append(all, &c.Branches[b].Steps[i])
		}
	}
	return all
}

func (c *Channel) index(id string) int {
	return slices.IndexFunc(c.Steps, func(s Step) bool { return s.ID == id })
}

// before counts the steps of the main walk that come before a branch: a branch replaces the step that offers it.
func (c *Channel) before(from string) int {
	if i := c.index(from); i >= 0 {
		return i
	}
	if place, ok := c.Place(from); ok && place.Branch.From != from {
		return place.Number - 1
	}
	return 0
}

// after counts the steps from where a branch joins again to the end.
func (c *Channel) after(to string) int {
	if to == "" {
		return 0
	}
	if i := c.index(to); i >= 0 {
		return len(c.Steps) - i
	}
	for b := range c.Branches {
		branch := &c.Branches[b]
		if i := slices.IndexFunc(branch.Steps, func(s Step) bool { return s.ID == to }); i >= 0 {
			return len(branch.Steps) - i + c.after(branch.To)
		}
	}
	return 0
}

// After is the channel to try when one did not work: the next possible one below it in the ladder for the same
// answers, and the end of the ladder if there is none.
func (a Answers) After(channel string) *Channel {
	possible := a.Recommend().Possible()
	at := slices.IndexFunc(possible, func(c Ranked) bool { return c.ID == channel })
	if at >= 0 && at+1 < len(possible) {
		return possible[at+1].Channel
	}
	if at < 0 && len(possible) > 0 {
		return possible[0].Channel
	}
	last, _ := a.of.Channel(a.of.Last)
	return last
}
