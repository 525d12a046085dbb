package web_test

import (
	"context"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"zhaohui/internal/message"
	"zhaohui/internal/recovery"
	"zhaohui/web"
)

// person is somebody with a browser in the middle of a recovery.
type person struct {
	*browser
	tb      testing.TB
	at      string                // the address of the page they see
	action  string                // where its form goes
	see     func(*person, answer) // is called with every page; optional
	lang    string                // prefix of addresses
	visited []string
}

func (p *portal) person(tb testing.TB) *person { return &person{browser: p.browser(), tb: tb} }

// open reads a page and follows where it leads.
func (p *person) open(target string) answer {
	p.tb.Helper()
	for range 5 {
		p.visited = append(p.visited, target)
		a := p.get(target)
		if a.status != 303 {
			p.at = target
			p.look(a)
			return a
		}
		target = a.location()
	}
	p.tb.Fatalf("%s leads in circles", target)
	return answer{}
}

// visit opens a page in the person's language.
func (p *person) visit(path string) answer {
	p.tb.Helper()
	return p.open(p.lang + path)
}

// fill fills in the page that is seen: pairs of name and value. It follows where that leads.
func (p *person) fill(pairs ...string) answer {
	p.tb.Helper()
	return p.follow(p.post(p.action, values(pairs...)))
}

// do presses one of the small buttons of a case.
func (p *person) do(what string, pairs ...string) answer {
	p.tb.Helper()
	return p.follow(p.post(p.lang+"/case/"+p.caseID(), values(append([]string{"do", what}, pairs...)...)))
}

func (p *person) follow(a answer) answer {
	p.tb.Helper()
	if a.status == 303 {
		return p.open(a.location())
	}
	p.look(a)
	return a
}

// sendOnly posts and does none of the jobs that it starts: they run beside the answer.
func (p *person) sendOnly(target string, pairs ...string) answer {
	p.lazy = true
	defer func() { p.lazy = false }()
	return p.post(target, values(pairs...))
}

func (p *person) look(a answer) {
	p.action = p.at
	if found := formAction.FindStringSubmatch(a.body); found != nil {
		p.action = html.UnescapeString(found[1])
	}
	if p.see != nil {
		p.see(p, a)
	}
}

func values(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

// step is where the person stands.
func (p *person) step() string { return p.at[strings.LastIndex(p.at, "/")+1:] }

func (p *person) expect(step string) {
	p.tb.Helper()
	if p.step() != step {
		p.tb.Fatalf("stands at %s, not at %s", p.at, step)
	}
}

// begin comes to a channel and names an account.
func (p *person) begin(channel, account string) answer {
	p.tb.Helper()
	p.open(p.lang + "/p/wallet/" + channel + "/safety")
	p.fill("safety", "none")
	p.expect("account")
	return p.fill("account", account)
}

// caseID is the case of the browser's cookie.
func (p *person) caseID() string {
	p.tb.Helper()
	id, _, _ := strings.Cut(p.key(), " ")
	return id
}

// key is what the browser's cookie holds.
func (p *person) key() string {
	p.tb.Helper()
	name := p.portal.cookieName("zh_case")
	if p.cookies[name] == nil {
		return ""
	}
	return opened(p.tb, p.portal, "case", name, p.cookies[name].Value)
}

func (p *portal) cookieName(name string) string {
	if p.config.PublicURL.Scheme == "https" {
		return "__Host-" + name
	}
	return name
}

func opened(tb testing.TB, p *portal, purpose, name, value string) string {
	tb.Helper()
	sealed, err := web.Decoded(value)
	if err != nil {
		tb.Fatal(err)
	}
	plain, err := p.config.Keys.Sealer(purpose).Open(sealed, []byte(name))
	if err != nil {
		tb.Fatal(err)
	}
	return string(plain)
}

var (
	formAction = regexp.MustCompile(`<form[^>]* action="([^"]*)"[^>]* data-step=`)
	sixDigits  = regexp.MustCompile(`(?:^|[^0-9])([0-9]{6})(?:[^0-9]|$)`)
	mailLink   = regexp.MustCompile(`https?://[^\s]+/mail/[a-z0-9]+`)
)

// letter is the newest message of a purpose.
func (p *portal) letter(tb testing.TB, purpose recovery.Purpose) message.Record {
	tb.Helper()
	for _, r := range slices.Backward(p.live.outbox.Records()) {
		if r.Purpose == string(purpose) {
			return r
		}
	}
	tb.Fatalf("no message of purpose %s among %d", purpose, len(p.live.outbox.Records()))
	return message.Record{}
}

// code is the number in the newest message of a purpose.
func (p *portal) code(tb testing.TB, purpose recovery.Purpose) string {
	tb.Helper()
	return sixDigits.FindStringSubmatch(p.letter(tb, purpose).Text)[1]
}

// link is the path of the link in the newest message of a purpose.
func (p *portal) link(tb testing.TB, purpose recovery.Purpose) string {
	tb.Helper()
	return strings.TrimPrefix(mailLink.FindString(p.letter(tb, purpose).Text), p.config.PublicURL.String())
}

// facts are those of a case as they are kept.
func (p *portal) facts(tb testing.TB, id string) recovery.Facts {
	tb.Helper()
	c, err := p.live.cases.Case(context.Background(), id)
	if err != nil {
		tb.Fatal(err)
	}
	return c.Facts
}

// proveSMS and proveMail pass the step on which the person stands.
func (p *person) proveSMS() answer {
	p.tb.Helper()
	p.expect("sms-code")
	return p.fill("code", p.portal.code(p.tb, recovery.PurposeCode))
}

func (p *person) proveMail() answer {
	p.tb.Helper()
	p.expect("mail-code")
	return p.fill("code", p.portal.code(p.tb, recovery.PurposeLink))
}

// recover runs a recovery by SMS and mail to its end.
func (p *person) recover(account, password string) answer {
	p.tb.Helper()
	p.begin("sms", account)
	p.proveSMS()
	p.fill("method", "mail")
	p.proveMail()
	p.expect("password")
	a := p.fill("new_password", password, "new_password_again", password)
	p.expect("done")
	return a
}
