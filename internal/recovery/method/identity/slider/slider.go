// Package slider makes puzzles that slow machines down: a piece is moved to the gap in a picture. It decides whether a
// piece was put right, and by something like a hand; it does not know cases, nor how often somebody may try. A patient
// machine solves such puzzles too, so nothing may rest on one alone.
package slider

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"time"
)

// The picture, in its own pixels.
const (
	Width  = 300
	Height = 180
	Tile   = 56 // width and height of the piece
)

// What a hand may do.
const (
	life      = 5 * time.Minute
	tolerance = 6 // pixels beside the gap, to either side
	fastest   = 150 * time.Millisecond
	slowest   = 60 * time.Second // without rests
	rest      = time.Second      // of a pause this much counts
	late      = 2 * time.Second  // that a browser's clock may run fast
	fewest    = 5                // points of a way
	key       = 2                // pixels that a key moves the piece, or a very steady hand
	keyGap    = 5 * time.Millisecond
	straight  = 2.0 // pixels beside a straight, even way that rounding explains
)

// The codes of a slide that was not right.
const (
	Missed  = "puzzle"
	Expired = "puzzle-expired"
)

// Puzzle is one puzzle. X is secret: where the left edge of the piece belongs.
type Puzzle struct {
	ID             string // random: a puzzle is good for one answer
	X, Y           int
	Start          int // where the piece lies at first
	Made, Until    time.Time
	Picture, Piece string // data URIs: the picture with its gap, and the piece
}

// New draws a puzzle.
func New(now time.Time) (Puzzle, error) {
	p := Puzzle{ID: rand.Text(), Start: between(4, 12), Y: between(6, Height-Tile-6), Made: now, Until: now.Add(life)}
	p.X = between(p.Start+Tile+20, Width-Tile-6) // no gap lies under the piece
	var err error
	if p.Picture, p.Piece, err = drawPuzzle(p.X, p.Y, between(0, scenes-1), between(0, len(shapes)-1)); err != nil {
		return Puzzle{}, fmt.Errorf("draw a puzzle: %w", err)
	}
	return p, nil
}

// between draws a number from low to high, both included, that nobody can guess.
func between(low, high int) int {
	n, err := rand.Int(rand.Reader, big.NewInt(int64(high-low+1)))
	if err != nil { // never, by the package's word
		return low
	}
	return low + int(n.Int64())
}

// Judge says what is wrong with a slide, "" if nothing is.
func (p Puzzle) Judge(s Slide, now time.Time) string {
	switch {
	case !now.Before(p.Until):
		return Expired
	case s.X < p.X-tolerance || s.X > p.X+tolerance || !s.byHand(now.Sub(p.Made)):
		return Missed
	}
	return ""
}

// byHand says whether the way of a slide can be a hand's; open is how long the puzzle has been there.
func (s Slide) byHand(open time.Duration) bool {
	if len(s.Way) < fewest {
		return false
	}
	first, last := s.Way[0], s.Way[len(s.Way)-1]
	if len(s.Way) < longest && last.X != s.X { // a longer way is cut off by the page
		return false
	}
	moving := s.moving()
	if last.At-first.At > open+late || moving < fastest || moving > slowest {
		return false
	}
	return s.byKeys() || !s.even()
}

// moving is how long the way took, without rests.
func (s Slide) moving() time.Duration {
	var all time.Duration
	for i := 1; i < len(s.Way); i++ {
		all += min(s.Way[i].At-s.Way[i-1].At, rest)
	}
	return all
}

// byKeys says whether the piece went in the small steps of a held key, which are even although nobody cheats.
func (s Slide) byKeys() bool {
	for i := 1; i < len(s.Way); i++ {
		if d := s.Way[i].X - s.Way[i-1].X; d > key || d < -key {
			return false
		}
	}
	return s.Way[len(s.Way)-1].At-s.Way[0].At >= time.Duration(len(s.Way)-1)*keyGap
}

// even says whether the piece went straight there at one speed, as no hand does.
func (s Slide) even() bool {
	first, last := s.Way[0], s.Way[len(s.Way)-1]
	speed := float64(last.X-first.X) / float64(last.At-first.At)
	for _, p := range s.Way {
		if d := float64(p.X-first.X) - speed*float64(p.At-first.At); d > straight || d < -straight {
			return false
		}
	}
	return true
}
