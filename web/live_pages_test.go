package web_test

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"testing"

	"zhaohui/internal/guide"
	"zhaohui/web"
)

// asked is everything that a live page may have as a field or as the name of a button.
var asked = regexp.MustCompile(`^(account|code|answer_[1-9]|backup_password|name|id_number|phone|card|last4|expiry|bank|` +
	`current_password|new_password|new_password_again|safety|method|instead|slide|track|resume|do|answer|` +
	`page|back|elder|q|clear|remove|)$`)

// TestLive_everyPageIsWholeClosedAndAsksOnlyWhatIsNamed goes through all pages of a case in both languages.
func TestLive_everyPageIsWholeClosedAndAsksOnlyWhatIsNamed(t *testing.T) {
	for lang, prefix := range map[string]string{"zh": "", "en": "/en"} {
		steps := map[string]bool{}
		tour(t, newLive(t, plainSite), prefix, func(one *person, a answer) {
			for _, bad := range missingHeaders(one.at, a.header, a.body) {
				t.Error(bad)
			}
			if !strings.HasPrefix(one.at, prefix+"/p/wallet/") || strings.Count(one.at, "/") == strings.Count(prefix, "/")+3 {
				if strings.HasSuffix(one.at, ".ics") {
					return
				}
			}
			doc := parsed(t, a.body)
			lang := place(one.at).lang // a link out of a mail has its own
			in := page{answer: a, target: one.at, lang: lang, doc: doc, kind: "live"}
			in.status = 200 // 410 and 422 are whole pages too
			for _, bad := range slices.Concat(checkWhole(in), checkClosed(in)) {
				t.Error(bad)
			}
			begin := strings.HasPrefix(one.at, prefix+"/p/wallet/") && strings.Count(strings.TrimPrefix(one.at, prefix), "/") == 3
			if keep := a.header.Get("Cache-Control"); keep != "no-store" && !begin {
				t.Errorf("W2: %s may be kept: %q", one.at, keep)
			}
			if a.header.Get("Referrer-Policy") != "same-origin" && !begin {
				t.Errorf("W2: %s: the referrer is not ruled", one.at)
			}
			for _, e := range doc.all("input", "select", "textarea", "button") {
				if !asked.MatchString(e.attr("name")) {
					t.Errorf("%s asks for %q", one.at, e.attr("name"))
				}
			}
			forms := doc.with("data-step")
			if len(forms) > 1 {
				t.Errorf("%s has %d forms with data-step", one.at, len(forms))
			}
			for _, form := range forms {
				steps[form.attr("data-step")] = true
				if form.Data != "form" || form.attr("method") != "post" {
					t.Errorf("%s: the step is a %s by %q", one.at, form.Data, form.attr("method"))
				}
			}
			if a.status == 422 && !strings.HasPrefix(strings.TrimSpace(doc.all("title")[0].text()),
				map[string]string{"zh": "错误：", "en": "Error:"}[lang]) {
				t.Errorf("A4: the title of a mistake on %s is %q", one.at, doc.all("title")[0].text())
			}
		})
		for _, step := range []string{"safety", "account", "first", "next", "sms-code", "mail-code", "identity", "slider",
			"slider-wait", "card", "card-wait", "card-code",
			"card-check", "backup", "authenticator", "recovery-code", "questions", "current", "password", "resume", "mail",
			"stop"} {
			if !steps[step] {
				t.Errorf("%s: no page with the form %q was seen", lang, step)
			}
		}
	}
}

