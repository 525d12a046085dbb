package web

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/url"
	"regexp"
	"slices"

	"zhaohui/internal/content"
	"zhaohui/internal/guide"
	"zhaohui/internal/i18n"
	"zhaohui/internal/support"
)

// Places says where links can lead: the pages that content makes. It implements support.Places.
type Places struct {
	content *content.Content
	words   *i18n.Catalog
	live    bool // recoveries can be run
}

// NewPlaces knows the pages of a site; live says whether it runs recoveries.
func NewPlaces(c *content.Content, words *i18n.Catalog, live bool) *Places {
	return &Places{c, words, live}
}

// Languages are the codes of all languages, the default first.
func (p *Places) Languages() []string {
	var codes []string
	for _, l := range p.words.Languages() {
		codes = append(codes, l.Code)
	}
	return codes
}

// caseRef is how a recovery is called in addresses. Whether there is one of that name is nobody's business here.
var caseRef = regexp.MustCompile(`^[0-9a-v]{26}$`)

// Check says "unknown" of what there is not, "form" of what cannot be a recovery's name, and "safety" of answers that hold
// the one to the safety question: it is never shared (requirement G4).
func (p *Places) Check(t support.Target) (support.Target, map[string]string) {
	wrong := map[string]string{}
	if t.Kind == support.ToCase {
		if !caseRef.MatchString(t.Case) || !p.live {
			wrong["case"] = "form"
		}
		return support.Target{Kind: t.Kind, Case: t.Case}, wrong
	}
	clean := p.clean(t)
	if field := p.missing(clean); field != "" {
		wrong[field] = "unknown"
	}
	if platform, ok := p.platform(t.Platform); ok && t.Query != "" {
		if code := refusedAnswers(platform, t.Query); code != "" {
			wrong["answers"] = code
		}
	}
	return clean, wrong
}

func refusedAnswers(p *guide.Platform, raw string) string {
	query, err := url.ParseQuery(raw)
	answers, refused := p.Parse(query)
	switch {
	case err != nil || len(refused) > 0:
		return "unknown"
	case answers.Value(p.Safety().ID) != "":
		return "safety"
	}
	return ""
}

// clean keeps what a kind of target needs, and the answers in their one order.
func (p *Places) clean(t support.Target) support.Target {
	clean := support.Target{Kind: t.Kind}
	switch t.Kind {
	case support.ToArticle, support.ToPage, support.ToStop:
		clean.Slug = t.Slug
	case support.ToCase:
		clean.Case = t.Case
	case support.ToPlatform:
		clean.Platform = t.Platform
	case support.ToChooser, support.ToChannel, support.ToStep:
		clean.Platform, clean.Query = t.Platform, p.query(t)
	}
	if t.Kind == support.ToChannel || t.Kind == support.ToStep {
		clean.Channel = t.Channel
	}
	if t.Kind == support.ToStep {
		clean.Step = t.Step
	}
	return clean
}

// query is what was said, as far as it is still asked.
func (p *Places) query(t support.Target) string {
	platform, ok := p.platform(t.Platform)
	if !ok {
		return ""
	}
	said, _ := url.ParseQuery(t.Query) // what cannot be read was not said
	answers, _ := platform.Parse(said)
	return answers.WithoutSafety().Query()
}

// missing names the field of a target that there is not, "" if it is there.
func (p *Places) missing(t support.Target) string {
	switch t.Kind {
	case support.ToHelp, support.ToHome, support.ToCase:
		return ""
	case support.ToArticle:
		_, ok := p.content.Help.Article(t.Slug)
		return unless(ok, "slug")
	case support.ToPage:
		return unless(p.content.Pages[t.Slug] != nil, "slug")
	case support.ToStop:
		return unless(p.content.Stops[t.Slug] != nil, "slug")
	case support.ToPlatform, support.ToChooser, support.ToChannel, support.ToStep:
	default:
		return "kind"
	}
	platform, ok := p.platform(t.Platform)
	if !ok || t.Kind == support.ToPlatform || t.Kind == support.ToChooser {
		return unless(ok, "platform")
	}
	channel, ok := platform.Channel(t.Channel)
	if !ok || t.Kind == support.ToChannel {
		return unless(ok, "channel")
	}
	_, ok = channel.Place(t.Step) // the steps of a recovery follow from its facts: it has none to link to
	return unless(ok, "step")
}

func unless(ok bool, field string) string {
	if ok {
		return ""
	}
	return field
}

func (p *Places) platform(id string) (*guide.Platform, bool) {
	platform, ok := p.content.Platform(id)
	return platform, ok && (!platform.Live || p.live)
}

// Exists says whether a target is still there. Answers that are not asked any more take nothing away from it.
func (p *Places) Exists(t support.Target) bool { return p.missing(t) == "" }

