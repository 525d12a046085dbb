package recovery

import (
	"context"
	"fmt"
	"time"

	"zhaohui/internal/problem"
)

// Follower is a method whose message carries a link.
type Follower interface {
	// Follow says what pressing the link's button proves in the browser that began.
	Follow(t *Turn, l Link) Outcome
	// Reveal makes a code that is shown in another browser, to be typed where the case began. It runs inside a transaction.
	Reveal(t *Turn, l Link) (code string, err error)
	// Revealed is the code that Reveal made for a press, for the same press sent once more; empty for any other.
	Revealed(t *Turn, l Link, press []byte) string
}

// ErrLinkOver says that a link belongs to an older mail.
var ErrLinkOver = fmt.Errorf("link of an older mail: %w", problem.Expired)

// MailSight is what the page of a mailed link says before its button is pressed.
type MailSight struct {
	Stop    *StopSight // it is a "this was not me" link; the rest is empty
	Case    string
	Channel string
	Lang    string
	Here    bool // opened in the browser that began
	Used    bool
	Over    bool // the case does not wait for it any more
	Started time.Time
	Client  string
	Until   time.Time
}

// Mail looks at a link out of a message; it changes nothing, however often (requirement W2). token is the browser's own
// for the case it holds, "" if it holds none.
func (s *Service) Mail(ctx context.Context, secret string, key Key) (MailSight, error) {
	if l, err := s.store.Link(ctx, hashToken(secret)); err == nil && l.Kind == LinkStop {
		stop, err := s.StopLink(ctx, secret)
		return MailSight{Stop: &stop, Lang: stop.Lang}, err
	}
	l, t, err := s.link(ctx, secret, LinkMail)
	if err != nil {
		return MailSight{}, err
	}
	return t.mailSight(l, key), nil
}

func (t *Turn) mailSight(l Link, key Key) MailSight {
	f := t.Case.Facts
	m := MailSight{Case: l.Case, Channel: f.Channel, Lang: f.Lang, Used: !l.Used.IsZero(), Started: t.Case.Started, Client: f.Environment.Client,
		Until: l.Expires}
	_, guest := t.linked(l)
	m.Here = !guest && key.Case == l.Case && t.Case.role(key.Token, t.Now) == Owner && !t.Case.late(key.Token, t.Now)
	m.Over = t.state() != Open || t.doing == nil
	return m
}

// linked finds the turn of the case that a mailed link belongs to and takes t there: the method in progress, or that of a
// guest. t.doing is nil if it belongs to none any more.
func (t *Turn) linked(l Link) (m Method, guest bool) {
	turns := []*Doing{t.Case.Facts.Doing, nil}
	if r := t.Case.Facts.Return; r != nil {
		turns[1] = r.Doing
	}
	for i, doing := range turns {
		if t.doing = doing; doing == nil {
			continue
		}
		m := t.s.method(doing.Method)
		if follower, ok := m.(Follower); ok && follower.Follow(t, l).Proved {
			return m, i == 1
		}
	}
	t.doing = nil
	return nil, false
}

// Followed is what became of the link's button.
type Followed struct {
	Sight MailSight
	Token string // the browser's new token, where the mailbox was proved
	Code  string // to type where the case began, where it was another browser; nothing moved there
}

// Follow presses the button of a mailed link. In the browser that began it proves the mailbox; in any other it gives a code
// to type there and never moves the case by itself. A second press of one page is answered like the first (decision 0017).
func (s *Service) Follow(ctx context.Context, secret string, key Key, client Client) (Followed, error) {
	l, t, err := s.link(ctx, secret, LinkMail)
	if err != nil {
		return Followed{}, err
	}
	out, press := Followed{Sight: t.mailSight(l, key)}, pressKey(client, "follow", l.Hash)
	if out.Sight.Over || out.Sight.Used && !out.Sight.Here {
		t.followed(l, key, press, &out)
		return out, nil
	}
	err = s.do(ctx, func(tx Tx) error {
		out.Token, out.Code = "", ""
		first, err := tx.UseLink(l.Hash, t.Now)
		if err != nil || !first {
			out.Sight.Used = true
			return err
		}
		c, err := tx.Case(l.Case)
		if err != nil {
			return err
		}
		in := t.within(tx, c)
		in.by = s.pressed(press)
		standing := in.place().Step
		out.Sight.Here = in.mailSight(l, key).Here // its token may have been replaced meanwhile
		m, _ := in.linked(l)
		if m == nil {
			out.Sight.Over = true
			return nil
		}
		if !out.Sight.Here {
			if out.Code, err = m.(Follower).Reveal(in, l); err != nil {
				return err
			}
			if err := in.tx.Record(Event{At: t.Now, Kind: "link-elsewhere", Case: c.ID, Actor: "owner"}); err != nil {
				return err
			}
			return tx.Save(c)
		}
		c.act(t.Now, standing)
		if out.Token, err = in.prove(m, m.(Follower).Follow(in, l).Rests, Owner); err != nil {
			return err
		}
		return tx.Save(c)
	})
	if err != nil {
		return out, fmt.Errorf("follow a link: %w", err)
	}
	switch {
	case out.Code != "" || out.Token != "":
		return out, nil
	case !out.Sight.Used && !out.Sight.Over:
		return out, fmt.Errorf("follow a link: %w", problem.Conflict)
	}
	if l, t, err = s.link(ctx, secret, LinkMail); err != nil { // its own twin was first
		return out, err
	}
	t.followed(l, key, press, &out)
	return out, nil
}

// followed gives a press what the same press was given before.
func (t *Turn) followed(l Link, key Key, press []byte, out *Followed) {
	if key.Case == l.Case {
		if out.Token = t.s.regained(t.Case, key, t.Now, press); out.Token != "" {
			return
		}
	}
	if m, _ := t.linked(l); m != nil {
		out.Code = m.(Follower).Revealed(t, l, press)
	}
}
