package audit

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"time"
)

// Kept is an entry as it was found, with its personal data unless that was erased.
type Kept struct {
	Entry
	Person *Person
}

// Broken is the first place where the trail is not what was written.
type Broken struct {
	Seq  int64 // of the entry; that of the head or anchor if it is they
	What string
}

func (b Broken) Error() string { return fmt.Sprintf("entry %d: %s", b.Seq, b.What) }

// Report is what a sound trail looks like.
type Report struct {
	Entries     int
	First, Last time.Time
	Erased      int // entries whose personal data was erased
	Head        Head
	Logged      int // heads from the log that were found in the chain
	Older       int // heads from the log that are older than the first entry that is kept
}

// Verify goes through all entries in their order and says whether they are what was written; if not, the error is a
// Broken. Entries and head have to be read at one moment. logged are heads that were kept elsewhere.
func (c *Chain) Verify(entries iter.Seq2[Kept, error], head Head, logged []Mark) (Report, error) {
	v := verification{chain: c, head: head, last: head.Anchor.Mark, logged: map[int64][]Mark{}}
	v.report.Head = head
	for _, mark := range logged {
		v.logged[mark.Seq] = append(v.logged[mark.Seq], mark)
	}
	if err := v.begin(); err != nil {
		return v.report, err
	}
	for kept, err := range entries {
		if err != nil {
			return v.report, err
		}
		if err := v.entry(kept); err != nil {
			return v.report, err
		}
	}
	return v.report, v.end(logged)
}

// verification is where Verify stands.
type verification struct {
	chain   *Chain
	head    Head
	last    Mark
	logged  map[int64][]Mark
	report  Report
	erased  time.Time // personal data of entries before it was erased, says the trail
	missing Kept      // the newest entry without its personal data
}

// begin checks head and anchor, which are signed on their own.
func (v *verification) begin() error {
	if err := v.chain.CheckHead(v.head); err != nil {
		return err
	}
	anchor := v.head.Anchor.Mark
	for _, mark := range v.logged[anchor.Seq] {
		if anchor.Seq > 0 && !mark.is(anchor) {
			return Broken{anchor.Seq, "the anchor is not what the log says"}
		}
	}
	return nil
}

func (v *verification) entry(e Kept) error {
	if err := v.chain.Check(v.last, e.Entry); err != nil {
		return err
	}
	if e.Seq > v.head.Seq {
		return Broken{e.Seq, "comes after the end of the trail"}
	}
	if err := v.person(e); err != nil {
		return err
	}
	mark := Mark{e.Seq, e.MAC}
	for _, logged := range v.logged[e.Seq] {
		if !logged.is(mark) {
			return Broken{e.Seq, "is not what the log says: the trail was written again with its key"}
		}
	}
	if e.Kind == KindErased {
		if before, err := time.Parse(time.RFC3339Nano, e.Data["before"]); err == nil && before.After(v.erased) {
			v.erased = before
		}
	}
	if v.report.Entries == 0 || e.At.Before(v.report.First) { // by their time: what is written later may be of before
		v.report.First = e.At
	}
	if e.At.After(v.report.Last) {
		v.report.Last = e.At
	}
	v.report.Entries++
	v.last = mark
	return nil
}

// person checks personal data that is there, and remembers where it is not.
func (v *verification) person(e Kept) error {
	switch {
	case e.Person == nil && e.PersonDigest == "":
	case e.Person == nil:
		v.report.Erased++
		if v.missing.Seq == 0 || e.At.After(v.missing.At) {
			v.missing = e
		}
	case e.PersonDigest == "" || !v.chain.isDigest(e.PersonDigest, *e.Person):
		return Broken{e.Seq, "its personal data was changed"}
	}
	return nil
}

func (v *verification) end(logged []Mark) error {
	if v.last.Seq != v.head.Seq {
		return Broken{v.last.Seq + 1, fmt.Sprintf("is missing: the trail ends at %d", v.head.Seq)}
	}
	if !bytes.Equal(v.last.MAC, v.head.MAC) {
		return Broken{v.last.Seq, "is not the one that the head names"}
	}
	if v.missing.Seq > 0 && !v.missing.At.Before(v.erased) {
		return Broken{v.missing.Seq, "its personal data is gone, but the trail does not say that it was erased"}
	}
	for _, mark := range logged {
		switch {
		case mark.Seq > v.head.Seq:
			return Broken{v.head.Seq + 1, fmt.Sprintf("is missing: the log knows entry %d", mark.Seq)}
		case mark.Seq < v.head.Anchor.Seq:
			v.report.Older++
		default:
			v.report.Logged++
		}
	}
	return nil
}

// IsBroken says whether an error of Verify is about the trail, and not about reading it.
func IsBroken(err error) bool {
	_, broken := errors.AsType[Broken](err)
	return broken
}
