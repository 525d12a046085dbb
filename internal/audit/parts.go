package audit

// Parts verifies a trail in parts, for one that is long: each is read at a moment of its own, while entries are added.
type Parts struct{ v verification }

// NewParts begins with a head; see Verify.
func (c *Chain) NewParts(head Head) (*Parts, error) {
	p := &Parts{verification{chain: c, head: head, last: head.Anchor.Mark, logged: map[int64][]Mark{}}}
	return p, p.v.begin()
}

// Last is the number of the last entry that was checked, or of the anchor.
func (p *Parts) Last() int64 { return p.v.last.Seq }

// Part goes on with the head as it is at the moment at which the next entries are read.
func (p *Parts) Part(head Head) error {
	p.v.head = head
	return p.v.chain.CheckHead(head)
}

// Add checks the next entry; the error is a Broken.
func (p *Parts) Add(e Kept) error { return p.v.entry(e) }

// End says whether the entries end where the head of the last part says.
func (p *Parts) End() error { return p.v.end(nil) }
