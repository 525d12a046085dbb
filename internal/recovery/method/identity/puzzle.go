package identity

import (
	"context"
	"strconv"

	"zhaohui/internal/recovery"
	"zhaohui/internal/recovery/method/identity/slider"
)

// puzzleStep is the puzzle and, beside it, the wait. What it shows is empty if only the wait is left.
func puzzleStep(t *recovery.Turn, s state) recovery.Step {
	step := recovery.Step{ID: StepSlider}
	if p := s.Puzzle; p != nil {
		step.Fields = []recovery.Field{
			{Name: "slide", Kind: recovery.FieldHidden, Optional: true}, // where the piece was put
			{Name: "track", Kind: recovery.FieldHidden, Optional: true}, // and the way there
		}
		step.Shown = shown(*p)
	}
	if paced(t) {
		wait := []recovery.Option{{Value: "wait"}}
		step.Fields = append(step.Fields,
			recovery.Field{Name: "instead", Kind: recovery.FieldChoice, Options: wait, Optional: s.Puzzle != nil})
	}
	return step
}

func shown(p slider.Puzzle) map[string]string {
	return map[string]string{"picture": p.Picture, "tile": p.Piece, "width": strconv.Itoa(slider.Width),
		"height": strconv.Itoa(slider.Height), "tile-width": strconv.Itoa(slider.Tile), "tile-height": strconv.Itoa(slider.Tile),
		"tile-x": strconv.Itoa(p.Start), "tile-y": strconv.Itoa(p.Y)}
}

// waitStep is the wait and, when it is over, the button that looks up.
func waitStep(t *recovery.Turn, s state) recovery.Step {
	step := recovery.Step{ID: StepWait, Wait: &recovery.Wait{Who: "time", From: s.From, Until: s.Until}, Guess: !t.Now.Before(s.Until)}
	for _, tries := range t.Policy.Methods[ID].Paced.Tries {
		step.Limits = append(step.Limits, t.Limit(ID+"-paced", tries))
	}
	return step
}

// paced says whether there is a wait instead of the puzzle.
func paced(t *recovery.Turn) bool { return t.Policy.Methods[ID].Paced.Wait > 0 }

// draw gives a state another puzzle, none if there were too many.
func (s *state) draw(t *recovery.Turn) error {
	s.Puzzle = nil
	if s.Puzzles >= mostPuzzles && paced(t) {
		return nil
	}
	p, err := slider.New(t.Now)
	s.Puzzle = &p
	return err
}

func wait(t *recovery.Turn, s state) recovery.Outcome {
	s.Puzzle, s.From, s.Until = nil, t.Now, t.Now.Add(t.Policy.Methods[ID].Paced.Wait)
	return recovery.Onward(func(t *recovery.Turn) error { return t.Keep(s) })
}

// solve uses the puzzle up, judges the slide, and if it is right has a try counted and looks up. A puzzle that was not
// solved costs no try.
func solve(t *recovery.Turn, s state, in recovery.Input) (recovery.Outcome, error) {
	if s.Puzzle == nil || in["slide"] == "" {
		return recovery.Wrong("slide", "required"), nil
	}
	next := s
	if t.Now.Before(s.Puzzle.Until) { // one that is too old was not failed
		next.Puzzles++
	}
	if err := next.draw(t); err != nil {
		return recovery.Outcome{}, err
	}
	judge := func(context.Context) (recovery.Outcome, error) {
		slide, err := slider.Parse(in["slide"], in["track"])
		wrong := s.Puzzle.Judge(slide, t.Now)
		if err != nil && wrong == "" {
			wrong = slider.Missed
		}
		if wrong != "" {
			return recovery.Wrong("slide", wrong), nil
		}
		look := func(ctx context.Context) (recovery.Outcome, error) { return lookUp(ctx, t, next) }
		return recovery.Outcome{Count: true, Then: look}, nil
	}
	return recovery.Outcome{Apply: use(s.Puzzle, next), Then: judge}, nil
}
