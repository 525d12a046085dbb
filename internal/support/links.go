package support

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/internal/throttle"
)

// How long a link may last, how often it may be opened, and how many somebody may make.
const (
	LinkLasts     = 7 * 24 * time.Hour // unless it is said
	LinkLongest   = 30 * 24 * time.Hour
	LinkMostUses  = 10_000
	linksAMinute  = 60
	linksADay     = 2_000
	LinksKept     = 90 * 24 * time.Hour // after their end, for insight
	LinkNotesLast = 10 * 24 * time.Hour // after its end, as long as the customer's cookie
)

// Links are what agents share. Several processes may each have one over the same database.
type Links struct{ LinkDeps }

// LinkDeps are what Links need; all have to be there.
type LinkDeps struct {
	Store  LinkStore
	Places Places
	Now    func() time.Time
}

// LinkStore keeps links.
type LinkStore interface {
	// AddLink counts the limits and keeps a new link; throttle.Refused, or problem.Conflict if its code is taken.
	AddLink(ctx context.Context, l Link, limits []throttle.Limit, e recovery.Event) error
	// Link finds a link with all its counts, whatever became of it; problem.NotFound.
	Link(ctx context.Context, code string) (Link, error)
	// OpenLink counts an opening if the link leads on: one statement, so that no use is one too many.
	OpenLink(ctx context.Context, code string, at time.Time) (bool, error)
	// MarkLink counts what a visit did; problem.NotFound.
	MarkLink(ctx context.Context, code string, m Mark) error
	// RetireLinks retires those of these links that are not retired, and for a scam also those that are for another
	// reason. It says which, and records the event with their number as n if there are any.
	RetireLinks(ctx context.Context, codes []string, at time.Time, why, pattern string, e recovery.Event) ([]string, error)
	// LinksOf lists somebody's links with their counts, the newest first, after a code ("" for the first ones).
	LinksOf(ctx context.Context, agent, after string, limit int) ([]Link, error)
	// OpenLinks lists links that lead on, by code, after a code; Changed is not looked at.
	OpenLinks(ctx context.Context, f LinkFilter, at time.Time, after string, limit int) ([]Link, error)
	// ScamPatterns says how many links to a platform ("" for all links) were reported as a scam since a moment, by pattern.
	ScamPatterns(ctx context.Context, since time.Time, platform string) (map[string]int, error)
}

// Places knows what the portal has to lead to.
type Places interface {
	// Languages are those that pages are kept in, the default first.
	Languages() []string
	// Check gives a target in its one spelling, and says what is wrong with it: field → code.
	Check(t Target) (Target, map[string]string)
	// Exists says whether a target is still there.
	Exists(t Target) bool
	// Title names a target in a language.
	Title(t Target, lang string) string
	// Path is where a target is, without the language.
	Path(t Target) (path, query string)
	// Successor is what a target that is gone gave way to; false if there is nothing.
	Successor(t Target) (Target, bool)
	// Version changes when what a target shows does; "" if that cannot be told.
	Version(t Target) string
}

// Place is where a link leads now.
type Place struct {
	Target      Target
	Title       string
	Path, Query string
	Moved       bool // not what it was made for: that is gone
}

// NewLinks makes links.
func NewLinks(d LinkDeps) *Links { return &Links{d} }

// Find finds a link by its code as people type it. problem.NotFound; problem.Expired for a link that leads on no more,
// with the link, so that Link.Ended can say why.
func (l *Links) Find(ctx context.Context, typed string) (Link, error) {
	code, ok := ParseCode(typed)
	if !ok {
		return Link{}, fmt.Errorf("find link: no code: %w", problem.NotFound)
	}
	link, err := l.Store.Link(ctx, code)
	if err != nil {
		return Link{}, fmt.Errorf("find link: %w", err)
	}
	if link.Ended(l.Now()) != "" {
		return link, fmt.Errorf("find link: %w", problem.Expired)
	}
	return link, nil
}

// Open counts one use of a link and finds it; errors as Find.
func (l *Links) Open(ctx context.Context, typed string) (Link, error) {
	code, ok := ParseCode(typed)
	if !ok {
		return Link{}, fmt.Errorf("open link: no code: %w", problem.NotFound)
	}
	opened, err := l.Store.OpenLink(ctx, code, l.Now())
	if err != nil {
		return Link{}, fmt.Errorf("open link: %w", err)
	}
	link, err := l.Store.Link(ctx, code)
	if err == nil && !opened {
		err = problem.Expired
	}
	if err != nil {
		return link, fmt.Errorf("open link: %w", err)
	}
	return link, nil
}

// where is a step as marks name it.
var where = regexp.MustCompile(`^[a-z0-9-]{1,60}/[a-z0-9-]{1,60}/[a-z0-9-]{1,60}$`)

// Note counts what a visit that began with a link did, and gives the link: one that was reported as a scam meanwhile
// (Why) leads to the stop page. A mark without anything only looks. problem.NotFound.
func (l *Links) Note(ctx context.Context, code string, m Mark) (Link, error) {
	link, err := l.Store.Link(ctx, code)
	if err != nil {
		return Link{}, fmt.Errorf("note a visit: %w", err)
	}
	if m.Step != "" && !where.MatchString(m.Step) || m.Left != "" && !where.MatchString(m.Left) {
		return link, errors.New("note a visit: a step that is none")
	}
	over := link.Why == WhyScam || l.Now().After(link.Expires.Add(LinkNotesLast))
	if m == (Mark{}) || over {
		return link, nil
	}
	if err := l.Store.MarkLink(ctx, code, m); err != nil {
		return link, fmt.Errorf("note a visit: %w", err)
	}
	return link, nil
}

// Of lists an agent's links, those of their tokens too, the newest first; after is the code of the last one on the page
// before.
func (l *Links) Of(ctx context.Context, agent, after string, limit int) ([]Link, error) {
	links, err := l.Store.LinksOf(ctx, agent, after, limit)
	if err != nil {
		return nil, fmt.Errorf("links of an agent: %w", err)
	}
	return links, nil
}

// Last is the newest link of an agent, whatever became of it; problem.NotFound.
func (l *Links) Last(ctx context.Context, agent string) (Link, error) {
	links, err := l.Of(ctx, agent, "", 1)
	if err == nil && len(links) == 0 {
		err = fmt.Errorf("last link: %w", problem.NotFound)
	}
	if err != nil {
		return Link{}, err
	}
	return links[0], nil
}

// Place says where a link leads now: to its target, or to what that gave way to. It always leads somewhere.
func (l *Links) Place(t Target, lang string) Place {
	p := Place{Target: t}
	for range 5 { // successors have successors; a circle ends at the first page
		if l.Places.Exists(p.Target) {
			break
		}
		p.Moved = true
		next, ok := l.Places.Successor(p.Target)
		if !ok {
			break
		}
		p.Target = next
	}
	if !l.Places.Exists(p.Target) {
		p.Target = Target{Kind: ToHome}
	}
	p.Title = l.Places.Title(p.Target, lang)
	p.Path, p.Query = l.Places.Path(p.Target)
	return p
}

// Scams says how many links to a platform ("" for all links) were reported as a scam since a moment, by pattern.
func (l *Links) Scams(ctx context.Context, since time.Time, platform string) (map[string]int, error) {
	patterns, err := l.Store.ScamPatterns(ctx, since, platform)
	if err != nil {
		return nil, fmt.Errorf("scams of links: %w", err)
	}
	return patterns, nil
}
