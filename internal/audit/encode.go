package audit

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"time"
)

// What is signed is written so that no two different things give the same bytes: first what it is, then the fields in
// their order. A number takes 8 bytes, a text its length in 8 bytes and itself, a map the number of its pairs and then
// the pairs in the order of their keys. Numbers are big-endian, times are milliseconds since 1970.

type encoding []byte

func begin(what string) *encoding {
	e := &encoding{}
	e.text("zhaohui audit 1 " + what)
	return e
}

func (e *encoding) number(n int64) { *e = binary.BigEndian.AppendUint64(*e, uint64(n)) }

func (e *encoding) text(s string) {
	e.number(int64(len(s)))
	*e = append(*e, s...)
}

func (e *encoding) pairs(m map[string]string) {
	e.number(int64(len(m)))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		e.text(key)
		e.text(m[key])
	}
}

func (e Entry) encode() []byte {
	b := begin("entry")
	b.number(e.Seq)
	b.number(e.At.UnixMilli())
	for _, text := range []string{e.Kind, e.Case, e.Actor, e.PersonDigest, string(e.Prev)} {
		b.text(text)
	}
	b.pairs(e.Data)
	return *b
}

func (p Person) encode() []byte {
	b := begin("person")
	b.text(string(p.Salt))
	b.pairs(p.Values)
	return *b
}

func encodeMark(what string, m Mark, at time.Time) []byte {
	b := begin(what)
	b.number(m.Seq)
	b.text(string(m.MAC))
	b.number(at.UnixMilli())
	return *b
}

// EncodeData writes an entry's data for a column: JSON with its keys in order.
func EncodeData(data map[string]string) string {
	if len(data) == 0 {
		return "{}"
	}
	raw, err := json.Marshal(data)
	if err != nil {
		panic(err) // a map of texts can always be written
	}
	return string(raw)
}

// errData says that a column holds something that EncodeData never wrote, even if it means the same.
var errData = errors.New("data was changed")

// DecodeData reads what EncodeData wrote, and nothing else: one more space is a change that the chain could not find.
func DecodeData(column string) (map[string]string, error) {
	var data map[string]string
	decoder := json.NewDecoder(bytes.NewReader([]byte(column)))
	if err := decoder.Decode(&data); err != nil || EncodeData(data) != column {
		return nil, errData
	}
	return data, nil
}
