// Package audit decides what makes the audit trail trustworthy (requirement P4): entries in one chain, each bound to the
// one before it by a keyed hash, so that `zhaohui audit verify` finds any change, cut, gap or rewrite. It does not know
// what is worth recording, where entries are kept or how their personal data is sealed.
//
// What holds, and what does not:
//   - Without the key nobody can change, insert, reorder or rewrite entries: every MAC covers the whole entry and the MAC
//     before it.
//   - The newest entries cannot be cut off: the head row says where the chain ends and is signed too. Somebody who kept an
//     older copy of the head row could put it back; that is found by the heads which were written to the log.
//   - Whoever has the key can write another chain. Only the logged heads, kept elsewhere, find that.
//   - Personal data is not in the chain. An entry holds a keyed digest of it with a random salt that is kept, sealed, with
//     the data. When both are erased the chain stays whole, and not even the holder of the key can confirm a guess.
//
// A MAC names its key, so the chain goes on over a change of keys. An old key has to stay in the keyset as long as
// entries name it: the chain is never signed again.
package audit

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"
	"time"
)

// Keep is how long entries are kept at least (requirement P3).
const Keep = 180 * 24 * time.Hour

// Key is a keyed hash. A sum names its key; Equal knows the newest key and older ones. vault.Hash is one.
type Key interface {
	Sum(data []byte) []byte
	Equal(sum, data []byte) bool
}

// Entry is one line of the trail.
type Entry struct {
	Seq          int64 // 1, 2, 3 … without gaps
	At           time.Time
	Kind         string
	Case         string
	Actor        string
	Data         map[string]string // ids, codes, versions; never personal
	PersonDigest string            // of the personal data, "" if there is none
	Prev, MAC    []byte            // of the entry before, and of this one
}

// Person is the personal data of an entry, kept apart and sealed.
type Person struct {
	Salt   []byte            `json:"salt"`
	Values map[string]string `json:"values"`
}

// Mark is a place in the chain.
type Mark struct {
	Seq int64
	MAC []byte
}

// String is how a mark is written to the log; ParseHeads reads it.
func (m Mark) String() string { return fmt.Sprintf("seq=%d mac=%s", m.Seq, m.Text()) }

// Text is the MAC in letters.
func (m Mark) Text() string { return base64.RawURLEncoding.EncodeToString(m.MAC) }

func (m Mark) is(other Mark) bool { return m.Seq == other.Seq && bytes.Equal(m.MAC, other.MAC) }

// Head is where the chain ends, and where it begins since older entries were given up.
type Head struct {
	Mark
	Sum    []byte // signs the mark; empty before the first entry
	Anchor Anchor
}

// Anchor stands for all entries that were given up when their time was over: the newest of them.
type Anchor struct {
	Mark           // zero if none was given up
	At   time.Time // of that entry
	Sum  []byte    // signs both
}

// Kinds that the trail writes about itself.
const (
	KindErased = "audit-persons-erased"  // data: before
	KindPruned = "audit-entries-removed" // data: through, before
)

// Chain links and signs.
type Chain struct{ key Key }

// NewChain makes a chain of a key that serves no other purpose.
func NewChain(key Key) *Chain { return &Chain{key} }

// Link makes an entry the next one after a mark. It makes its texts fit for every database and its time fit for a
// column of milliseconds first, so that what is signed is what will be read.
func (c *Chain) Link(after Mark, e Entry) Entry {
	e.Seq, e.Prev = after.Seq+1, bytes.Clone(after.MAC)
	e.At = time.UnixMilli(e.At.UnixMilli()).UTC()
	e.Kind, e.Case, e.Actor, e.Data = clean(e.Kind), clean(e.Case), clean(e.Actor), cleanMap(e.Data)
	e.MAC = c.key.Sum(e.encode())
	return e
}

// Check says whether an entry is the one that was written after a mark; if not, the error is a Broken.
func (c *Chain) Check(after Mark, e Entry) error {
	switch {
	case e.Seq <= after.Seq:
		return Broken{e.Seq, "was given up long ago, or is there twice"}
	case e.Seq != after.Seq+1:
		return Broken{after.Seq + 1, "is missing"}
	case !c.key.Equal(e.MAC, e.encode()):
		return Broken{e.Seq, "was changed, or the key that signed it is not in the keyset"}
	case !bytes.Equal(e.Prev, after.MAC):
		return Broken{e.Seq, "does not follow from the one before"}
	}
	return nil
}

// SignHead signs the end of the chain.
func (c *Chain) SignHead(m Mark) []byte { return c.key.Sum(encodeMark("head", m, time.Time{})) }

// CheckHead says whether head and anchor are what was signed; if not, the error is a Broken. It has to be asked before
// the chain goes on: the next entry would sign a wrong head anew, and nobody could find it any more.
func (c *Chain) CheckHead(h Head) error {
	empty := h.Seq == 0 && len(h.MAC) == 0 && len(h.Sum) == 0
	if !empty && !c.key.Equal(h.Sum, encodeMark("head", h.Mark, time.Time{})) {
		return Broken{h.Seq, "the head was changed, or the key that signed it is not in the keyset"}
	}
	a := h.Anchor
	empty = a.Seq == 0 && len(a.MAC) == 0 && len(a.Sum) == 0
	if !empty && !c.key.Equal(a.Sum, encodeMark("anchor", a.Mark, a.At)) {
		return Broken{a.Seq, "the anchor of the entries that were given up was changed, or the key that signed it is not in the keyset"}
	}
	return nil
}

// NewAnchor signs the newest entry of those that are given up.
func (c *Chain) NewAnchor(e Entry) Anchor {
	a := Anchor{Mark: Mark{e.Seq, e.MAC}, At: e.At}
	a.Sum = c.key.Sum(encodeMark("anchor", a.Mark, a.At))
	return a
}

// NewPerson makes personal data ready to be kept, with a salt that nobody can guess.
func NewPerson(values map[string]string) Person {
	p := Person{Salt: make([]byte, 32), Values: cleanMap(values)}
	rand.Read(p.Salt)
	return p
}

// Digest stands for personal data in the chain.
func (c *Chain) Digest(p Person) string {
	return base64.RawURLEncoding.EncodeToString(c.key.Sum(p.encode()))
}

func (c *Chain) isDigest(digest string, p Person) bool {
	sum, err := base64.RawURLEncoding.Strict().DecodeString(digest)
	return err == nil && c.key.Equal(sum, p.encode())
}

// clean leaves out what a database would refuse or change: broken UTF-8 and zero bytes.
func clean(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}

func cleanMap(values map[string]string) map[string]string {
	cleaned := make(map[string]string, len(values))
	for key, value := range values {
		cleaned[clean(key)] = clean(value)
	}
	return cleaned
}
