package content

import (
	"net/url"
	"slices"
	"strings"
)

// lintLinks follows every link: dead ones inside, hosts that are not listed outside (requirement G2).
func (l *loader) lintLinks(c *Content) {
	official := c.lines()
	for _, link := range l.links {
		scheme, rest, _ := strings.Cut(link.target, ":")
		switch {
		case strings.HasPrefix(link.target, "#"):
			p, _ := c.Platform(link.platform)
			if p == nil {
				l.report(link.file, link.line, "link %s works only in a channel", link.target)
				continue
			}
			if channel, ok := p.Channel(link.channel); ok {
				if _, ok := channel.Place(link.target[1:]); !ok {
					l.report(link.file, link.line, "dead link: %s is no step here", link.target)
				}
			}
		case scheme == "channel":
			platform, channel, ok := strings.Cut(rest, "/")
			if !ok {
				platform, channel = link.platform, rest
			}
			p, _ := c.Platform(platform)
			if p == nil {
				l.report(link.file, link.line, "dead link: %s", link.target)
			} else if _, ok := p.Channel(channel); !ok {
				l.report(link.file, link.line, "dead link: %s has no channel %s", platform, channel)
			}
		case scheme == "help":
			if _, ok := c.Help.Article(rest); !ok {
				l.report(link.file, link.line, "dead link: no article %s", rest)
			}
		case scheme == "https":
			if !slices.Contains(c.hosts(link.platform), hostOf(link.target)) {
				l.report(link.file, link.line, "host %q is not listed in platform.yaml", hostOf(link.target))
			}
		case scheme == "tel":
			if !slices.Contains(official, strings.ReplaceAll(rest, "-", "")) {
				l.report(link.file, link.line, "tel:%s is no official line: platform.yaml, stop.yaml, operator.yaml and home.yaml name them", rest)
			}
		case scheme == "hotline":
			if rest != "" {
				l.report(link.file, link.line, "link %s: write hotline: alone, it is the operator's", link.target)
			}
		case scheme == "page":
			if _, ok := c.Pages[rest]; !ok && rest != "" && rest != "help" && rest != "progress" {
				l.report(link.file, link.line, "dead link: no page %s", rest)
			}
		default:
			l.report(link.file, link.line, "link %q: use channel:, help:, page:, tel:, hotline:, https: or #step", link.target)
		}
	}
}

// lines are the official numbers, without dashes: a wrong one sends a frightened person to a stranger.
func (c *Content) lines() []string {
	all := append(slices.Clone(c.Home.Lines), c.Operator.Hotline)
	for _, p := range c.Platforms {
		for _, contact := range p.Contacts {
			all = append(all, contact.Tel)
		}
	}
	for _, stop := range c.Stops {
		all = append(all, stop.Dials...)
	}
	for i := range all {
		all[i] = strings.ReplaceAll(all[i], "-", "")
	}
	return all
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// hosts are those a page may link to: a platform's own, in articles any platform's.
func (c *Content) hosts(platform string) []string {
	var hosts []string
	for _, p := range c.Platforms {
		if platform == "" || p.ID == platform {
			hosts = append(hosts, p.Hosts...)
		}
	}
	return append(hosts, c.Operator.Hosts...)
}

// Outward says whether pages may link to an address at all.
func (c *Content) Outward(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "https" && u.User == nil && slices.Contains(c.hosts(""), u.Host)
}
