package content

import (
	"fmt"
	"io/fs"
	"maps"
	"math"
	"net/netip"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"zhaohui/internal/guide"
	"zhaohui/internal/recovery"
)

// Rules are the policy of a live platform, and what was proved of it.
type Rules struct {
	Policy *recovery.Policy
	Report recovery.Report
}

type policyFile struct {
	Off         []string
	Methods     map[string]methodFile
	InARow      int `yaml:"in-a-row"`
	Planned     map[string]recovery.Class
	Enough      struct{ Usual, Unusual []ruleFile }
	Only        []onlyFile
	Recent      struct{ Within, Hold span }
	Appeal      struct{ Hold span }
	OddNetworks []string `yaml:"odd-networks"`
	Codes       struct {
		SMS, Mail span
		Tries     int
	}
	Sends struct {
		Between        span
		PerDestination int            `yaml:"per-destination"`
		PerAccount     int            `yaml:"per-account"`
		PerNetwork     int            `yaml:"per-network"`
		PerMethod      map[string]int `yaml:"per-method"`
		Total          map[string]int
	}
	Cards map[string]cardFile
	Case  struct {
		Idle, Total, Warn, Fresh, Another, Collect, Keep span
		More                                             int
		PerNetwork                                       int `yaml:"per-network"`
	}
	Aftercare struct {
		Observe, Veto, Removed, Notice span
		Single                         yuan `yaml:"single-yuan"`
		Daily                          yuan `yaml:"daily-yuan"`
		Limited                        yuan `yaml:"limited-yuan"`
		Frozen                         yuan `yaml:"frozen-yuan"`
	}
	Passwords struct{ Digits, Last int }
}

type methodFile struct {
	Class recovery.Class
	Later bool
	Tries []tries
	Paced struct {
		Wait  span
		Tries []tries
	}
	Compared recovery.Class
	Hold     span
}

type ruleFile struct {
	Classes int
	With    []recovery.Class
	Hold    span
}

type onlyFile struct {
	Classes       []recovery.Class
	Hold, Limited span
}

type cardFile struct {
	Tries     []tries
	Wait      []span
	DebitOnly bool `yaml:"debit-only"`
	QuickPay  bool `yaml:"quick-pay"`
}

// ReadPolicy reads a live platform's policy.yaml, as Load does, and refuses what is above the ceilings.
func ReadPolicy(files fs.FS, platform string) (*recovery.Policy, Problems) {
	l := &loader{files: files}
	policy, _ := l.policy(platform)
	return policy, l.problems
}

// policy reads policy.yaml of a platform; nil if it may not be used.
func (l *loader) policy(platform string) (*recovery.Policy, *yaml.Node) {
	name := path.Join("platforms", platform, "policy.yaml")
	var file policyFile
	node, ok := l.decode(name, &file)
	if !ok {
		return nil, nil
	}
	before := len(l.problems)
	p := file.policy()
	for _, id := range file.Off {
		m, ok := p.Methods[id]
		if !ok {
			l.report(name, lineOf(node, "off"), "off: no method is called %q", id)
			continue
		}
		m.Off = true
		p.Methods[id] = m
	}
	for _, network := range file.OddNetworks {
		prefix, err := netip.ParsePrefix(network)
		if err != nil {
			l.report(name, lineOf(node, "odd-networks"), "odd-networks: %q is not like 192.0.2.0/24", network)
			continue
		}
		p.OddNetworks = append(p.OddNetworks, prefix.Masked())
	}
	for class, card := range file.Cards {
		if len(card.Wait) != 0 && len(card.Wait) != 2 {
			l.report(name, lineOf(node, "cards", class), "%s: wait needs two times, from and to", class)
		}
	}
	for _, breach := range p.Check() {
		l.report(name, lineOf(node, breach.Where...), "%s", breach.Text)
	}
	if len(l.problems) > before {
		return nil, node
	}
	return p, node
}

func (f policyFile) policy() *recovery.Policy {
	p := &recovery.Policy{
		Methods: map[string]recovery.MethodPolicy{}, Planned: f.Planned, Cards: map[string]recovery.CardPolicy{},
		Recent:    recovery.Recent{Within: f.Recent.Within.d(), Hold: f.Recent.Hold.d()},
		Appeal:    recovery.Appeal{Hold: f.Appeal.Hold.d()},
		Codes:     map[string]time.Duration{"sms": f.Codes.SMS.d(), "mail": f.Codes.Mail.d()},
		CodeTries: f.Codes.Tries,
		Sends: recovery.Sends{Between: f.Sends.Between.d(), PerDestination: f.Sends.PerDestination, PerAccount: f.Sends.PerAccount,
			PerNetwork: f.Sends.PerNetwork, PerMethod: f.Sends.PerMethod, Total: f.Sends.Total},
		Case: recovery.CaseTimes{Idle: f.Case.Idle.d(), Total: f.Case.Total.d(), Warn: f.Case.Warn.d(), PerNetwork: f.Case.PerNetwork,
			More: f.Case.More, Fresh: f.Case.Fresh.d(), Another: f.Case.Another.d(), Collect: f.Case.Collect.d(), Keep: f.Case.Keep.d()},
		After: recovery.Aftercare{Observe: f.Aftercare.Observe.d(), Single: f.Aftercare.Single.fen(), Daily: f.Aftercare.Daily.fen(),
			Limited: f.Aftercare.Limited.fen(), Frozen: f.Aftercare.Frozen.fen(), Veto: f.Aftercare.Veto.d(),
			Removed: f.Aftercare.Removed.d(), Notice: f.Aftercare.Notice.d()},
		Passwords: recovery.Passwords{Digits: f.Passwords.Digits, Last: f.Passwords.Last},
	}
	for id, m := range f.Methods {
		p.Methods[id] = recovery.MethodPolicy{Class: m.Class, Later: m.Later, Tries: triesOf(m.Tries), InARow: f.InARow,
			Paced: recovery.Paced{Wait: m.Paced.Wait.d(), Tries: triesOf(m.Paced.Tries)}, Compared: m.Compared, Hold: m.Hold.d()}
	}
	for class, c := range f.Cards {
		card := recovery.CardPolicy{Tries: triesOf(c.Tries), DebitOnly: c.DebitOnly, QuickPay: c.QuickPay}
		for i, wait := range c.Wait[:min(2, len(c.Wait))] {
			card.Wait[i] = wait.d()
		}
		p.Cards[class] = card
	}
	p.Usual, p.Unusual = rulesOf(f.Enough.Usual), rulesOf(f.Enough.Unusual)
	for _, e := range f.Only {
		p.Only = append(p.Only, recovery.Exception{Classes: e.Classes, Hold: e.Hold.d(), Limited: e.Limited.d()})
	}
	return p
}

