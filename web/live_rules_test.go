package web_test

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/guide"
	"zhaohui/internal/help"
	"zhaohui/internal/recovery"
	"zhaohui/internal/wallet"
	"zhaohui/web"
)

// asked is everything that a live page may have as a field or as the name of a button (issue 3).
var asked = regexp.MustCompile(`^(account|code|answer_[1-9]|backup_password|name|id_number|phone|card|last4|expiry|bank|current_password|new_password|` +
	`new_password_again|safety|method|instead|slide|track|resume|do|answer|back|elder|q|clear|remove|)$`)

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
			if a.status == 422 && !strings.HasPrefix(strings.TrimSpace(doc.all("title")[0].text()), map[string]string{"zh": "错误：", "en": "Error:"}[lang]) {
				t.Errorf("A4: the title of a mistake on %s is %q", one.at, doc.all("title")[0].text())
			}
		})
		for _, step := range []string{"safety", "account", "first", "next", "sms-code", "mail-code", "identity", "slider", "slider-wait", "card", "card-wait", "card-code",
			"card-check", "backup", "authenticator", "recovery-code", "questions", "current", "password", "resume", "mail", "stop"} {
			if !steps[step] {
				t.Errorf("%s: no page with the form %q was seen", lang, step)
			}
		}
	}
}

// Every page of a case and every link in a message is read by GET and HEAD, by whoever runs the case and by a stranger;
// not one row of the database changes.
func TestW2_readingACaseOrAMailLinkChangesNothing(t *testing.T) {
	p := newLive(t, plainSite)
	wallet, _ := realContent().Platform("wallet")
	seen := map[string]bool{}
	tour(t, p, "", func(one *person, _ answer) {
		if kind := place(one.at).kind + "/" + one.step(); seen[kind] && !strings.Contains(one.at, "/mail/") {
			return
		} else { //nolint:revive // the same name for both
			seen[kind] = true
		}
		targets := []string{one.at, one.at + "?do=cancel&answer=stop&code=123456&method=mail&safety=none", "/case", "/progress", "/p/wallet"}
		if id := one.caseID(); id != "" {
			targets = append(targets, "/case/"+id, "/case/"+id+"?do=cancel", "/case/"+id+"/hold.ics")
			f := p.facts(t, id)
			for _, step := range []string{"safety", "account", "first", "next", "hold", "password", "setting", "done", "ended"} {
				targets = append(targets, "/p/wallet/"+f.Channel+"/"+step)
			}
		} else {
			targets = append(targets, "/p/"+wallet.ID+"/sms/account", "/p/"+wallet.ID+"/sms/done")
		}
		letters := p.live.outbox.Records()
		for _, letter := range letters[max(0, len(letters)-6):] {
			for _, link := range mailLink.FindAllString(letter.Text, -1) {
				targets = append(targets, strings.TrimPrefix(link, plainSite), strings.TrimPrefix(link, plainSite)+"?answer=yes")
			}
		}
		before, key := p.live.rows(t), one.key()
		for _, target := range targets {
			for _, b := range []*browser{one.browser, p.browser()} {
				for _, method := range []string{"GET", "HEAD"} {
					if a := b.send(b.request(method, target, nil)); len(a.set) > 0 {
						t.Errorf("%s %s sets a cookie", method, target)
					}
				}
			}
		}
		if after := p.live.rows(t); after != before || one.key() != key {
			t.Fatalf("at %s: reading %v changed the database: %s, then %s", one.at, targets, before, after)
		}
	})
	if len(seen) < 25 {
		t.Errorf("only %d kinds of page were read: %v", len(seen), seen)
	}
}

// 20 mail scanners open the link before the person does: it still works; its token is left behind with the button.
func TestW2_aMailLinkSurvivesScannersAndItsTokenLeavesTheAddress(t *testing.T) {
	p := newLive(t, secureSite)
	one := p.person(t)
	one.begin("mail", "mailonly@demo.example")
	link := p.link(t, recovery.PurposeLink)
	token := strings.TrimPrefix(link, "/mail/")
	for range 20 {
		if a := p.browser().get(link); a.status != 200 || a.header.Get("Cache-Control") != "no-store" || a.header.Get("Referrer-Policy") != "same-origin" {
			t.Fatalf("%d %v", a.status, a.header)
		}
	}
	a := one.post(link, values("answer", "yes"))
	if a.status != 303 || strings.Contains(a.location(), token) {
		t.Errorf("the button leads to %d %s", a.status, a.location())
	}
	if page := one.follow(a); strings.Contains(page.body, token) || len(p.facts(t, one.caseID()).Proofs) != 1 {
		t.Errorf("at %s the token is still there, or nothing is proved", one.at)
	}
	if again := p.browser().post(link, values("answer", "yes")); again.status != 410 || strings.Contains(again.body, "undefined") {
		t.Errorf("the link works twice: %d", again.status)
	}
}

