package content

import (
	"io/fs"
	"path"

	"zhaohui/internal/support"
)

// ticketFiles are the kinds of ticket that a live platform may have, each a file beside its policy.
var ticketFiles = []string{"appeal.yaml"}

type ticketFile struct {
	ID        string
	Asks      []askFile
	Promise   promiseFile
	Checks    []checkFile
	Refusal   struct{ Reasons, Remedies, Papers []string }
	Compares  []string
	Views     []string
	Approvals struct {
		Usual, Above int
		FromYuan     int64 `yaml:"from-yuan"`
		Flags        []string
	}
	Gives    string
	Compared string
	Hold     span
	More     struct {
		Times int
		Wait  span
	}
	Statuses            int
	PerNetwork          int `yaml:"per-network"`
	Draft, Reopen, Keep span
}

type askFile struct {
	ID                 string
	Weight, Many, Full int
	Parts              []partFile
}

type partFile struct {
	ID       string
	Kind     support.PartKind
	Max      int
	Optional bool
}

type promiseFile struct {
	Counts support.Counting
	Steps  []promiseStep
}

type promiseStep struct {
	From   int
	Within span
}

type checkFile struct {
	ID   string
	Must bool
}

// ReadTickets reads the kinds of ticket of a live platform, as Load does, and refuses what is weaker than the requirements
// allow.
func ReadTickets(files fs.FS, platform string) ([]*support.TicketKind, Problems) {
	l := &loader{files: files}
	kinds := l.tickets(platform)
	return kinds, l.problems
}

func (l *loader) tickets(platform string) []*support.TicketKind {
	var kinds []*support.TicketKind
	for _, base := range ticketFiles {
		name := path.Join("platforms", platform, base)
		if !l.exists(name) {
			continue
		}
		var file ticketFile
		node, ok := l.decode(name, &file)
		if !ok {
			continue
		}
		kind := file.kind()
		flaws := kind.Check()
		for _, flaw := range flaws {
			l.report(name, lineOf(node, flaw.Where...), "%s", flaw.Text)
		}
		if len(flaws) == 0 {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

func (f ticketFile) kind() *support.TicketKind {
	k := &support.TicketKind{ID: f.ID, Promise: support.Promise{Counts: f.Promise.Counts},
		Refusals: support.Refusals{Reasons: f.Refusal.Reasons, Remedies: f.Refusal.Remedies, Papers: f.Refusal.Papers},
		Compares: f.Compares, Views: f.Views, Approvals: support.Approvals{Usual: f.Approvals.Usual, Above: f.Approvals.Above,
			Yuan: f.Approvals.FromYuan, Flags: f.Approvals.Flags},
		Class: f.Gives, Compared: f.Compared, Hold: f.Hold.d(), More: support.More{Times: f.More.Times, Wait: f.More.Wait.d()},
		Statuses: f.Statuses, Begun: f.PerNetwork, Draft: f.Draft.d(), Reopen: f.Reopen.d(), Keep: f.Keep.d()}
	for _, a := range f.Asks {
		ask := support.Ask{ID: a.ID, Weight: a.Weight, Many: max(1, a.Many), Full: max(1, a.Full)}
		for _, p := range a.Parts {
			ask.Parts = append(ask.Parts, support.Part(p))
		}
		k.Asks = append(k.Asks, ask)
	}
	for _, s := range f.Promise.Steps {
		k.Promise.Steps = append(k.Promise.Steps, support.PromiseStep{From: s.From, Within: s.Within.d()})
	}
	for _, c := range f.Checks {
		k.Checks = append(k.Checks, support.Check(c))
	}
	return k
}