func TestG4_aLiveCaseAlwaysStartsWithTheQuestionAsAPost(t *testing.T) {
	p := newLive(t, plainSite)
	empty := p.live.rows(t)
	eachLive(func(pl *guide.Platform, c *guide.Channel) {
		path := "/p/" + pl.ID + "/" + c.ID
		b := p.browser()
		for _, query := range []string{"", "?safety=none", "?safety=none&phone=works"} {
			start := parsed(t, b.get(path+query).body)
			if len(start.with("data-step")) != 0 || !slices.ContainsFunc(start.links(),
				func(l string) bool { return strings.HasPrefix(l, path+"/safety") }) {
				t.Errorf("%s%s: no way to the question, or a step already", path, query)
			}
			asks := parsed(t, b.get(path+"/safety"+query).body)
			forms := asks.with("data-step")
			if len(forms) != 1 || forms[0].attr("data-step") != "safety" || forms[0].attr("method") != "post" ||
				strings.Contains(forms[0].attr("action"), "safety=") {
				t.Errorf("%s/safety%s does not ask", path, query)
			}
			var given []string
			for _, e := range forms[0].all("button", "input") {
				if e.attr("name") == "safety" {
					given = append(given, e.attr("value"))
				}
			}
			if !slices.Equal(given, pl.Safety().Values) {
				t.Errorf("%s/safety offers %v", path, given)
			}
		}
		for _, step := range []string{"account", "sms-code", "first", "password", "done"} {
			for _, query := range []string{"", "?safety=none"} {
				if a := b.get(path + "/" + step + query); a.status != 303 || a.location() != path {
					t.Errorf("%s/%s%s: %d %s", path, step, query, a.status, a.location())
				}
				if a := b.post(path+"/"+step+query, values("account", "all@demo.example")); a.status != 303 ||
					a.location() != path+"/safety" {
					t.Errorf("POST %s/%s%s: %d %s", path, step, query, a.status, a.location())
				}
			}
		}
		for _, stop := range pl.Safety().Stop {
			a := b.post(path+"/safety", values("safety", stop))
			if !strings.HasPrefix(a.location(), "/p/wallet/result?safety="+stop) || len(a.set) > 0 {
				t.Errorf("%s: %s leads to %s", path, stop, a.location())
			}
			if !strings.Contains(b.get(a.location()).body, `data-stop="`+stop+`"`) {
				t.Errorf("%s is no stop", a.location())
			}
		}
		if a := b.post(path+"/safety", values("safety", "perhaps")); a.status != 422 {
			t.Errorf("%s: an unknown answer gets %d", path, a.status)
		}
	})
	if p.live.rows(t) != empty {
		t.Error("a case was begun without the answer")
	}
}

// What a browser runs is named by /progress, and leads back to where it stands.
func TestProgress_namesTheRunningCase(t *testing.T) {
	p := newLive(t, plainSite)
	one := p.person(t)
	one.begin("sms", "all@demo.example")
	card := func() document {
		t.Helper()
		found := parsed(t, one.get("/progress").body).class("walked")
		if len(found) != 1 || found[0].attr("data-platform") != "wallet" || found[0].attr("data-channel") != "sms" {
			t.Fatalf("%d walks", len(found))
		}
		return found[0]
	}
	if got := card(); !slices.Contains(got.links(), "/p/wallet/sms/sms-code") || len(got.all("form")) != 0 {
		t.Errorf("leads to %v", got.links())
	}
	one.proveSMS()
	one.fill("method", "mail")
	one.proveMail()
	one.fill("new_password", "739184", "new_password_again", "739184")
	if got := card(); !slices.Contains(got.links(), "/p/wallet/sms/done") {
		t.Errorf("afterwards it leads to %v", got.links())
	}
	if len(parsed(t, p.browser().get("/progress").body).class("walked")) != 0 {
		t.Error("a stranger sees a case")
	}
}

func TestShare_liveChannelsCanBeSharedAndCasesCannot(t *testing.T) {
	b := newPortal(t, plainSite).browser()
	for target, want := range map[string]int{"/share/p/wallet": 200, "/share/p/wallet/choose?phone=works": 200,
		"/share/p/wallet/result?phone=works": 200, "/share/p/wallet/sms": 200,
		"/share/p/wallet/agent": 200, "/share/p/wallet/agent/dial": 200, "/share/p/wallet/sms/safety": 404,
		"/share/p/wallet/sms/sms-code": 404, "/share/case": 404, "/share/case/abc": 404,
		"/share/mail/abc": 404} {
		for _, prefix := range []string{"", "/en"} {
			if a := b.get(prefix + target); a.status != want {
				t.Errorf("%s: %d", prefix+target, a.status)
			}
		}
	}
	if a := b.get("/p/wallet/sms/print?phone=works"); a.status != 303 || a.location() != "/p/wallet/sms?phone=works" {
		t.Errorf("a recovery is printed: %d %s", a.status, a.location())
	}
}