func TestW1_linksInMessagesComeFromThePublicAddress(t *testing.T) {
	p := newLive(t, secureSite)
	one := p.person(t)
	one.recover("all@demo.example", "739184")
	for _, m := range p.live.outbox.Records() {
		for _, link := range regexp.MustCompile(`https?://[^\s/]+`).FindAllString(m.Text, -1) {
			if link != secureSite {
				t.Errorf("a message of purpose %s leads to %s", m.Purpose, link)
			}
		}
	}
}

// Limits count networks, so who is behind a trusted proxy counts for themselves, and nobody else can pretend to.
func TestW1_limitsCountTheAddressOfTheVisitor(t *testing.T) {
	few := func(p *recovery.Policy) { p.Case.PerNetwork = 2 }
	for _, c := range []struct {
		name    string
		proxies []string
		socket  string
		last    int // status of the third case from a third address that the header names
	}{
		{"no proxy", nil, "203.0.113.9:1", 429},
		{"another proxy", []string{"10.0.0.1"}, "203.0.113.9:1", 429},
		{"behind the proxy", []string{"10.0.0.1"}, "10.0.0.1:1", 303},
	} {
		p := newLive(t, plainSite, few, func(w *web.Config) { w.Proxies = c.proxies })
		status := 0
		for i := range 3 {
			b := p.browser()
			r := b.request("POST", "/p/wallet/sms/safety", strings.NewReader("safety=none"))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("X-Forwarded-For", fmt.Sprintf("198.51.%d.7", i))
			r.RemoteAddr = c.socket
			status = b.send(r).status
		}
		if status != c.last {
			t.Errorf("%s: the third case gets %d", c.name, status)
		}
	}
}

func TestR5_whoComesTooOftenIsToldWhenToComeBack(t *testing.T) {
	p := newLive(t, plainSite, func(p *recovery.Policy) { p.Case.PerNetwork = 1 })
	p.browser().post("/p/wallet/sms/safety", values("safety", "none"))
	for prefix, lang := range map[string]string{"": "zh", "/en": "en"} {
		a := p.browser().post(prefix+"/p/wallet/sms/safety", values("safety", "none"))
		until, err := http.ParseTime(a.header.Get("Retry-After"))
		if a.status != 429 || err != nil || !until.Equal(today.Add(time.Hour)) || len(a.set) > 0 {
			t.Errorf("%d, come back %q", a.status, a.header.Get("Retry-After"))
		}
		if said := realWords().Words(lang).T("error.too-many-until", "Time", "10:00"); !strings.Contains(a.body, said) {
			t.Errorf("the page does not say %q", said)
		}
	}
	if strings.Contains(p.log.String(), "level=ERROR") {
		t.Error("a limit is logged as our mistake")
	}
}

func TestW4_theKeyOfACaseIsClosedToScriptsAndOtherSites(t *testing.T) {
	for _, public := range []string{plainSite, secureSite} {
		p := newLive(t, public)
		one := p.person(t)
		names := map[string]bool{}
		one.see = func(*person, answer) {
			for name, c := range one.cookies {
				names[name] = true
				if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Secure != (public == secureSite) || c.Path != "/" || c.Domain != "" {
					t.Errorf("%s: %v", public, c)
				}
			}
		}
		one.recover("all@demo.example", "739184")
		for _, name := range []string{"zh_case", "zh_device"} {
			if !names[p.cookieName(name)] {
				t.Errorf("%s: no cookie %s among %v", public, p.cookieName(name), names)
			}
		}
		one.post("/progress", values("clear", "all"))
		if len(one.cookies) != 0 {
			t.Errorf("after everything was cleared the browser keeps %v", one.cookies)
		}
	}
}

