package slider

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// Slide is where the left edge of the piece was put, and the way there.
type Slide struct {
	X   int
	Way []Point
}

// Point is where the piece was at a time after it first moved.
type Point struct {
	X  int
	At time.Duration
}

const (
	longest = 300 // points that a page writes down; the way may be cut off there
	most    = 10 * time.Minute
)

var errForm = errors.New("not a slide")

// Parse reads what a page sends: the place as a plain number, and the way as "x:ms,x:ms…".
func Parse(place, way string) (Slide, error) {
	x, err := coordinate(place)
	if err != nil {
		return Slide{}, err
	}
	s := Slide{X: x}
	if way == "" {
		return s, nil
	}
	for part := range strings.SplitSeq(way, ",") {
		where, when, _ := strings.Cut(part, ":")
		x, err := coordinate(where)
		ms, errTime := strconv.ParseUint(when, 10, 32)
		p := Point{X: x, At: time.Duration(ms) * time.Millisecond}
		if err != nil || errTime != nil || p.At > most || len(s.Way) == longest {
			return Slide{}, errForm
		}
		if n := len(s.Way); n > 0 && p.At < s.Way[n-1].At {
			return Slide{}, errForm // time does not go back
		}
		s.Way = append(s.Way, p)
	}
	return s, nil
}

func coordinate(text string) (int, error) {
	x, err := strconv.ParseUint(text, 10, 16)
	if err != nil || x > Width {
		return 0, errForm
	}
	return int(x), nil
}