func TestLive_thePlatformIsWhole(t *testing.T) {
	p := newPortal(t, plainSite)
	b := p.browser()
	hotline := "tel:" + strings.ReplaceAll(realContent().Operator.Hotline, "-", "")
	for _, prefix := range []string{"", "/en"} {
		if links := parsed(t, b.get(cmp.Or(prefix, "/")).body).links(); !slices.Contains(links, prefix+"/p/wallet") {
			t.Errorf("%s/ does not lead to the wallet", prefix)
		}
		for _, target := range []string{"/p/wallet", "/p/wallet/choose", "/p/wallet/result?safety=coached"} {
			main := parsed(t, b.get(prefix+target).body).all("main")[0]
			if !slices.Contains(main.links(), hotline) || slices.Contains(main.links(), "tel:95188") {
				t.Errorf("%s does not name the operator's line alone: %v", target, main.links())
			}
		}
		result := parsed(t, b.get(prefix+"/p/wallet/result?safety=none&phone=works&email=yes").body)
		if first := result.class("first")[0]; !slices.Contains(first.links(),
			prefix+"/p/wallet/sms/safety?safety=none&phone=works&email=yes") {
			t.Errorf("the first choice leads to %v", first.links())
		}
	}
	listed := sitemap(p)
	eachLive(func(pl *guide.Platform, c *guide.Channel) {
		if !slices.Contains(listed, "/p/"+pl.ID+"/"+c.ID) || !slices.Contains(listed, "/en/p/"+pl.ID+"/"+c.ID) {
			t.Errorf("%s is not in the sitemap", c.ID)
		}
	})
	for _, target := range listed {
		if strings.Contains(target, "/case") || strings.Contains(target, "/safety") || strings.Contains(target, "/mail/") {
			t.Errorf("%s is in the sitemap", target)
		}
	}
	without := newPortal(t, plainSite, func(c *web.Config) { c.Recovery, c.Policy = nil, nil })
	for _, target := range []string{"/", "/sitemap.xml", "/api/v1/platforms", "/progress", "/nothing"} {
		if strings.Contains(without.browser().get(target).body, "/p/wallet") {
			t.Errorf("%s leads to a platform that cannot be helped with", target)
		}
	}
	for _, target := range []string{"/p/wallet", "/p/wallet/sms", "/p/wallet/sms/safety", "/case", "/case/x", "/mail/x",
		"/case/x/join/y", "/api/v1/platforms/wallet/recommendation", "/share/p/wallet"} {
		if a := without.browser().get(target); a.status != 404 && a.location() != "/case" {
			t.Errorf("%s without a live half: %d", target, a.status)
		}
	}
}

// A link or number that is over, and a browser that may not, get a page that says what to do.
func TestLive_deadEndsSayWhatToDo(t *testing.T) {
	p := newLive(t, plainSite)
	one := p.person(t)
	one.begin("sms", "all@demo.example")
	dead := "/case/" + one.caseID() + "/join/abcdefghijklmnopqrstuvwxyz"
	if a := one.get(dead); a.location() != "/p/wallet/sms/sms-code" { // their own case is at hand
		t.Errorf("%s: %d %s", dead, a.status, a.location())
	}
	if a := p.browser().get(dead); a.status != 410 {
		t.Errorf("%s of another: %d", dead, a.status)
	}
	for target, want := range map[string]int{"/mail/abcdefghijklmnopqrstuvwxyz": 410, "/case/x/join/y": 404} {
		for _, prefix := range []string{"", "/en"} {
			a := one.get(prefix + target)
			if a.status != want {
				t.Errorf("%s: %d", target, a.status)
			}
			if links := parsed(t, a.body).links(); !strings.Contains(target, "/mail/") &&
				!slices.Contains(links, prefix+"/p/wallet/sms/sms-code") {
				t.Errorf("%s does not lead back to the case: %v", prefix+target, links)
			}
		}
	}
	if links := parsed(t, p.browser().get("/case/x/join/y").body).links(); !slices.Contains(links, "/case") {
		t.Errorf("a stranger is not led to the number: %v", links)
	}
}