func TestW4_everyProofGivesANewKeyAndTheOldOneEnds(t *testing.T) {
	p := newLive(t, plainSite)
	one := p.person(t)
	one.begin("sms", "all@demo.example")
	keys := []string{one.key()}
	old := []*browser{one.tab()}
	next := func() {
		if slices.Contains(keys, one.key()) {
			t.Errorf("at %s the browser has a key that it had before", one.at)
		}
		keys, old = append(keys, one.key()), append(old, one.tab())
	}
	one.proveSMS()
	next()
	one.fill("method", "mail")
	one.proveMail()
	next()
	one.fill("new_password", "739184", "new_password_again", "739184")
	next()
	p.clock.advance(2 * time.Minute)
	before := p.live.rows(t)
	for i, b := range old[:3] {
		if a := b.get("/p/wallet/sms/done"); a.status == 200 {
			t.Errorf("key %d still opens the case", i)
		}
		b.post("/case/"+one.caseID(), values("do", "cancel"))
		b.post("/case/"+one.caseID(), values("do", "hand-off"))
	}
	if p.live.rows(t) != before {
		t.Error("an old key changed something")
	}
	if a := old[3].get("/p/wallet/sms/done"); a.status != 200 {
		t.Errorf("the newest key does not open it: %d", a.status)
	}
}

func TestW4_whoTakesACaseOverTakesTheRights(t *testing.T) {
	p := newLive(t, plainSite)
	one := p.person(t)
	one.begin("sms", "all@demo.example")
	one.proveSMS()
	p.clock.advance(2 * time.Minute)
	code := p.facts(t, one.caseID()).Code
	other := p.person(t)
	other.open("/case")
	status := other.fill("resume", code)
	for _, personal := range []string{"all@", "199", "1016", "周", "demo-all"} {
		if strings.Contains(parsed(t, status.body).all("main")[0].text(), personal) {
			t.Errorf("the status page shows %q", personal)
		}
	}
	before := p.live.rows(t)
	for _, do := range []string{"cancel", "more", "hand-off", "resend"} { // a number alone may do nothing
		other.post("/case/"+other.caseID(), values("do", do))
	}
	other.post("/case/"+other.caseID(), values("do", "choose", "method", "mail"))
	if p.live.rows(t) != before {
		t.Error("the number alone changed the case")
	}
	other.do("again", "method", "sms")
	other.follow(other.post("/case/"+other.caseID(), values("code", p.code(t, recovery.PurposeCode))))
	other.expect("next")
	p.clock.advance(2 * time.Minute)
	if one.open("/case/" + one.caseID()); one.at != "/case" {
		t.Errorf("the first browser still stands at %s", one.at)
	}
	if walks := one.walks(t); len(walks) != 0 {
		t.Errorf("the first browser's progress still names %v", walks)
	}
}

func TestW4_acaseThatEndedDoesNothingMore(t *testing.T) {
	p := newLive(t, plainSite)
	one := p.person(t)
	one.begin("sms", "all@demo.example")
	one.do("cancel")
	one.expect("ended")
	before := p.live.rows(t)
	for _, do := range []string{"cancel", "more", "resend", "hand-off", "choose"} {
		if a := one.post("/case/"+one.caseID(), values("do", do)); a.status == 500 {
			t.Errorf("%s: %d", do, a.status)
		}
	}
	for _, step := range []string{"account", "sms-code", "next", "password"} {
		one.post("/p/wallet/sms/"+step, values("code", p.code(t, recovery.PurposeCode)))
	}
	if p.live.rows(t) != before {
		t.Error("an ended case was changed")
	}
}

