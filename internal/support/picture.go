package support

import (
	"context"
	"fmt"
	"slices"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/throttle"
)

// Picture is one picture that a customer gave to a question: cleaned before it is kept, and named by us (requirement W7).
type Picture struct {
	ID, Ticket, Ask     string
	Added               time.Time
	Size, Width, Height int
	Sealed              []byte
	JPEG                []byte // opened
}

func (p Picture) context() string { return "ticket_picture:sealed:" + p.Ticket + "/" + p.ID }

// PictureCleaner makes a picture that a stranger sent safe to keep; problem.Invalid with "picture" and what is wrong,
// problem.Unavailable if too many wait.
type PictureCleaner interface {
	Clean(ctx context.Context, raw []byte) (jpeg []byte, width, height int, err error)
}

// Consent is what a customer agreed to before they gave pictures (requirement P3).
type Consent struct {
	Ask  string    `json:"ask"`
	Text string    `json:"text"` // version of what they read
	Days int       `json:"days"` // how long it said that pictures are kept
	At   time.Time `json:"at"`
}

// Agreed says whether the customer agreed to a version of the text.
func (t *Ticket) Agreed(ask, text string) bool {
	return slices.ContainsFunc(t.Detail.Consents, func(c Consent) bool { return c.Ask == ask && c.Text == text })
}

// Pictures is the part of a question that takes pictures; ok is false for all others.
func (a Ask) Pictures() (part string, ok bool) {
	if len(a.Parts) == 1 && a.Parts[0].Kind == PartPictures {
		return a.Parts[0].ID, true
	}
	return "", false
}

// withPapers adds the questions that take pictures to what is asked once more, where papers are wanted: nobody can bring them
// otherwise.
func (k *TicketKind) withPapers(asks, papers []string) []string {
	if len(asks) == 0 || len(papers) == 0 {
		return asks // all may be answered, or no papers are wanted
	}
	asks = slices.Clone(asks)
	for _, a := range k.Asks {
		if _, ok := a.Pictures(); ok && !slices.Contains(asks, a.ID) {
			asks = append(asks, a.ID)
		}
	}
	return asks
}

// NewPicture is a picture as it came.
type NewPicture struct {
	Case, Ticket, Ask string
	Raw               []byte
	Text              string // version of the consent that the page shows
	Agrees            bool   // it was ticked with this picture
}

// mostPictures is how many pictures a question may take.
const mostPictures = 4

// Tries of a case to add pictures: each costs a second of work.
const (
	pictureTries  = 40
	picturesEvery = time.Hour
)

// AddPicture cleans a picture and keeps it with the answer to a question. problem.Invalid: "consent" "required" before the
// customer agreed to the text as it is now, "picture" "many" if there is no room for another, or what the cleaner says of it;
// problem.Conflict and problem.NotFound as Save; problem.Throttled after very many tries.
func (s *Tickets) AddPicture(ctx context.Context, n NewPicture) error {
	if s.deps.Pictures == nil {
		return fmt.Errorf("add picture: nobody cleans them: %w", problem.Unavailable)
	}
	_, err := s.own(ctx, "add picture", n.Case, n.Ticket, func(tx TicketTx, t *Ticket, k *TicketKind, now time.Time) error {
		album, err := s.albumIn(tx, t, k, n.Ask)
		if err == nil {
			err = t.agree(tx, k, n, now)
		}
		if err == nil {
			err = album.room()
		}
		if err != nil {
			return err
		}
		return tx.Take(now, throttle.Limit{Key: "ticket/pictures/" + t.ID, Max: pictureTries, Within: picturesEvery})
	})
	if err != nil {
		return err
	}
	p := Picture{ID: newID(), Ticket: n.Ticket, Ask: n.Ask}
	if p.JPEG, p.Width, p.Height, err = s.deps.Pictures.Clean(ctx, n.Raw); err != nil {
		return fmt.Errorf("add picture: %w", err)
	}
	p.Size, p.Sealed = len(p.JPEG), s.deps.Box.Seal(p.JPEG, p.context())
	_, err = s.own(ctx, "add picture", n.Case, n.Ticket, func(tx TicketTx, t *Ticket, k *TicketKind, now time.Time) error {
		album, err := s.albumIn(tx, t, k, n.Ask) // another tab may have been faster
		if err == nil {
			err = album.room()
		}
		if err != nil {
			return err
		}
		p.Added = now
		if err := tx.AddPicture(p); err != nil {
			return err
		}
		return s.keep(tx, t, k, album.ask, append(album.entries, Entry{album.part: p.ID}), now)
	})
	return err
}