// Path is the address of a target without its language.
func (p *Places) Path(t support.Target) (path, query string) {
	switch query = p.query(t); t.Kind {
	case support.ToArticle:
		return articlePath(t.Slug), ""
	case support.ToPage:
		return "/" + t.Slug, ""
	case support.ToStop:
		return "/stop/" + t.Slug, ""
	case support.ToHelp:
		return "/help", ""
	case support.ToCase:
		return "/case/" + t.Case, ""
	case support.ToPlatform:
		return platformPath(t.Platform), ""
	case support.ToChooser:
		return choosePath(t.Platform), query
	case support.ToChannel:
		return channelPath(t.Platform, t.Channel), query
	case support.ToStep:
		return stepPath(t.Platform, t.Channel, t.Step), query
	}
	return "/", ""
}

// Title is what a target is called.
func (p *Places) Title(t support.Target, lang string) string {
	words := p.words.Words(lang)
	switch t.Kind {
	case support.ToArticle:
		if a, ok := p.content.Help.Article(t.Slug); ok {
			return unbroken(a.Texts[words.Code()].Title)
		}
	case support.ToPage:
		return unbroken(p.content.Pages[t.Slug][words.Code()].Title)
	case support.ToStop:
		if stop := p.content.Stops[t.Slug]; stop != nil {
			return unbroken(stop.Texts[words.Code()].Title)
		}
	case support.ToHelp:
		return unbroken(words.T("help.title"))
	case support.ToCase:
		return unbroken(words.T("link.case-place"))
	}
	if platform, ok := p.platform(t.Platform); ok {
		return platformTitle(platform, t, words)
	}
	return unbroken(words.T("home.title"))
}

func platformTitle(p *guide.Platform, t support.Target, words words) string {
	lang := words.Code()
	name := p.Texts[lang].Name
	channel, ok := p.Channel(t.Channel)
	if !ok {
		return name
	}
	if step, ok := channel.Texts[lang].Steps[t.Step]; ok {
		return channel.Texts[lang].Name + words.T("say.dot") + unbroken(step.Title)
	}
	return name + words.T("say.dot") + channel.Texts[lang].Name
}

// Successor is what took the place of what is gone: as content says, or the next larger thing around it.
func (p *Places) Successor(t support.Target) (support.Target, bool) {
	switch t.Kind {
	case support.ToArticle:
		for _, a := range p.content.Help.Articles {
			if slices.Contains(a.Replaces, t.Slug) {
				return support.Target{Kind: support.ToArticle, Slug: a.Slug}, true
			}
		}
		return support.Target{Kind: support.ToHelp}, true
	case support.ToChannel, support.ToStep:
	default:
		return support.Target{}, false
	}
	platform, ok := p.platform(t.Platform)
	if !ok {
		return support.Target{}, false
	}
	if _, ok := platform.Channel(t.Channel); ok {
		return support.Target{Kind: support.ToChannel, Platform: t.Platform, Channel: t.Channel, Query: p.query(t)}, true
	}
	for _, c := range platform.Channels {
		if slices.Contains(c.Replaces, t.Channel) {
			next := t
			next.Channel = c.ID
			return next, true // a step that it does not have leads to the channel
		}
	}
	if query := p.query(t); query != "" { // nobody is asked again what they said
		return support.Target{Kind: support.ToChooser, Platform: t.Platform, Query: query}, true
	}
	return support.Target{Kind: support.ToPlatform, Platform: t.Platform}, true
}

// Version is a digest of what a target shows, in all languages.
func (p *Places) Version(t support.Target) string {
	shown := p.shown(t)
	if shown == nil {
		return ""
	}
	raw, err := json.Marshal(shown)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:8])
}

func (p *Places) shown(t support.Target) any {
	switch t.Kind {
	case support.ToArticle:
		if a, ok := p.content.Help.Article(t.Slug); ok {
			return []any{a.Texts, a.Acts}
		}
	case support.ToPage:
		return p.content.Pages[t.Slug]
	case support.ToStop:
		return p.content.Stops[t.Slug]
	}
	platform, ok := p.platform(t.Platform)
	if !ok {
		return nil
	}
	channel, ok := platform.Channel(t.Channel)
	switch {
	case t.Kind == support.ToChannel && ok:
		return []any{channel.Texts, channel.Steps, channel.Branches, channel.When, channel.Needs, channel.Live}
	case t.Kind == support.ToStep && ok:
		step, _ := channel.Place(t.Step)
		shown := []any{step.Step}
		for _, lang := range slices.Sorted(maps.Keys(channel.Texts)) {
			text := channel.Texts[lang].Steps[t.Step]
			text.Line = 0 // where it stands in its file is not shown
			shown = append(shown, text)
		}
		return shown
	}
	shown := []any{platform.Questions}
	for _, lang := range slices.Sorted(maps.Keys(platform.Texts)) {
		shown = append(shown, platform.Texts[lang].Name, platform.Texts[lang].Questions)
	}
	return shown
}