// W5: another site, unknown fields, and steps out of order write nothing.
func TestW5_whatIsNotAskedHereWritesNothing(t *testing.T) {
	p := newLive(t, plainSite)
	one := p.person(t)
	one.begin("sms", "all@demo.example")
	one.proveSMS()
	one.fill("method", "mail")
	one.expect("mail-code")
	code, link, id := p.code(t, recovery.PurposeLink), p.link(t, recovery.PurposeLink), one.caseID()
	before, key := p.live.rows(t), one.key()
	unchanged := func(what string, a answer, status ...int) {
		t.Helper()
		if p.live.rows(t) != before || one.key() != key {
			t.Fatalf("%s changed something", what)
		}
		if !slices.Contains(status, a.status) {
			t.Errorf("%s: %d", what, a.status)
		}
	}
	for target, form := range map[string]url.Values{"/p/wallet/sms/mail-code": values("code", code), "/case/" + id: values("do", "cancel"), link: values("answer", "stop"),
		"/p/wallet/sms/safety": values("safety", "none"), "/case": values("resume", p.facts(t, id).Code)} {
		for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
			r := one.request("POST", target, strings.NewReader(form.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set(header, value)
			unchanged("another site's POST to "+target, one.send(r), 403)
		}
	}
	for _, c := range []struct {
		target string
		form   url.Values
	}{
		{"/p/wallet/sms/mail-code", values("code", code, "hold", "0")},
		{"/p/wallet/sms/mail-code", values("code", code, "account", "x")},
		{"/p/wallet/sms/mail-code", url.Values{"code": {code, code}}},
		{"/case/" + id, values("do", "cancel", "force", "1")},
		{"/case/" + id, values("do", "anything")},
		{"/case/" + id, values()},
		{link, values("answer", "yes", "case", id)},
		{link, values("answer", "perhaps")},
		{link, values()},
		{"/case", values("resume", "x", "case", id)},
		{"/p/wallet/sms/safety", values("safety", "none", "account", "x")},
		{"/p/wallet/sms/safety", values("safety", "")},
	} {
		unchanged(fmt.Sprint(c.target, c.form), one.post(c.target, c.form), 422)
	}
	for _, step := range []string{"account", "first", "next", "sms-code", "hold", "password", "setting", "done", "ended", "card", "nonsense"} {
		form := values("account", "suspended@demo.example", "method", "card", "code", code, "new_password", "739184", "new_password_again", "739184")
		a := one.post("/p/wallet/sms/"+step, form)
		unchanged("a POST to "+step, a, 303)
		if a.location() != "/p/wallet/sms/mail-code" {
			t.Errorf("a POST to %s leads to %s", step, a.location())
		}
		one.get("/p/wallet/sms/" + step)
	}
	for _, channel := range []string{"mail", "card", "identity"} {
		unchanged("a POST to another channel", one.post("/p/wallet/"+channel+"/mail-code", values("code", code)), 303)
	}
	unchanged("somebody without the key", p.browser().post("/p/wallet/sms/mail-code", values("code", code)), 303)
	unchanged("somebody without the key", p.browser().post("/case/"+id, values("do", "cancel")), 303)
	if one.proveMail(); one.step() != "password" {
		t.Errorf("and then it does not go on: %s", one.at)
	}
}

// The browser that began runs a case once; the same form sent twice is one answer.
func TestW5_aDoubledSubmitShowsTheRightPage(t *testing.T) {
	p := newLive(t, plainSite)
	one := p.person(t)
	one.begin("sms", "all@demo.example")
	code := p.code(t, recovery.PurposeCode)
	second := one.tab()
	one.proveSMS()
	a := second.post("/p/wallet/sms/sms-code", values("code", code))
	if a.status != 303 || a.location() != "/p/wallet/sms/next" || len(p.facts(t, one.caseID()).Proofs) != 1 {
		t.Errorf("the second click gets %d %s", a.status, a.location())
	}
}

var ownPath = regexp.MustCompile(`^(/en)?(/p/wallet(/[a-z-]+){0,2}|/case(/[a-z0-9]{26})?|/progress)(\?[a-z=&-]*)?$`)

func TestW6_liveRedirectsLeadOnlyToOwnPages(t *testing.T) {
	for _, prefix := range []string{"", "/en"} {
		tour(t, newLive(t, plainSite), prefix, func(one *person, _ answer) {
			for _, target := range one.visited[1:] {
				if !ownPath.MatchString(target) && !strings.HasSuffix(target, "/mail") && !strings.Contains(target, "/mail/") && !strings.Contains(target, "/join/") && !strings.HasSuffix(target, ".ics") {
					t.Errorf("led to %s", target)
				}
			}
		})
	}
	p := newLive(t, plainSite)
	one := p.person(t)
	one.begin("sms", "all@demo.example")
	for _, evil := range []string{"//evil.example", `/\evil.example`, "%2f%2fevil.example", "%5cevil.example", "..%2f..%2fevil.example", "@evil.example"} {
		for _, target := range []string{"/case/" + evil, "/case/" + evil + "/hold.ics", "/p/wallet/sms/" + evil, "/p/wallet/" + evil + "/safety", "/mail/" + evil, "/case/x/join/" + evil,
			"/p/wallet/sms/account?next=" + evil, "/p/wallet/sms/safety?next=" + evil} {
			target = strings.ReplaceAll(target, `\`, "%5c")
			for _, a := range []answer{one.get(target), one.post(target, values("do", "more", "next", evil)), one.post(target, values("safety", "none"))} {
				if to := a.location(); to != "" && !ownPath.MatchString(to) {
					t.Errorf("%s leads to %q", target, to)
				}
			}
		}
	}
}

func TestW8_liveFormsAreLimitedInSize(t *testing.T) {
	p := newLive(t, plainSite)
	one := p.person(t)
	one.begin("sms", "all@demo.example")
	before := p.live.rows(t)
	for _, target := range []string{"/p/wallet/sms/sms-code", "/case/" + one.caseID(), "/p/wallet/mail/safety", "/case", "/mail/abcdefghijklmnopqrstuvwxyz"} {
		for _, name := range []string{"code", "do", "safety", "resume", "answer"} {
			if a := one.post(target, values(name, strings.Repeat("9", web.MaxBody))); a.status != 413 {
				t.Errorf("%s of %s: %d", name, target, a.status)
			}
		}
	}
	if p.live.rows(t) != before {
		t.Error("a form that was too large changed something")
	}
}

// A canary run: whatever was typed or sent stands in no log, no file and no address.
func TestW9_nothingSecretIsWrittenDown(t *testing.T) {
	p := newLive(t, plainSite)
	secrets := map[string]bool{}
	for _, s := range []string{"739184", "284615", "604817", "Camellia-2047", "990001198802140526", "周晓岚", "7KDMH", "KRUGKIDROVUWG2ZAMJZG653OEBTG66BA", "豆包", "扬州", "2365", "3582",
		"19900000101", "19900000102", "all@demo.example", "recent@demo.example", "nobody@demo.example", "6200000000000003582"} {
		secrets[s] = true
	}
	var addresses []string
	tour(t, p, "", func(one *person, a answer) {
		addresses = append(addresses, one.visited...)
		addresses = append(addresses, parsed(t, a.body).links()...)
		if key := one.key(); key != "" {
			_, token, _ := strings.Cut(key, " ")
			secrets[token] = true
		}
	})
	links := map[string]bool{}
	for _, m := range p.live.outbox.Records() {
		if code := sixDigits.FindStringSubmatch(m.Text); code != nil && m.Purpose != "started" {
			secrets[code[1]] = true
		}
		for _, link := range mailLink.FindAllString(m.Text, -1) {
			token := link[strings.LastIndex(link, "/")+1:]
			secrets[token], links[token] = true, true
		}
	}
	if len(secrets) < 40 {
		t.Fatalf("only %d secrets to look for", len(secrets))
	}
	if _, err := p.live.db.SQL().Exec(`PRAGMA wal_checkpoint(PASSIVE)`); err != nil {
		t.Fatal(err)
	}
	places := map[string]string{"the log": p.log.String(), "an address": ""}
	for _, address := range addresses {
		if !strings.Contains(address, "/mail/") { // a link out of a mail is opened as it is; what follows is looked at
			places["an address"] += address + "\n"
		}
	}
	files, err := filepath.Glob(p.live.path + "*")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		places[strings.TrimPrefix(file, p.live.path[:len(p.live.path)-3])] = string(raw)
	}
	for secret := range secrets {
		for where, text := range places {
			if short := len(secret) == 4; short { // four digits stand anywhere by chance in random bytes
				if where == "the log" || where == "an address" {
					text = regexp.MustCompile(`[0-9]{5,}|[0-9.]{5,}`).ReplaceAllString(text, "")
				} else {
					continue
				}
			}
			if at := strings.Index(text, secret); at >= 0 && !chance(text, at, secret) {
				t.Errorf("%q stands in %s: …%q…", secret, where, text[max(0, at-40):min(len(text), at+len(secret)+40)])
			}
		}
	}
	if !strings.Contains(p.log.String(), "this was not me") {
		t.Error("the log is not the one that was written")
	}
}

// chance says whether six digits stand inside a longer number, such as a time in milliseconds.
func chance(text string, at int, secret string) bool {
	digit := func(i int) bool { return i >= 0 && i < len(text) && text[i] >= '0' && text[i] <= '9' }
	return len(secret) == 6 && (digit(at-1) || digit(at+len(secret)))
}

// L19: which rules made an environment unusual is kept with the case and told to the operator in the trail.
func TestL19_theReasonsAreKeptWithTheCase(t *testing.T) {
	for _, c := range []struct {
		account, from string
		policy        func(*recovery.Policy)
		want          []string
	}{
		{"all@demo.example", "127.0.0.1:1", nil, nil},
		{"all@demo.example", "203.0.113.5:1", nil, []string{recovery.ReasonUnknown}},
		{"recent@demo.example", "127.0.0.1:1", nil, []string{recovery.ReasonRecent, recovery.ReasonUnknown}},
		{"nobody@demo.example", "203.0.113.5:1", nil, nil},
	} {
		p := newLive(t, plainSite)
		one := p.person(t)
		one.from = c.from
		one.begin("mail", c.account)
		e := p.facts(t, one.caseID()).Environment
		if !slices.Equal(e.Reasons, c.want) || e.Unusual != (len(c.want) > 0) {
			t.Errorf("%s from %s: %v", c.account, c.from, e)
		}
		data := column(t, p.live.db, `SELECT data FROM audit_entry WHERE kind = 'account-named'`)
		if len(data) != 1 || !strings.Contains(data[0], strings.Join(c.want, " ")) {
			t.Errorf("%s: the trail says %v", c.account, data)
		}
	}
}

// A browser that recovered an account before is known to it, and makes a strange network a usual one.
func TestL19_aBrowserThatRecoveredBeforeIsKnown(t *testing.T) {
	p := newLive(t, plainSite)
	one := p.person(t)
	one.recover("all@demo.example", "739184")
	p.clock.advance(48 * time.Hour)
	one.from = "203.0.113.5:1"
	one.begin("mail", "all@demo.example")
	if e := p.facts(t, one.caseID()).Environment; e.Unusual || !e.Known {
		t.Errorf("%+v", e)
	}
	stranger := p.person(t)
	stranger.from = "203.0.113.5:1"
	stranger.begin("card", "all@demo.example")
	if e := p.facts(t, stranger.caseID()).Environment; !e.Unusual || e.Known {
		t.Errorf("a stranger: %+v", e)
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
			if len(start.with("data-step")) != 0 || !slices.ContainsFunc(start.links(), func(l string) bool { return strings.HasPrefix(l, path+"/safety") }) {
				t.Errorf("%s%s: no way to the question, or a step already", path, query)
			}
			asks := parsed(t, b.get(path+"/safety"+query).body)
			forms := asks.with("data-step")
			if len(forms) != 1 || forms[0].attr("data-step") != "safety" || forms[0].attr("method") != "post" || strings.Contains(forms[0].attr("action"), "safety=") {
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
				if a := b.post(path+"/"+step+query, values("account", "all@demo.example")); a.status != 303 || a.location() != path+"/safety" {
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

// W10: without the database guided pages go on, a case gets a page that says what to do, and a balancer is told.
func TestW10_withoutTheDatabaseThePortalSaysSoAndRecovers(t *testing.T) {
	p := newLive(t, plainSite)
	one := p.person(t)
	one.begin("sms", "all@demo.example")
	if a := p.browser().get("/readyz"); a.status != 200 {
		t.Errorf("ready: %d", a.status)
	}
	if err := p.live.db.Close(); err != nil {
		t.Fatal(err)
	}
	for target, want := range map[string]int{"/readyz": 503, "/healthz": 200, "/": 200, aStep: 200, "/p/wallet": 200, "/p/wallet/sms": 200, "/progress": 200, "/p/wallet/sms/sms-code": 503,
		"/case/" + one.caseID(): 503} {
		a := one.get(target)
		if a.status != want {
			t.Errorf("%s: %d, want %d", target, a.status, want)
		}
		if want == 503 && target != "/readyz" && (a.header.Get("Retry-After") == "" || !strings.Contains(a.body, realWords().Words("zh").T("error.failed-text"))) {
			t.Errorf("%s does not say when to come back", target)
		}
	}
	if a := one.post("/p/wallet/sms/sms-code", values("code", "123456")); a.status != 503 {
		t.Errorf("a POST: %d", a.status)
	}
}

// fullSearch is a queue that is full.
type fullSearch struct{}

func (fullSearch) Search(context.Context, string, string, int) ([]help.Hit, error) {
	return nil, fmt.Errorf("search: %w", wallet.Busy{RetryAfter: 2500 * time.Millisecond})
}

func TestR9_aFullQueueSaysWhenToComeBack(t *testing.T) {
	p := newPortal(t, plainSite, func(c *web.Config) { c.Ready = func(context.Context) error { return nil }; c.Search = fullSearch{} })
	a := p.browser().get("/help/search?q=x")
	if a.status != 503 || a.header.Get("Retry-After") != "3" || !strings.Contains(a.body, realWords().Words("zh").T("error.busy")) {
		t.Errorf("%d, come back in %q s", a.status, a.header.Get("Retry-After"))
	}
}

func TestShare_liveChannelsCanBeSharedAndCasesCannot(t *testing.T) {
	b := newPortal(t, plainSite).browser()
	for target, want := range map[string]int{"/share/p/wallet": 200, "/share/p/wallet/choose?phone=works": 200, "/share/p/wallet/result?phone=works": 200, "/share/p/wallet/sms": 200,
		"/share/p/wallet/agent": 200, "/share/p/wallet/agent/dial": 200, "/share/p/wallet/sms/safety": 404, "/share/p/wallet/sms/sms-code": 404, "/share/case": 404, "/share/case/abc": 404,
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
		if first := result.class("first")[0]; !slices.Contains(first.links(), prefix+"/p/wallet/sms/safety?safety=none&phone=works&email=yes") {
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
	for _, target := range []string{"/p/wallet", "/p/wallet/sms", "/p/wallet/sms/safety", "/case", "/case/x", "/mail/x", "/case/x/join/y", "/api/v1/platforms/wallet/recommendation", "/share/p/wallet"} {
		if a := without.browser().get(target); a.status != 404 && a.location() != "/case" {
			t.Errorf("%s without a live half: %d", target, a.status)
		}
	}
}

func TestMetrics_countWhatNoRouteTookAndWhatWasRefused(t *testing.T) {
	p := newPortal(t, plainSite)
	b := p.browser()
	b.get("/nothing")
	b.send(b.request("PUT", "/help", nil))
	b.get("/p/alipay/nothing")
	foreign := b.request("GET", "/", nil)
	foreign.Host = "evil.example"
	b.send(foreign)
	b.get("/help/search?q=%ff")
	counted := map[string]float64{}
	families, err := p.config.Registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			labels := map[string]string{}
			for _, l := range m.GetLabel() {
				labels[l.GetName()] = l.GetValue()
			}
			if f.GetName() == "zhaohui_requests_total" {
				counted[labels["route"]+" "+labels["status"]] = m.GetCounter().GetValue()
			}
		}
	}
	for name, want := range map[string]float64{"unmatched 4xx": 2, "refused 4xx": 2, "/p/:platform/:channel 4xx": 1} {
		if counted[name] != want {
			t.Errorf("%s: %v, want %v", name, counted[name], want)
		}
	}
}

// A link or number that is over, and a browser that may not, get a page that says what to do.
func TestLive_deadEndsSayWhatToDo(t *testing.T) {
	p := newLive(t, plainSite)
	one := p.person(t)
	one.begin("sms", "all@demo.example")
	for target, want := range map[string]int{"/mail/abcdefghijklmnopqrstuvwxyz": 410, "/case/" + one.caseID() + "/join/abcdefghijklmnopqrstuvwxyz": 410, "/case/x/join/y": 404} {
		for _, prefix := range []string{"", "/en"} {
			a := one.get(prefix + target)
			if a.status != want {
				t.Errorf("%s: %d", target, a.status)
			}
			if links := parsed(t, a.body).links(); !strings.Contains(target, "/mail/") && !slices.Contains(links, prefix+"/p/wallet/sms/sms-code") {
				t.Errorf("%s does not lead back to the case: %v", prefix+target, links)
			}
		}
	}
	if links := parsed(t, p.browser().get("/case/x/join/y").body).links(); !slices.Contains(links, "/case") {
		t.Errorf("a stranger is not led to the number: %v", links)
	}
}