// agree notes the consent that came with a picture, once for each version of the text.
func (t *Ticket) agree(tx TicketTx, k *TicketKind, n NewPicture, now time.Time) error {
	switch {
	case n.Text == "":
		return fmt.Errorf("no text to agree to: %w", problem.Denied)
	case t.Agreed(n.Ask, n.Text):
		return nil
	case !n.Agrees:
		return invalid("consent", "required")
	}
	days := k.KeptDays()
	t.Detail.Consents = append(t.Detail.Consents, Consent{Ask: n.Ask, Text: n.Text, Days: days, At: now})
	return tx.Record(noted(t, now, "consent-given", Customer, "ask", n.Ask, "text", n.Text, "days", fmt.Sprint(days)))
}

// KeptDays is how long what customers gave is kept after the ticket is closed.
func (k *TicketKind) KeptDays() int { return int(k.Keep / (24 * time.Hour)) }

// album is what was given to a question that takes pictures.
type album struct {
	ask     Ask
	part    string
	entries []Entry // all, those of rounds before this one first
	sent    int     // so many of them were given in those
}

// album reads it out of all that was given; problem.NotFound for a question that takes none, problem.Conflict if it cannot be
// answered now.
func (s *Tickets) album(all []Evidence, t *Ticket, k *TicketKind, ask string) (*album, error) {
	a, _ := k.ask(ask)
	part, ok := a.Pictures()
	if !ok {
		return nil, problem.NotFound
	}
	if !t.MayAnswer(ask) {
		return nil, problem.Conflict
	}
	found := &album{ask: a, part: part}
	for _, e := range all { // by round
		if e.Ask != ask {
			continue
		}
		if err := e.open(s.deps.Box); err != nil {
			return nil, err
		}
		found.entries = e.Entries
		if e.Round < t.Round() {
			found.sent = len(e.Entries)
		}
	}
	return found, nil
}

func (s *Tickets) albumIn(tx TicketTx, t *Ticket, k *TicketKind, ask string) (*album, error) {
	all, err := tx.Evidence(t.ID)
	if err != nil {
		return nil, err
	}
	return s.album(all, t, k, ask)
}

// room is for so many pictures each time that the customer is asked.
func (a *album) room() error {
	if len(a.entries)-a.sent >= a.ask.many() {
		return invalid("picture", "many")
	}
	return nil
}

// find is the place of a picture that was not sent yet; problem.NotFound, and problem.Conflict for one that was.
func (a *album) find(id string) (int, error) {
	i := slices.IndexFunc(a.entries, func(e Entry) bool { return e[a.part] == id })
	switch {
	case i < 0:
		return 0, problem.NotFound
	case i < a.sent:
		return 0, problem.Conflict
	}
	return i, nil
}

// DropPicture takes a picture back. What was sent stays: people may have judged it. problem.NotFound, and problem.Conflict for
// one that was sent.
func (s *Tickets) DropPicture(ctx context.Context, caseID, id, ask, picture string) error {
	_, err := s.own(ctx, "drop picture", caseID, id, func(tx TicketTx, t *Ticket, k *TicketKind, now time.Time) error {
		a, err := s.albumIn(tx, t, k, ask)
		if err != nil {
			return err
		}
		at, err := a.find(picture)
		if err != nil {
			return err
		}
		if err := tx.RemovePicture(t.ID, picture); err != nil {
			return err
		}
		return s.keep(tx, t, k, a.ask, slices.Delete(a.entries, at, at+1), now)
	})
	return err
}
