package slider

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func puzzle() Puzzle {
	return Puzzle{ID: "p", X: 150, Y: 40, Start: 8, Made: noon, Until: noon.Add(life)}
}

// way goes from the start to a place in so many points, with a speed that a function of 0…1 gives.
func way(to, points int, took time.Duration, speed func(float64) float64) []Point {
	list := make([]Point, points)
	for i := range list {
		part := float64(i) / float64(points-1)
		list[i] = Point{X: 8 + int(math.Round(float64(to-8)*speed(part))), At: time.Duration(part * float64(took)).Truncate(time.Millisecond)}
	}
	return list
}

func swing(p float64) float64 { return (1 - math.Cos(p*math.Pi)) / 2 } // as a hand: slow, quick, slow
func line(p float64) float64  { return p }

// keys presses an arrow key to a place, evenly.
func keys(to int, gap time.Duration) []Point {
	var list []Point
	for x := 9; x <= to; x++ {
		list = append(list, Point{x, time.Duration(len(list)) * gap})
	}
	return list
}

func rested(list []Point, pause time.Duration) []Point {
	half := len(list) / 2
	for i := half; i < len(list); i++ {
		list[i].At += pause
	}
	return list
}

func TestJudge(t *testing.T) {
	second, ms := time.Second, time.Millisecond
	for _, c := range []struct {
		name  string
		slide Slide
		after time.Duration
		want  string
	}{
		{"a hand", Slide{150, way(150, 40, second, swing)}, 3 * second, ""},
		{"six pixels short", Slide{144, way(144, 40, second, swing)}, 3 * second, ""},
		{"six pixels too far", Slide{156, way(156, 40, second, swing)}, 3 * second, ""},
		{"seven short", Slide{143, way(143, 40, second, swing)}, 3 * second, Missed},
		{"seven too far", Slide{157, way(157, 40, second, swing)}, 3 * second, Missed},
		{"no way", Slide{150, nil}, 3 * second, Missed},
		{"four points", Slide{150, way(150, 4, second, swing)}, 3 * second, Missed},
		{"straight and even", Slide{150, way(150, 40, second, line)}, 3 * second, Missed},
		{"straight and even, slowly", Slide{150, way(150, 40, 20*second, line)}, 30 * second, Missed},
		{"too quick", Slide{150, way(150, 40, 149*ms, swing)}, 3 * second, Missed},
		{"just not too quick", Slide{150, way(150, 40, 150*ms, swing)}, 3 * second, ""},
		{"too slow", Slide{150, way(150, 120, 61*second, swing)}, 90 * second, Missed},
		{"rests do not count", Slide{150, rested(way(150, 120, 30*second, swing), 100*second)}, 200 * second, ""},
		{"longer than the puzzle was there", Slide{150, way(150, 40, 20*second, swing)}, 10 * second, Missed},
		{"an arrow key held", Slide{150, keys(150, 33*ms)}, 10 * second, ""},
		{"an arrow key, faster than keys go", Slide{150, keys(150, 2*ms)}, 10 * second, Missed},
		{"the way ends elsewhere", Slide{150, way(120, 40, second, swing)}, 3 * second, Missed},
		{"cut off by the page", Slide{150, way(120, longest, 3*second, swing)}, 5 * second, ""},
		{"never moved", Slide{150, way(8, 40, second, swing)}, 3 * second, Missed},
		{"at the last moment", Slide{150, way(150, 40, second, swing)}, life - 1, ""},
		{"too late", Slide{150, way(150, 40, second, swing)}, life, Expired},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := puzzle().Judge(c.slide, noon.Add(c.after)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// A hand that speeds up and slows down passes whatever its pace, if it ends near the gap.
func TestJudge_anyHandPasses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Puzzle{X: rapid.IntRange(84, Width-Tile-6).Draw(t, "gap"), Start: 8, Made: noon, Until: noon.Add(life)}
		to := p.X + rapid.IntRange(-tolerance, tolerance).Draw(t, "beside")
		took := time.Duration(rapid.IntRange(200, 20_000).Draw(t, "ms")) * time.Millisecond
		list := way(to, rapid.IntRange(10, longest-1).Draw(t, "points"), took, swing)
		for i := 1; i < len(list)-1; i++ {
			list[i].X += rapid.IntRange(-1, 1).Draw(t, "shake")
		}
		if wrong := p.Judge(Slide{to, list}, noon.Add(took)); wrong != "" {
			t.Fatalf("%q for %v", wrong, list)
		}
	})
}

