package slider

import (
	"image"
	"image/color"
	"math"
	"sync"
)

// A shape says how far a point is from its edge, in pixels of the piece: less than nothing inside.
type shape func(x, y float64) float64

// shapes are what a piece may look like. All are easy to tell from the picture by their double edge, which is light and
// dark, so that no colour has to be seen.
var shapes = []shape{jigsaw, hexagon, flower, house}

func jigsaw(x, y float64) float64 {
	body := box(x, y, 26, 32, 21, 19, 5)
	return max(join(body, circle(x, y, 26, 11, 8)), -circle(x, y, 46, 32, 8))
}

func hexagon(x, y float64) float64 {
	x, y = math.Abs(x-Tile/2), math.Abs(y-Tile/2)
	return max(x*math.Sqrt(3)/2+y/2, y) - 22
}

func flower(x, y float64) float64 {
	d := circle(x, y, Tile/2, Tile/2, 15)
	for i := range 5 {
		sin, cos := math.Sincos(float64(i)*2*math.Pi/5 - math.Pi/2)
		d = min(d, circle(x, y, Tile/2+14*cos, Tile/2+14*sin, 10))
	}
	return d
}

func house(x, y float64) float64 {
	roof := max((math.Abs(x-Tile/2)*0.8+(y-28))/math.Hypot(0.8, 1)-(-4+26)/1.6, y-28)
	roof = max(roof, (math.Abs(x-Tile/2)*0.9-(y-5))/math.Hypot(0.9, 1))
	return join(roof, box(x, y, Tile/2, 37, 17, 14, 2))
}

// join is both shapes without a line where they meet.
func join(a, b float64) float64 {
	const soft = 6
	near := max(soft-math.Abs(a-b), 0)
	return min(a, b) - near*near/(4*soft)
}

func circle(x, y, cx, cy, r float64) float64 { return math.Hypot(x-cx, y-cy) - r }

func box(x, y, cx, cy, half, tall, round float64) float64 {
	dx, dy := math.Abs(x-cx)-half+round, math.Abs(y-cy)-tall+round
	return math.Hypot(max(dx, 0), max(dy, 0)) + min(max(dx, dy), 0) - round
}

// cut is a shape as three pictures of the piece's size: what is cut out, what the gap and what the piece look like on top.
type cut struct{ mask, gap, edge image.Image }

var (
	ink   = color.NRGBA{R: 0x1b, G: 0x21, B: 0x26, A: 0xff}
	paper = color.NRGBA{R: 0xff, G: 0xff, B: 0xff, A: 0xff}
)

var cuts = sync.OnceValue(func() []cut {
	list := make([]cut, len(shapes))
	for i, s := range shapes {
		list[i] = s.cut()
	}
	return list
})

func (s shape) cut() cut {
	mask, gap, edge := blank(), blank(), blank()
	for y := range Tile {
		for x := range Tile {
			d := s(float64(x)+0.5, float64(y)+0.5)
			inside := cover(d)
			mask.SetNRGBA(x, y, faint(paper, inside))
			dark, light := cover(math.Abs(d+0.75)-0.75), cover(math.Abs(d+2.5)-1) // the outer line and the one inside it
			gap.SetNRGBA(x, y, faint(ink, 0.55*inside))
			blend(gap, x, y, dark, ink)
			blend(gap, x, y, light, paper)
			blend(edge, x, y, dark, ink)
			blend(edge, x, y, light, paper)
		}
	}
	return cut{mask, gap, edge}
}

func blank() *image.NRGBA { return image.NewNRGBA(image.Rect(0, 0, Tile, Tile)) }

// cover is how much of a pixel lies inside an edge at this distance.
func cover(d float64) float64 { return min(max(0.5-d, 0), 1) }

func faint(c color.NRGBA, a float64) color.NRGBA {
	c.A = uint8(a*0xff + 0.5)
	return c
}
