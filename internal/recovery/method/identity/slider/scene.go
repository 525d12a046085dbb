package slider

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"sync"
)

// scenes is how many pictures there are: hills in the site's own colours, each drawn when it is first needed.
const scenes = 12

var scene = func() (list [scenes]func() image.Image) {
	for i := range list {
		list[i] = sync.OnceValue(func() image.Image { return paint(uint64(i)) })
	}
	return list
}()

// Skies from top to bottom, and hills from far to near.
var (
	skies = [][2]color.NRGBA{{hex(0xe4f0ee), hex(0xfbfaf7)}, {hex(0xfff3da), hex(0xfbfaf7)}, {hex(0xd3e6ea), hex(0xfff3da)}}
	hills = []color.NRGBA{hex(0xb9d8d3), hex(0x7fb8b2), hex(0x3f8f8d), hex(0x0b5d5e)}
	suns  = []color.NRGBA{hex(0xf0c069), hex(0xfdebe8), hex(0xffffff)}
	road  = hex(0xfbfaf7)
)

// paint draws the picture of a number; the same number gives the same picture, which is no secret.
func paint(number uint64) image.Image {
	r := rand.New(rand.NewPCG(number, 7))
	m := image.NewNRGBA(image.Rect(0, 0, Width, Height))
	sky := skies[r.IntN(len(skies))]
	sunX, sunY, sunR := 40+r.Float64()*220, 25+r.Float64()*35, 14+r.Float64()*10
	sun := suns[r.IntN(len(suns))]
	ranges := make([]ridge, len(hills))
	for i := range ranges {
		ranges[i] = newRidge(r, 55+float64(i)*32)
	}
	bend, sway := r.Float64()*2*math.Pi, 25+r.Float64()*30
	for y := range Height {
		for x := range Width {
			fx, fy := float64(x)+0.5, float64(y)+0.5
			m.SetNRGBA(x, y, mix(sky[0], sky[1], fy/Height))
			blend(m, x, y, cover(circle(fx, fy, sunX, sunY, sunR)), sun)
			for i, h := range ranges {
				blend(m, x, y, cover(h.at(fx)-fy), hills[i])
				blend(m, x, y, 0.5*cover(h.trees(fx)-fy), hills[min(i+1, len(hills)-1)])
			}
			near := fy - ranges[2].at(fx) // a road comes towards us over the nearest hills
			if near > 0 {
				middle := Width/2 + sway*math.Sin(bend+fy/38)
				blend(m, x, y, 0.9*cover(math.Abs(fx-middle)-2-near/14), road)
			}
		}
	}
	return m
}

// ridge is the upper edge of a range of hills, with trees on it.
type ridge struct{ base, a, b, p, q, wood float64 }

func newRidge(r *rand.Rand, base float64) ridge {
	turn := func() float64 { return r.Float64() * 2 * math.Pi }
	return ridge{base, 8 + r.Float64()*14, 3 + r.Float64()*5, turn(), turn(), 6 + r.Float64()*5}
}

func (h ridge) at(x float64) float64 {
	return h.base + h.a*math.Sin(h.p+x/47) + h.b*math.Sin(h.q+x/15)
}

// trees are pointed, and stand on some stretches.
func (h ridge) trees(x float64) float64 {
	wood := math.Sin(h.q + x/31)
	if wood < 0 {
		return h.at(x) + 4 // below the edge: none
	}
	return h.at(x) + 4 - wood*2*h.wood*(1-math.Abs(math.Mod(x, h.wood)/h.wood-0.5)*2)
}

func hex(rgb uint32) color.NRGBA {
	return color.NRGBA{R: uint8(rgb >> 16), G: uint8(rgb >> 8), B: uint8(rgb), A: 0xff}
}

// mix goes from one colour to another.
func mix(from, to color.NRGBA, part float64) color.NRGBA {
	one := func(a, b uint8) uint8 { return uint8(float64(a) + (float64(b)-float64(a))*part + 0.5) }
	return color.NRGBA{one(from.R, to.R), one(from.G, to.G), one(from.B, to.B), one(from.A, to.A)}
}

// blend lays a colour over a pixel.
func blend(m *image.NRGBA, x, y int, part float64, c color.NRGBA) {
	if part <= 0 {
		return
	}
	old := m.NRGBAAt(x, y)
	if old.A == 0 {
		m.SetNRGBA(x, y, faint(c, part))
		return
	}
	m.SetNRGBA(x, y, mix(old, color.NRGBA{c.R, c.G, c.B, max(old.A, uint8(part*0xff))}, part))
}