func rulesOf(in []ruleFile) []recovery.Rule {
	var out []recovery.Rule
	for _, r := range in {
		out = append(out, recovery.Rule{Classes: r.Classes, With: r.With, Hold: r.Hold.d()})
	}
	return out
}

func triesOf(in []tries) []recovery.Tries {
	var out []recovery.Tries
	for _, t := range in {
		out = append(out, recovery.Tries(t))
	}
	return out
}

// prove begins to prove what the policies and the channels of live platforms make together, beside the other checks,
// as it looks at every set of methods. The function it returns waits and reports.
func (l *loader) prove(c *Content) func() {
	c.Rules = map[string]Rules{}
	var waiting []func()
	for _, p := range c.Platforms {
		if !p.Live {
			continue
		}
		policy, node := l.policy(p.ID)
		if policy == nil {
			continue
		}
		if c.Rules[p.ID] = (Rules{Policy: policy}); l.checked {
			continue
		}
		proved := make(chan recovery.Report, 1)
		go func() { proved <- recovery.Prove(policy, routes(p)) }()
		waiting = append(waiting, func() {
			report := <-proved
			l.breaches(p, node, report)
			c.Rules[p.ID] = Rules{Policy: policy, Report: report}
		})
	}
	return func() {
		for _, wait := range waiting {
			wait()
		}
	}
}

func routes(p *guide.Platform) []recovery.ChannelRoute {
	var routes []recovery.ChannelRoute
	for _, channel := range p.Channels {
		if channel.Live != nil {
			routes = append(routes, recovery.ChannelRoute{ID: channel.ID, Methods: channel.Live.Methods, With: channel.Live.With})
		}
	}
	return routes
}

func (l *loader) breaches(p *guide.Platform, node *yaml.Node, report recovery.Report) {
	for _, breach := range report.Breaches {
		if breach.Channel != "" {
			file := path.Join("platforms", p.ID, "channels", breach.Channel, "channel.yaml")
			l.report(file, l.lineIn(file, "live"), "%s", breach.Text)
			continue
		}
		l.report(path.Join("platforms", p.ID, "policy.yaml"), lineOf(node, breach.Where...), "%s", breach.Text)
	}
}

// lineIn is the line of a key of a file that was read before.
func (l *loader) lineIn(file string, keys ...string) int {
	raw, err := fs.ReadFile(l.files, file)
	node := &yaml.Node{}
	if err != nil || yaml.Unmarshal(raw, node) != nil {
		return 1
	}
	return lineOf(node, keys...)
}

// span is a stretch of time: 60s, 5m, 24h, 30d.
type span time.Duration

func (s span) d() time.Duration { return time.Duration(s) }

var spanUnits = map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour}

func parseSpan(text string) (time.Duration, bool) {
	if text == "" {
		return 0, false
	}
	unit, ok := spanUnits[text[len(text)-1]]
	n, err := strconv.Atoi(text[:len(text)-1])
	if !ok || err != nil || n < 0 || int64(n) > math.MaxInt64/int64(unit) {
		return 0, false
	}
	return time.Duration(n) * unit, true
}

// UnmarshalYAML reads a span.
func (s *span) UnmarshalYAML(node *yaml.Node) error {
	d, ok := parseSpan(node.Value)
	if !ok {
		text := fmt.Sprintf("%q is not a time like 60s, 5m, 24h or 30d", node.Value)
		return &yaml.TypeError{Errors: []string{lineText(node.Line, text)}}
	}
	*s = span(d)
	return nil
}

// tries is a limit: 3 in 24h.
type tries recovery.Tries

// UnmarshalYAML reads tries.
func (t *tries) UnmarshalYAML(node *yaml.Node) error {
	number, within, cut := strings.Cut(node.Value, " in ")
	n, err := strconv.Atoi(number)
	d, ok := parseSpan(within)
	if !cut || err != nil || !ok {
		return &yaml.TypeError{Errors: []string{lineText(node.Line, fmt.Sprintf("%q is not a limit like 3 in 24h", node.Value))}}
	}
	*t = tries{Max: n, Within: d}
	return nil
}

// yuan is an amount in whole yuan.
type yuan int64

func (y yuan) fen() int64 { return int64(y) * 100 }

// LivePlatforms are the ids of the platforms that have rules, sorted.
func (c *Content) LivePlatforms() []string {
	return slices.Sorted(maps.Keys(c.Rules))
}
