package picture_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"strings"
	"testing"

	"zhaohui/internal/picture"
	"zhaohui/internal/problem"
)

func codeOf(err error) string {
	if wrong, ok := errors.AsType[problem.Invalid](err); ok {
		return wrong.Fields["picture"]
	}
	return ""
}

// clean is a picture that is accepted, decoded again.
func clean(t *testing.T, raw []byte) (image.Image, []byte) {
	t.Helper()
	kept, w, h, err := picture.NewCleaner(1, 1).Clean(t.Context(), raw)
	if err != nil {
		t.Fatal(err)
	}
	m, err := jpeg.Decode(bytes.NewReader(kept))
	if err != nil || m.Bounds() != image.Rect(0, 0, w, h) {
		t.Fatal(err, m.Bounds(), w, h)
	}
	return m, kept
}

func TestW7_whatSaysTooMuchIsRefusedBeforeAnythingIsDecoded(t *testing.T) {
	for name, c := range map[string]struct {
		file []byte
		code string
	}{
		"60,000 × 60,000":              {pngHeader(60_000, 60_000, 8, 6, 0), picture.Pixels},
		"a side of 2³²-1":              {pngHeader(1<<32-1, 1, 8, 0, 0), picture.Pixels},
		"a side too long":              {pngHeader(8001, 10, 8, 2, 0), picture.Pixels},
		"too many pixels":              {pngHeader(5001, 5000, 8, 2, 0), picture.Pixels},
		"no width":                     {pngHeader(0, 10, 8, 2, 0), picture.Broken},
		"deep and interlaced":          {pngHeader(5000, 5000, 16, 6, 1), picture.Pixels},
		"JPEG of 60,000 × 60,000":      {plainJPEG(0xc0, 60_000, 60_000, 1, 0), picture.Pixels},
		"JPEG without a size":          {[]byte("\xff\xd8\xff\xd9"), picture.Broken},
		"progressive, four full parts": {plainJPEG(0xc2, 5000, 5000, 4, 0), picture.Pixels},
		"a thousand scans":             {plainJPEG(0xc2, 64, 64, 1, 1000), picture.Broken},
		"two sizes":                    {webP("VP8X", canvas(0, 10, 10), "VP8 ", frameVP8(8000, 3000)), picture.Broken},
		"WebP too large":               {webP("VP8 ", frameVP8(16000, 16000)), picture.Pixels},
		"WebP that only has a canvas":  {webP("VP8X", canvas(0, 10, 10)), picture.Broken},
		"WebP that moves":              {webP("VP8X", canvas(2, 10, 10), "ANIM", "      ", "ANMF", ""), picture.Animated},
		"PNG that moves":               {append(pngHeader(10, 10, 8, 2, 0), chunk("acTL", make([]byte, 8))...), picture.Animated},
		"more than 8 MB":               {append([]byte("\xff\xd8\xff"), make([]byte, picture.MaxBytes)...), picture.Large},
		"nothing":                      {nil, picture.Empty},
		"a page":                       {[]byte("<!doctype html><script>alert(1)</script>"), picture.Format},
		"SVG":                          {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), picture.Format},
		"GIF":                          {[]byte("GIF89a\x01\x00\x01\x00"), picture.Format},
		"PDF":                          {[]byte("%PDF-1.7\n"), picture.Format},
		"HEIC":                         {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), picture.HEIC},
		"HEIF":                         {[]byte("\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00"), picture.HEIC},
		"another file in boxes":        {[]byte("\x00\x00\x00\x18ftypisom\x00\x00\x00\x00"), picture.Format},
	} {
		t.Run(name, func(t *testing.T) {
			c1 := picture.NewCleaner(1, 1)
			decoded := c1.CountDecoded()
			_, _, _, err := c1.Clean(t.Context(), c.file)
			if codeOf(err) != c.code {
				t.Errorf("%v, want %q", err, c.code)
			}
			if decoded.Load() != 0 {
				t.Error("it was decoded")
			}
		})
	}
}

