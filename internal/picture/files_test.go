package picture_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"testing"
)

// Files as tests need them, made here: none is ever larger than it must be.

// quarters is a picture whose four quarters are red, green, blue and black, from the left above to the right below.
func quarters(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{A: 255}
			switch {
			case x < w/2 && y < h/2:
				c.R = 255
			case y < h/2:
				c.G = 255
			case x < w/2:
				c.B = 255
			}
			m.SetRGBA(x, y, c)
		}
	}
	return m
}

func asJPEG(tb testing.TB, m image.Image) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(tb testing.TB, m image.Image) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, m); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func noise(w, h int) *image.RGBA {
	m, r := image.NewRGBA(image.Rect(0, 0, w, h)), rand.NewChaCha8([32]byte{7})
	_, _ = r.Read(m.Pix)
	for i := 3; i < len(m.Pix); i += 4 {
		m.Pix[i] = 255
	}
	return m
}

// part is a segment of a JPEG.
func part(kind byte, data ...byte) []byte {
	return append([]byte{0xff, kind, byte((len(data) + 2) >> 8), byte(len(data) + 2)}, data...)
}

// withPart puts a segment right behind the first two bytes of a JPEG.
func withPart(file []byte, kind byte, data []byte) []byte {
	return bytes.Join([][]byte{file[:2], part(kind, data...), file[2:]}, nil)
}

// exif is what a camera writes: how the picture has to be turned, and where it was taken.
func exif(turn uint16, order binary.AppendByteOrder, place string) []byte {
	b := []byte("Exif\x00\x00")
	if order == binary.AppendByteOrder(binary.LittleEndian) {
		b = append(b, "II*\x00"...)
	} else {
		b = append(b, "MM\x00*"...)
	}
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 2)
	field := func(tag, kind uint16, count uint32) {
		b = order.AppendUint32(order.AppendUint16(order.AppendUint16(b, tag), kind), count)
	}
	field(0x0112, 3, 1)
	b = order.AppendUint16(order.AppendUint16(b, turn), 0)
	field(0x8825, 4, 1) // where the places stand
	b = order.AppendUint32(order.AppendUint32(b, 38), 0)
	return append(b, place...)
}

// plainJPEG is made by hand: every sample is in the middle. Each part is said to be as wide and high as the others.
func plainJPEG(frame byte, w, h, parts, scans int) []byte {
	b := []byte{0xff, 0xd8}
	b = append(b, part(0xdb, append([]byte{0}, bytes.Repeat([]byte{1}, 64)...)...)...)
	sof := []byte{8, byte(h >> 8), byte(h), byte(w >> 8), byte(w), byte(parts)}
	sos := []byte{byte(parts)}
	for i := range parts {
		sof = append(sof, byte(i+1), 0x11, 0)
		sos = append(sos, byte(i+1), 0)
	}
	b = append(b, part(frame, sof...)...)
	one := append([]byte{1}, make([]byte, 15)...) // one code of one bit: nothing changes, or nothing follows
	b = append(b, part(0xc4, append(append([]byte{0x00}, one...), 0)...)...)
	b = append(b, part(0xc4, append(append([]byte{0x10}, one...), 0)...)...)
	last := byte(63)
	if frame == 0xc2 {
		last = 0
	}
	blocks := ((w + 7) / 8) * ((h + 7) / 8) * parts
	for range scans {
		b = append(b, part(0xda, append(append([]byte{}, sos...), 0, last, 0)...)...)
		b = append(b, make([]byte, (2*blocks+7)/8)...)
	}
	return append(b, 0xff, 0xd9)
}

// pngHeader is a PNG that ends behind its header.
func pngHeader(w, h uint32, depth, kind, interlaced byte) []byte {
	data := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)
	return append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", append(data, depth, kind, 0, 0, interlaced))...)
}

func chunk(kind string, data []byte) []byte {
	b := append(binary.BigEndian.AppendUint32(nil, uint32(len(data))), kind...)
	b = append(b, data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// webP is a file of chunks: kind, data, kind, data.
func webP(chunks ...string) []byte {
	b := []byte("WEBP")
	for i := 0; i < len(chunks); i += 2 {
		data := chunks[i+1]
		b = binary.LittleEndian.AppendUint32(append(b, chunks[i]...), uint32(len(data)))
		b = append(b, data...)
		if len(data)%2 == 1 {
			b = append(b, 0)
		}
	}
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(b))), b...)
}

// canvas is the data of a chunk VP8X.
func canvas(flags byte, w, h int) string {
	return string([]byte{flags, 0, 0, 0, byte(w - 1), byte((w - 1) >> 8), byte((w - 1) >> 16), byte(h - 1), byte((h - 1) >> 8),
		byte((h - 1) >> 16)})
}

// frameVP8 is how a lossy frame begins.
func frameVP8(w, h int) string {
	return string([]byte{0x30, 1, 0, 0x9d, 1, 0x2a, byte(w), byte(w >> 8), byte(h), byte(h >> 8)})
}

// Two WebP of one pixel.
var (
	lossyWebP, _    = base64.StdEncoding.DecodeString("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")
	losslessWebP, _ = base64.StdEncoding.DecodeString("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
)
