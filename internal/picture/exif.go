package picture

import "encoding/binary"

// exifTurn reads how a picture has to be turned out of what a camera wrote; 1, as it is, for anything else.
func exifTurn(tiff []byte) int {
	const tagTurn, typeShort = 0x0112, 3
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder
	switch string(tiff[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 1
	}
	first := uint64(order.Uint32(tiff[4:]))
	if first+2 > uint64(len(tiff)) {
		return 1
	}
	fields := tiff[first+2:]
	for range order.Uint16(tiff[first:]) {
		if len(fields) < 12 {
			return 1
		}
		if order.Uint16(fields) == tagTurn && order.Uint16(fields[2:]) == typeShort {
			if turn := int(order.Uint16(fields[8:])); turn >= 1 && turn <= 8 {
				return turn
			}
			return 1
		}
		fields = fields[12:]
	}
	return 1
}
