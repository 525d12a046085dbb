package picture

import (
	"bytes"
	"encoding/binary"
)

type format int

const (
	formatNone format = iota
	formatJPEG
	formatPNG
	formatWebP
)

// header is what a file says of itself before anything is decoded.
type header struct {
	format        format
	width, height int
	turn          int   // how it has to be turned: 1 to 8, as EXIF counts
	memory        int64 // what decoding takes, in bytes
	scans         int   // of a JPEG
	animated      bool
}

// readHeader reads the first bytes, and where sizes stand; code says what is wrong.
func readHeader(b []byte) (h header, code string) {
	switch {
	case len(b) == 0:
		return h, Empty
	case len(b) > MaxBytes:
		return h, Large
	case bytes.HasPrefix(b, []byte("\xff\xd8\xff")):
		return readJPEG(b)
	case bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")):
		return readPNG(b)
	case len(b) >= 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP":
		return readWebP(b)
	case heic(b):
		return h, HEIC
	}
	return h, Format
}

// heic says whether a file is of the family that phones by some makers take pictures in.
func heic(b []byte) bool {
	if len(b) < 12 || string(b[4:8]) != "ftyp" {
		return false
	}
	switch string(b[8:12]) {
	case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1":
		return true
	}
	return false
}

// check holds what a header says against the limits.
func (h header) check() string {
	switch {
	case h.width <= 0 || h.height <= 0:
		return Broken
	case h.width > maxSide || h.height > maxSide || h.width*h.height > maxPixels || h.memory > maxMemory:
		return Pixels
	case h.animated:
		return Animated
	case h.scans > maxScans:
		return Broken
	}
	return ""
}

// readPNG reads the first chunk, and those before the pixels.
func readPNG(b []byte) (h header, code string) {
	if len(b) < 33 || string(b[12:16]) != "IHDR" || binary.BigEndian.Uint32(b[8:]) != 13 {
		return h, Broken
	}
	wide, high, depth, interlaced := binary.BigEndian.Uint32(b[16:]), binary.BigEndian.Uint32(b[20:]), b[24], b[28] != 0
	if wide > maxSide || high > maxSide {
		return h, Pixels
	}
	h = header{format: formatPNG, width: int(wide), height: int(high), turn: 1}
	h.memory = int64(wide) * int64(high) * 4
	if depth == 16 {
		h.memory *= 2
	}
	if interlaced { // the last pass is half a picture beside the whole one
		h.memory += h.memory / 2
	}
	for rest := b[8:]; len(rest) >= 12; {
		size, kind := binary.BigEndian.Uint32(rest), string(rest[4:8])
		if kind == "IDAT" || uint64(size) > uint64(len(rest)-12) {
			break
		}
		switch kind {
		case "acTL":
			h.animated = true
		case "eXIf":
			h.turn = exifTurn(rest[8 : 8+size])
		}
		rest = rest[12+size:]
	}
	return h, ""
}

// readWebP reads all chunks: the frame in a chunk may be larger than the canvas that the first one names.
func readWebP(b []byte) (h header, code string) {
	h = header{format: formatWebP, turn: 1}
	frames := 0
	for rest := b[12:]; len(rest) >= 8; {
		kind, size := string(rest[:4]), binary.LittleEndian.Uint32(rest[4:])
		data := rest[8:]
		whole := uint64(size) <= uint64(len(data))
		if whole {
			data = data[:size]
		}
		wide, high := 0, 0
		switch {
		case kind == "VP8X" && len(data) >= 10:
			h.animated = data[0]&2 != 0
			wide, high = 1+int(little24(data[4:])), 1+int(little24(data[7:]))
		case kind == "VP8 " && len(data) >= 10:
			frames++
			wide, high = int(binary.LittleEndian.Uint16(data[6:])&0x3fff), int(binary.LittleEndian.Uint16(data[8:])&0x3fff)
		case kind == "VP8L" && len(data) >= 5:
			frames++
			bits := binary.LittleEndian.Uint32(data[1:])
			wide, high = 1+int(bits&0x3fff), 1+int(bits>>14&0x3fff)
		case kind == "ANIM" || kind == "ANMF":
			h.animated = true
		case kind == "EXIF":
			h.turn = exifTurn(bytes.TrimPrefix(data, []byte("Exif\x00\x00")))
		}
		if wide > 0 && high > 0 {
			if h.width > 0 && !h.animated && (wide != h.width || high != h.height) {
				return h, Broken
			}
			h.width, h.height = max(h.width, wide), max(h.height, high)
		}
		if !whole {
			break
		}
		rest = rest[min(len(rest), 8+int(size)+int(size&1)):]
	}
	h.memory = int64(h.width) * int64(h.height) * 8
	if frames == 0 && !h.animated {
		return h, Broken
	}
	return h, ""
}

func little24(b []byte) uint32 { return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 }
