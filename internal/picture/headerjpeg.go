package picture

import (
	"bytes"
	"encoding/binary"
	"image/jpeg"
)

// Markers of a JPEG.
const (
	markBaseline    = 0xc0
	markExtended    = 0xc1
	markProgressive = 0xc2
	markFirstReset  = 0xd0
	markLastReset   = 0xd7
	markEnd         = 0xd9
	markScan        = 0xda
	markExif        = 0xe1
)

// readJPEG walks over the segments. The decoder's own reader of headers has to see the same size: otherwise a file could show
// one size here and have another there.
func readJPEG(b []byte) (h header, code string) {
	h = header{format: formatJPEG, turn: 1}
	for at := 2; ; {
		kind, data, next := segment(b, at)
		if kind == markEnd {
			break
		}
		switch kind {
		case markBaseline, markExtended, markProgressive:
			if h.width == 0 && !h.frame(kind, data) {
				return h, Broken
			}
		case markScan:
			h.scans++
		case markExif:
			if tiff, ok := bytes.CutPrefix(data, []byte("Exif\x00\x00")); ok && h.turn == 1 {
				h.turn = exifTurn(tiff)
			}
		}
		at = next
	}
	if h.check() == Pixels {
		return h, Pixels
	}
	config, err := jpeg.DecodeConfig(bytes.NewReader(b))
	if err != nil || config.Width != h.width || config.Height != h.height {
		return h, Broken
	}
	return h, ""
}

// segment is the next one at or after a place, over whatever stands between two: the pixels, and what decoders forgive. What
// has no more segments, or is cut, ends.
func segment(b []byte, at int) (kind byte, data []byte, next int) {
	for at+1 < len(b) {
		step := bytes.IndexByte(b[at:len(b)-1], 0xff)
		if step < 0 {
			break
		}
		at += step + 1
		kind = b[at]
		if kind == 0 || kind == 0xff || markFirstReset <= kind && kind <= markLastReset {
			continue
		}
		if kind == markEnd || at+3 > len(b) {
			break
		}
		end := at + 1 + int(binary.BigEndian.Uint16(b[at+1:]))
		if end < at+3 || end > len(b) {
			break
		}
		return kind, b[at+3 : end], end
	}
	return markEnd, nil, len(b)
}

// frame reads the size, and how much memory the decoder takes: a byte for every sample, and four more while the parts of a
// progressive one come together.
func (h *header) frame(kind byte, data []byte) bool {
	if len(data) < 6 {
		return false
	}
	h.height, h.width = int(binary.BigEndian.Uint16(data[1:])), int(binary.BigEndian.Uint16(data[3:]))
	parts := int(data[5])
	if len(data) < 6+3*parts || parts < 1 || parts > 4 {
		return false
	}
	sum, most := 0, [2]int{1, 1} // samples of one block of all, and how many of it stand beside and below each other
	for i := range parts {
		across, down := int(data[7+3*i]>>4), int(data[7+3*i]&15)
		if across < 1 || down < 1 || across > 4 || down > 4 {
			return false
		}
		sum += across * down
		most = [2]int{max(most[0], across), max(most[1], down)}
	}
	area := int64(h.width+32) * int64(h.height+32)
	h.memory = area * int64(parts)
	if kind == markProgressive {
		h.memory += 4 * area * int64(sum) / int64(most[0]*most[1])
	}
	if parts == 4 {
		h.memory += 4 * area
	}
	return true
}
