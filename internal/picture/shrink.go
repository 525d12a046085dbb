package picture

import (
	"image"
	"image/color"
)

// turned is a picture on white, its longer side no longer than most, turned as it was taken. It goes over the rows once and
// keeps no more than one of them beside the small picture.
func turned(m image.Image, most, turn int) *image.RGBA {
	wide, high := m.Bounds().Dx(), m.Bounds().Dy()
	w, h := fit(wide, high, most)
	into := image.NewRGBA(image.Rect(0, 0, w, h))
	if turn >= 5 {
		into = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	row, shrink, sum := make([]uint8, 3*wide), newShrinker(wide, w), make([]float32, 3*w)
	narrow, scale := make([]float32, 3*w), float64(h)/float64(high)
	y, read := 0, rowsOf(m)
	write := func() {
		for x := range w {
			tx, ty := place(x, y, w, h, turn)
			at := into.PixOffset(tx, ty)
			for c := range 3 {
				into.Pix[at+c] = uint8(min(255, max(0, sum[3*x+c]+.5)))
			}
			into.Pix[at+3] = 255
		}
		clear(sum)
		y++
	}
	for from := range high {
		read(from, row)
		shrink.row(row, narrow)
		begin, end := float64(from)*scale, float64(from+1)*scale // in rows of the small picture
		if edge := float64(y + 1); end >= edge && y < h {        // this row ends one, and may begin the next
			add(sum, narrow, float32(edge-begin))
			write()
			begin = edge
		}
		if y < h && end > begin {
			add(sum, narrow, float32(end-begin))
		}
	}
	for y < h { // what rounding left of the last row
		write()
	}
	return into
}

func add(sum, row []float32, share float32) {
	for i, v := range row {
		sum[i] += v * share
	}
}

// fit is a size within a square, at least one wide and high.
func fit(wide, high, most int) (w, h int) {
	if long := max(wide, high); long > most {
		return max(1, wide*most/long), max(1, high*most/long)
	}
	return wide, high
}

// place is where a pixel of a picture of w × h comes to stand (EXIF 2.32, orientation).
func place(x, y, w, h, turn int) (int, int) {
	switch turn {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return h - 1 - y, x
	case 7:
		return h - 1 - y, w - 1 - x
	case 8:
		return y, w - 1 - x
	}
	return x, y
}

// shrinker makes a row shorter: each new pixel is the average of those that it covers, also in part.
type shrinker struct {
	from        []int
	first, last []float32 // shares of the first and the last pixel; those between count whole
	per         float32
}

func newShrinker(wide, w int) *shrinker {
	s := &shrinker{from: make([]int, w+1), first: make([]float32, w), last: make([]float32, w), per: float32(w) / float32(wide)}
	for x := range w {
		begin, end := x*wide, (x+1)*wide // in w-th parts of a pixel
		s.from[x] = begin / w
		s.first[x] = float32(w-begin%w) / float32(w)
		s.last[x] = float32(end%w) / float32(w)
	}
	s.from[w] = wide
	return s
}

func (s *shrinker) row(row []uint8, into []float32) {
	for x := range len(s.first) {
		at, end := s.from[x], s.from[x+1]
		first, last := s.first[x], s.last[x]
		r, g, b := first*float32(row[3*at]), first*float32(row[3*at+1]), first*float32(row[3*at+2])
		for at++; at < end; at++ {
			r, g, b = r+float32(row[3*at]), g+float32(row[3*at+1]), b+float32(row[3*at+2])
		}
		if last > 0 {
			r, g, b = r+last*float32(row[3*end]), g+last*float32(row[3*end+1]), b+last*float32(row[3*end+2])
		}
		into[3*x], into[3*x+1], into[3*x+2] = r*s.per, g*s.per, b*s.per
	}
}

// rowsOf reads rows of three bytes a pixel; what is clear lets white through.
func rowsOf(m image.Image) func(y int, into []uint8) {
	at := m.Bounds().Min
	switch m := m.(type) {
	case *image.YCbCr:
		return func(y int, into []uint8) {
			for x := range len(into) / 3 {
				luma, chroma := m.YOffset(at.X+x, at.Y+y), m.COffset(at.X+x, at.Y+y)
				into[3*x], into[3*x+1], into[3*x+2] = color.YCbCrToRGB(m.Y[luma], m.Cb[chroma], m.Cr[chroma])
			}
		}
	case *image.Gray:
		return func(y int, into []uint8) {
			for x, v := range m.Pix[m.PixOffset(at.X, at.Y+y):][:len(into)/3] {
				into[3*x], into[3*x+1], into[3*x+2] = v, v, v
			}
		}
	case image.RGBA64Image:
		return func(y int, into []uint8) {
			for x := range len(into) / 3 {
				c := m.RGBA64At(at.X+x, at.Y+y)
				through := 0xffff - c.A
				into[3*x], into[3*x+1], into[3*x+2] = uint8((c.R+through)>>8), uint8((c.G+through)>>8), uint8((c.B+through)>>8)
			}
		}
	}
	return func(y int, into []uint8) {
		for x := range len(into) / 3 {
			r, g, b, a := m.At(at.X+x, at.Y+y).RGBA()
			through := 0xffff - a
			into[3*x], into[3*x+1], into[3*x+2] = uint8((r+through)>>8), uint8((g+through)>>8), uint8((b+through)>>8)
		}
	}
}
