package web_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	embedded "zhaohui/content"
	"zhaohui/internal/content"
	"zhaohui/internal/support"
	"zhaohui/web"
)

// everyTarget is one of each place that a link can lead to.
func everyTarget(c *content.Content) []support.Target {
	targets := []support.Target{{Kind: support.ToHelp}, {Kind: support.ToHome}}
	for slug := range c.Pages {
		targets = append(targets, support.Target{Kind: support.ToPage, Slug: slug})
	}
	for id := range c.Stops {
		targets = append(targets, support.Target{Kind: support.ToStop, Slug: id})
	}
	for _, a := range c.Help.Articles {
		targets = append(targets, support.Target{Kind: support.ToArticle, Slug: a.Slug})
	}
	for _, p := range c.Platforms {
		targets = append(targets, support.Target{Kind: support.ToPlatform, Platform: p.ID},
			support.Target{Kind: support.ToChooser, Platform: p.ID, Query: "phone=works"})
		for _, channel := range p.Channels {
			targets = append(targets, support.Target{Kind: support.ToChannel, Platform: p.ID, Channel: channel.ID, Query: "phone=works"})
			for _, step := range channel.AllSteps() {
				targets = append(targets, support.Target{Kind: support.ToStep, Platform: p.ID, Channel: channel.ID, Step: step.ID})
			}
		}
	}
	return targets
}

func TestPlaces_everyTargetIsAPage(t *testing.T) {
	p := newPortal(t, plainSite)
	b, places := p.browser(), web.NewPlaces(realContent(), realWords(), true)
	versions := map[string]support.Target{}
	for _, target := range everyTarget(realContent()) {
		clean, wrong := places.Check(target)
		if len(wrong) > 0 || clean != target || !places.Exists(target) {
			t.Errorf("%+v: %v, %+v", target, wrong, clean)
		}
		path, query := places.Path(target)
		if query != "" {
			path += "?" + query
		}
		if a := b.get(path); a.status != 200 {
			t.Errorf("%+v leads to %s: %d", target, path, a.status)
		}
		for _, lang := range places.Languages() {
			if title := places.Title(target, lang); title == "" || strings.ContainsAny(title, "|{<") {
				t.Errorf("%+v is called %q in %s", target, title, lang)
			}
		}
		version := places.Version(target)
		if before, twice := versions[version]; version != "" && twice && before.Kind != support.ToPlatform {
			t.Errorf("%+v and %+v have one version", target, before)
		}
		versions[version] = target
		if (version == "") != (target.Kind == support.ToHelp || target.Kind == support.ToHome) {
			t.Errorf("%+v has the version %q", target, version)
		}
	}
}

func TestPlaces_aPortalWithoutRecoveriesLeadsToNone(t *testing.T) {
	places := web.NewPlaces(realContent(), realWords(), false)
	for _, target := range []support.Target{{Kind: support.ToChannel, Platform: "wallet", Channel: "sms"},
		{Kind: support.ToCase, Case: strings.Repeat("0", 26)}} {
		if _, wrong := places.Check(target); len(wrong) != 1 {
			t.Errorf("%+v: %v", target, wrong)
		}
	}
}

// changed is the real content with lines added to files.
func changed(t *testing.T, added map[string]string) *web.Places {
	t.Helper()
	files := fstest.MapFS{}
	for name, line := range added {
		raw, err := fs.ReadFile(embedded.Files(), name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: append(raw, line...)}
	}
	loaded, problems := content.Load(content.Overlay(files, content.Overlay(embedded.Demo(), embedded.Files())), today)
	if bad := problems.Errors(); len(bad) > 0 {
		t.Fatal(bad)
	}
	return web.NewPlaces(loaded, realWords(), true)
}

// TestPlaces_whatIsGoneLeadsToItsSuccessor: nobody who was given a link meets a dead end.
func TestPlaces_whatIsGoneLeadsToItsSuccessor(t *testing.T) {
	const face = "platforms/alipay/channels/face/"
	places := changed(t, map[string]string{face + "channel.yaml": "\nreplaces: [look]\n",
		"help/locked/article.yaml": "\nreplaces: [blocked]\n"})
	links := support.NewLinks(support.LinkDeps{Places: places})
	at := func(channel, step, query string) support.Target {
		kind := map[bool]string{true: support.ToStep, false: support.ToChannel}[step != ""]
		return support.Target{Kind: kind, Platform: "alipay", Channel: channel, Step: step, Query: query}
	}
	for _, c := range []struct {
		target support.Target
		want   string
	}{
		{at("face", "gone", "phone=works"), "/p/alipay/face?phone=works"},
		{at("look", "gone", ""), "/p/alipay/face?"},
		{at("look", "open-me", ""), "/p/alipay/face/open-me?"},
		{at("look", "", "phone=works&colour=red"), "/p/alipay/face?phone=works"},
		{at("gone", "", "phone=works"), "/p/alipay/choose?phone=works"},
		{at("gone", "", ""), "/p/alipay?"},
		{at("gone", "gone", ""), "/p/alipay?"},
		{support.Target{Kind: support.ToChooser, Platform: "gone", Query: "phone=works"}, "/?"},
		{support.Target{Kind: support.ToArticle, Slug: "blocked"}, "/help/locked?"},
		{support.Target{Kind: support.ToArticle, Slug: "gone"}, "/help?"},
		{support.Target{Kind: support.ToPage, Slug: "gone"}, "/?"},
		{support.Target{Kind: support.ToStop, Slug: "gone"}, "/?"},
		{support.Target{Kind: "gone"}, "/?"},
	} {
		p := links.Place(c.target, "zh")
		if got := p.Path + "?" + p.Query; strings.TrimSuffix(got, "?") != strings.TrimSuffix(c.want, "?") || !p.Moved || p.Title == "" {
			t.Errorf("%+v leads to %+v, want %s", c.target, p, c.want)
		}
	}
	// G4: whatever was stored, the answer to the safety question is never given for anybody.
	kept := support.Target{Kind: support.ToChooser, Platform: "alipay", Query: "safety=none&phone=works"}
	if p := links.Place(kept, "zh"); p.Query != "phone=works" {
		t.Errorf("a link carries %s", p.Query)
	}
}

func TestPlaces_aVersionChangesWithWhatIsShownAndNotElse(t *testing.T) {
	before := changed(t, nil)
	after := changed(t, map[string]string{"help/locked/zh.md": "\n再来一句。\n", "platforms/alipay/channels/face/zh.md": "\n\n再说一句。\n"})
	for _, c := range []struct {
		target  support.Target
		changes bool
	}{
		{support.Target{Kind: support.ToArticle, Slug: "locked"}, true},
		{support.Target{Kind: support.ToArticle, Slug: "blind"}, false},
		{support.Target{Kind: support.ToChannel, Platform: "alipay", Channel: "face"}, true},
		{support.Target{Kind: support.ToChannel, Platform: "alipay", Channel: "hotline"}, false},
		{support.Target{Kind: support.ToStep, Platform: "alipay", Channel: "face", Step: "open-me"}, false},
		{support.Target{Kind: support.ToChooser, Platform: "alipay"}, false},
	} {
		if (before.Version(c.target) != after.Version(c.target)) != c.changes {
			t.Errorf("%+v: changed should be %v", c.target, c.changes)
		}
	}
}