// A straight way at one speed fails, and so does any way that ends elsewhere.
func TestJudge_noMachineThatIsPlainPasses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		took := time.Duration(rapid.IntRange(150, 5_000).Draw(t, "ms")) * time.Millisecond
		points := rapid.IntRange(2, 60).Draw(t, "points") // 142 pixels in so few are no key's steps
		if puzzle().Judge(Slide{150, way(150, points, took, line)}, noon.Add(took)) == "" {
			t.Fatal("an even way passed")
		}
		beside := rapid.IntRange(tolerance+1, 140).Draw(t, "beside")
		for _, x := range []int{150 - beside, 150 + beside} {
			if puzzle().Judge(Slide{x, way(x, points, took, swing)}, noon.Add(took)) == "" {
				t.Fatalf("%d passed", x)
			}
		}
	})
}

func TestNew(t *testing.T) {
	seen := map[string]bool{}
	for range 20 {
		p, err := New(noon)
		if err != nil {
			t.Fatal(err)
		}
		if p.X < p.Start+Tile || p.X+Tile > Width || p.Y < 0 || p.Y+Tile > Height || seen[p.ID] {
			t.Errorf("gap at %d,%d, piece at %d, id %q", p.X, p.Y, p.Start, p.ID)
		}
		if size := len(p.Picture) + len(p.Piece); size > 25_000 {
			t.Errorf("%d signs in a page", size)
		}
		seen[p.ID] = true
	}
}

// The gap differs from the picture around it in light, not only in colour, wherever it lies.
func TestA2_gapIsSeenWithoutColour(t *testing.T) {
	for number := range scenes {
		for form := range shapes {
			picture, piece, err := drawPuzzle(150, 20+number*8, number, form)
			if err != nil {
				t.Fatal(err)
			}
			m, p := decode(t, picture), decode(t, piece)
			if m.Bounds() != image.Rect(0, 0, Width, Height) || p.Bounds() != image.Rect(0, 0, Tile, Tile) {
				t.Fatalf("picture %v, piece %v", m.Bounds(), p.Bounds())
			}
			darkest, lightest := 1.0, 0.0
			for x := 150; x < 150+Tile; x++ {
				l := light(m, x, 20+number*8+Tile/2)
				darkest, lightest = min(darkest, l), max(lightest, l)
			}
			if contrast := (lightest + 0.05) / (darkest + 0.05); contrast < 3 {
				t.Errorf("scene %d, shape %d: contrast %.1f across the gap", number, form, contrast)
			}
			if _, _, _, corner := p.At(0, 0).RGBA(); corner != 0 {
				t.Errorf("shape %d fills its square", form)
			}
		}
	}
}

func decode(t *testing.T, uri string) image.Image {
	t.Helper()
	_, data, _ := strings.Cut(uri, ";base64,")
	raw, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		t.Fatal(err)
	}
	m, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// light is the relative luminance of WCAG.
func light(m image.Image, x, y int) float64 {
	r, g, b, _ := m.At(x, y).RGBA()
	linear := func(c uint32) float64 { return math.Pow(float64(c)/0xffff, 2.2) }
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		place, way string
		points     int
		ok         bool
	}{
		{"150", "", 0, true},
		{"150", "8:0,40:16,150:200", 3, true},
		{"0", "0:0", 1, true},
		{"", "", 0, false},
		{"-1", "", 0, false},
		{"301", "", 0, false},
		{"1.5", "", 0, false},
		{"150", "8", 0, false},
		{"150", "8:0,", 0, false},
		{"150", "8:-1", 0, false},
		{"150", "8:10,9:9", 0, false},
		{"150", "8:700000", 0, false},
		{"150", strings.TrimSuffix(strings.Repeat("9:9,", longest), ","), longest, true},
		{"150", strings.TrimSuffix(strings.Repeat("9:9,", longest+1), ","), 0, false},
	} {
		s, err := Parse(c.place, c.way)
		if (err == nil) != c.ok || c.ok && len(s.Way) != c.points {
			t.Errorf("Parse(%q, %.40q): %v, %v", c.place, c.way, s, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("150", "8:0,40:16,150:200")
	f.Add("", "")
	f.Add("300", "0:0,300:600000")
	f.Add("９", "1:1:1")
	f.Fuzz(func(t *testing.T, place, way string) {
		s, err := Parse(place, way)
		if err != nil {
			return
		}
		if s.X < 0 || s.X > Width || len(s.Way) > longest {
			t.Fatalf("%v", s)
		}
		for i, p := range s.Way {
			if p.X < 0 || p.X > Width || p.At < 0 || p.At > most || i > 0 && p.At < s.Way[i-1].At {
				t.Fatalf("%v", s)
			}
		}
		var again []string
		for _, p := range s.Way {
			again = append(again, fmt.Sprintf("%d:%d", p.X, p.At.Milliseconds()))
		}
		if back, err := Parse(fmt.Sprint(s.X), strings.Join(again, ",")); err != nil || len(back.Way) != len(s.Way) {
			t.Fatalf("%v, %v", back, err)
		}
		puzzle().Judge(s, noon.Add(time.Minute))
	})
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, err := New(noon); err != nil {
			b.Fatal(err)
		}
	}
}