func TestW7_whatIsAllowedIsNotRefused(t *testing.T) {
	for name, file := range map[string][]byte{
		"the most pixels":            pngHeader(5000, 5000, 8, 6, 0),
		"the longest side":           pngHeader(8000, 3125, 8, 2, 0),
		"the most pixels of a phone": plainJPEG(0xc0, 5000, 5000, 3, 1),
		"in one colour, progressive": plainJPEG(0xc2, 5000, 5000, 1, 1),
		"sixty-four scans":           plainJPEG(0xc2, 64, 64, 1, 64),
	} {
		if _, _, _, memory, code := picture.ReadHeader(file); code != "" || memory > picture.MaxMemory {
			t.Errorf("%s: %q, %d MB", name, code, memory>>20)
		}
	}
}

func TestW7_brokenFilesAreRefused(t *testing.T) {
	whole := asJPEG(t, quarters(64, 64))
	lying := pngHeader(10, 10, 8, 2, 0)
	for name, file := range map[string][]byte{
		"JPEG cut in half":         whole[:len(whole)/2],
		"JPEG cut at the end":      whole[:len(whole)-10],
		"PNG cut":                  asPNG(t, noise(64, 64))[:500],
		"PNG without pixels":       append(lying, chunk("IEND", nil)...),
		"PNG with a wrong sum":     append([]byte(nil), append(lying[:len(lying)-1], 0)...),
		"WebP cut":                 lossyWebP[:len(lossyWebP)-12],
		"a page that begins so":    []byte("\xff\xd8\xff<script>alert(1)</script>"),
		"JPEG of parts that clash": withPart(whole, 0xc0, []byte{8, 0, 8, 0, 8, 1, 1, 0x11, 0}),
	} {
		if _, _, _, err := picture.NewCleaner(1, 1).Clean(t.Context(), file); codeOf(err) != picture.Broken {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What is kept can be seen, and nothing else of the file is left.
func TestW7_nothingIsLeftButWhatCanBeSeen(t *testing.T) {
	const canary = "<script>canary-8213</script>"
	file := asJPEG(t, quarters(64, 48))
	file = withPart(file, 0xfe, []byte(canary))                            // a comment
	file = withPart(file, 0xe1, exif(1, binary.BigEndian, canary))         // the place
	file = withPart(file, 0xe1, []byte("http://ns.adobe.com/xap/"+canary)) // what editors write
	file = append(append(file, canary...), "PK\x03\x04"+canary...)         // and an archive behind it
	page := append(asPNG(t, quarters(64, 48)), canary...)
	text := asPNG(t, quarters(64, 48))
	text = bytes.Join([][]byte{text[:33], chunk("tEXt", []byte("Comment\x00"+canary)), text[33:]}, nil)
	for name, file := range map[string][]byte{"JPEG": file, "PNG": page, "PNG with text": text} {
		if !bytes.Contains(file, []byte(canary)) {
			t.Fatal("the file has no canary")
		}
		m, kept := clean(t, file)
		if bytes.Contains(kept, []byte("canary")) || bytes.Contains(kept, []byte("Exif")) || bytes.Contains(kept, []byte("PK")) {
			t.Errorf("%s: something else was kept", name)
		}
		for _, mark := range []byte{0xe0, 0xe1, 0xe2, 0xed, 0xee, 0xfe} {
			if bytes.Contains(kept[:200], []byte{0xff, mark}) {
				t.Errorf("%s: what was kept has a segment %x", name, mark)
			}
		}
		if got := corners(m); got != "red green blue black" {
			t.Errorf("%s shows %s", name, got)
		}
	}
}

func corners(m image.Image) string {
	b := m.Bounds()
	var names []string
	for _, at := range []image.Point{{b.Dx() / 4, b.Dy() / 4}, {3 * b.Dx() / 4, b.Dy() / 4}, {b.Dx() / 4, 3 * b.Dy() / 4},
		{3 * b.Dx() / 4, 3 * b.Dy() / 4}} {
		names = append(names, nearest(m.At(at.X, at.Y)))
	}
	return strings.Join(names, " ")
}

func nearest(c color.Color) string {
	r, g, b, _ := c.RGBA()
	switch high := func(v uint32) bool { return v > 0x9000 }; {
	case high(r) && high(g) && high(b):
		return "white"
	case high(r):
		return "red"
	case high(g):
		return "green"
	case high(b):
		return "blue"
	}
	return "black"
}

func TestW7_aPictureStandsAsItWasTaken(t *testing.T) {
	for turn, want := range []string{1: "red green blue black", 2: "green red black blue", 3: "black blue green red",
		4: "blue black red green", 5: "red blue green black", 6: "blue red black green", 7: "black green blue red",
		8: "green black red blue"} {
		if turn == 0 {
			continue
		}
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			m, _ := clean(t, withPart(asJPEG(t, quarters(96, 64)), 0xe1, exif(uint16(turn), order, "")))
			if got := corners(m); got != want {
				t.Errorf("turn %d: %s, want %s", turn, got, want)
			}
			if b := m.Bounds(); (turn >= 5) != (b.Dx() == 64 && b.Dy() == 96) {
				t.Errorf("turn %d: %v", turn, b)
			}
		}
	}
	file := asPNG(t, quarters(96, 64))
	file = bytes.Join([][]byte{file[:33], chunk("eXIf", exif(6, binary.BigEndian, "")[6:]), file[33:]}, nil)
	if m, _ := clean(t, file); corners(m) != "blue red black green" {
		t.Error("a PNG was not turned:", corners(m))
	}
}

func TestW7_kindsOfPicture(t *testing.T) {
	paletted := image.NewPaletted(image.Rect(0, 0, 20, 20), color.Palette{color.White, color.Black})
	clear := image.NewNRGBA(image.Rect(0, 0, 20, 20))
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"PNG in a palette":      {asPNG(t, paletted), "white"},
		"clear lets white show": {asPNG(t, clear), "white"},
		"grey":                  {asJPEG(t, image.NewGray(image.Rect(0, 0, 20, 20))), "black"},
		"PNG of sixteen bits":   {asPNG(t, image.NewGray16(image.Rect(0, 0, 20, 20))), "black"},
		"for printers (CMYK)":   {withPart(plainJPEG(0xc0, 16, 16, 4, 1), 0xee, []byte("Adobe\x00\x64\x00\x00\x00\x00\x00")), "black"},
		"progressive":           {plainJPEG(0xc2, 16, 16, 3, 1), "black"},
		"WebP":                  {lossyWebP, "black"},
		"WebP without loss":     {losslessWebP, "white"},
	} {
		t.Run(name, func(t *testing.T) {
			m, _ := clean(t, c.file)
			if got := nearest(m.At(m.Bounds().Dx()/2, m.Bounds().Dy()/2)); got != c.want {
				t.Errorf("shows %s", got)
			}
		})
	}
}

func TestW7_whatIsKeptIsSmall(t *testing.T) {
	for name, c := range map[string]struct {
		m    image.Image
		w, h int
	}{
		"wide": {quarters(4800, 100), 2400, 50}, "high": {quarters(101, 3601), 67, 2400}, "a line": {quarters(8000, 2), 2400, 1},
		"as it is": {quarters(2400, 30), 2400, 30}, "a little more": {quarters(2401, 61), 2400, 60},
	} {
		m, _ := clean(t, asPNG(t, c.m))
		if m.Bounds() != image.Rect(0, 0, c.w, c.h) {
			t.Errorf("%s: %v", name, m.Bounds())
		}
		if c.h > 10 && corners(m) != "red green blue black" {
			t.Errorf("%s shows %s", name, corners(m))
		}
	}
	raw := asJPEG(t, noise(2400, 1200))
	if _, kept := clean(t, raw); len(kept) > picture.KeptBytes {
		t.Errorf("the hardest picture has %d KB", len(kept)>>10)
	}
}

// A flat colour stays what it is, however unevenly the pixels fall together.
func TestW7_makingSmallerKeepsTheLight(t *testing.T) {
	for _, size := range []int{2401, 2999, 3100} {
		m := image.NewRGBA(image.Rect(0, 0, size, 7))
		for i := range m.Pix {
			m.Pix[i] = 200
			if i%4 == 3 {
				m.Pix[i] = 255
			}
		}
		got, _ := clean(t, asPNG(t, m))
		for y := range got.Bounds().Dy() {
			for x := range got.Bounds().Dx() {
				if r, _, _, _ := got.At(x, y).RGBA(); r>>8 < 198 || r>>8 > 202 {
					t.Fatalf("%d wide: %d at %d, %d", size, r>>8, x, y)
				}
			}
		}
	}
}

// What is said of a refused file never repeats anything of it.
func TestW7_errorsRepeatNothing(t *testing.T) {
	for _, file := range []string{"canary-8213", "\xff\xd8\xffcanary-8213", "\x89PNG\r\n\x1a\ncanary-8213canary-8213canary-8213canary",
		"RIFF\x00\x00\x00\x00WEBPcanary-8213", "\x00\x00\x00\x18ftypcanary-8213"} {
		_, _, _, err := picture.NewCleaner(1, 1).Clean(t.Context(), []byte(file))
		if err == nil || strings.Contains(fmt.Sprintf("%v %+v", err, err), "canary") {
			t.Error(err)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, file := range [][]byte{nil, asJPEG(f, quarters(16, 16)), asPNG(f, quarters(16, 16)), lossyWebP, losslessWebP,
		withPart(asJPEG(f, quarters(8, 8)), 0xe1, exif(6, binary.LittleEndian, "x")), plainJPEG(0xc2, 16, 16, 3, 2),
		pngHeader(60_000, 60_000, 8, 6, 0), webP("VP8X", canvas(0, 10, 10), "VP8 ", frameVP8(10, 10)),
		plainJPEG(0xc0, 16, 16, 4, 1), []byte("\x00\x00\x00\x18ftypheic")} {
		f.Add(file)
	}
	c := picture.NewCleaner(0, 64)
	f.Fuzz(func(t *testing.T, file []byte) {
		w, h, turn, memory, code := picture.ReadHeader(file)
		if turn < 0 || turn > 8 || code == "" && (w*h > picture.MaxPixels || memory > picture.MaxMemory || w < 1 || h < 1) {
			t.Fatal(w, h, turn, memory, code)
		}
		if w*h > 1<<20 {
			return // too slow to be decoded here
		}
		kept, wide, high, err := c.Clean(t.Context(), file)
		switch {
		case err == nil && (max(wide, high) > picture.LongSide || len(kept) > picture.KeptBytes || !bytes.HasPrefix(kept, []byte("\xff\xd8\xff"))):
			t.Fatal(wide, high, len(kept))
		case err != nil && codeOf(err) == "":
			t.Fatal(err)
		}
	})
}

func BenchmarkW7_header(b *testing.B) {
	file, c := pngHeader(60_000, 60_000, 8, 6, 0), picture.NewCleaner(1, 1)
	for b.Loop() {
		if _, _, _, err := c.Clean(b.Context(), file); codeOf(err) != picture.Pixels {
			b.Fatal(err)
		}
	}
}

func BenchmarkW7_photo(b *testing.B) {
	file, c := asJPEG(b, quarters(4032, 3024)), picture.NewCleaner(1, 1)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, _, err := c.Clean(b.Context(), file); err != nil {
			b.Fatal(err)
		}
	}
}
