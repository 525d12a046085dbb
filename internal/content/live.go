package content

import (
	"path"
	"slices"

	"go.yaml.in/yaml/v3"

	"zhaohui/internal/guide"
)

// checkLive looks at a channel that the portal runs itself: it has proofs where a walk has steps.
func (l *loader) checkLive(file string, node *yaml.Node, p *guide.Platform, c *guide.Channel) {
	at := lineOf(node, "live")
	switch {
	case !p.Live:
		l.report(file, at, "live: %s is a guided platform, the portal proves nothing there", p.ID)
	case c.Aside:
		l.report(file, at, "live: an aside resets nothing")
	}
	if len(c.Steps) > 0 || len(c.Branches) > 0 {
		l.report(file, lineOf(node, "steps"), "a live channel has no steps: its pages follow from the case")
	}
	if len(c.Live.Methods) == 0 || len(c.Live.With) == 0 {
		l.report(file, at, "live: needs methods, any one of which is its own proof, and with, for the second proof (requirement R1)")
	}
	seen := map[string]bool{}
	for _, method := range slices.Concat(c.Live.Methods, c.Live.With) {
		if !slug.MatchString(method) {
			l.report(file, at, "live: method %q: lower-case letters, digits and dashes", method)
		}
		if seen[method] {
			l.report(file, at, "live: method %s stands twice", method)
		}
		seen[method] = true
	}
}

// checkAsks wants a live channel to say, before it begins, what happens and what is asked for and why (requirement P2, and
// the reason for every item); a walk asks for nothing at all (requirement G1).
func (l *loader) checkAsks(file string, c *guide.Channel, t guide.ChannelText) {
	if c.Live == nil {
		if len(t.Asks) > 0 || len(t.Happens) > 0 {
			l.report(file, 2, "asks and happens belong to live channels only (requirement G1)")
		}
		return
	}
	if len(t.Have) == 0 || len(t.Risks) == 0 || len(t.Happens) == 0 || len(t.Asks) == 0 || t.IntroHTML == "" {
		l.report(file, 2, "a live channel says have, risks, happens, asks and a paragraph about itself")
	}
	for i, ask := range t.Asks {
		if ask.What == "" || ask.Why == "" {
			l.report(file, 2, "asks: item %d needs what and why", i+1)
		}
	}
	for lang, other := range c.Texts {
		if len(other.Asks) != len(t.Asks) || len(other.Happens) != len(t.Happens) {
			l.report(file, 2, "%d things asked and %d that happen, %d and %d in %s.md", len(t.Asks), len(t.Happens), len(other.Asks), len(other.Happens), lang)
		}
	}
}

// lintLive follows the names of methods: what a channel is combined with must be some channel's own proof, and every
// method has its words.
func (l *loader) lintLive(p *guide.Platform) {
	for _, c := range p.Channels {
		if c.Live == nil {
			continue
		}
		file := path.Join("platforms", p.ID, "channels", c.ID, "channel.yaml")
		for _, method := range c.Live.With {
			if p.Proving(method) == nil {
				l.report(file, 1, "live: with names %s, which is no channel's method", method)
			}
		}
		for _, method := range c.Live.Methods {
			if first := p.Proving(method); first != c {
				l.report(file, 1, "live: %s is the method of channel %s already", method, first.ID)
			}
			for _, lang := range l.languages {
				if !l.exists(path.Join("platforms", p.ID, "methods", method, lang+".toml")) {
					l.report(file, 1, "live: methods/%s/%s.toml is missing", method, lang)
				}
			}
		}
	}
	for _, method := range l.folders(path.Join("platforms", p.ID, "methods")) {
		if p.Proving(method) == nil {
			l.report(path.Join("platforms", p.ID, "methods", method), 1, "no channel has the method %s", method)
		}
	}
}
