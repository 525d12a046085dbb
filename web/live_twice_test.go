package web_test

import (
	"strings"
	"testing"

	"zhaohui/internal/recovery"
)

// pageName is what the page's form calls its page.
func pageName(t *testing.T, body string) string {
	t.Helper()
	for _, form := range parsed(t, body).with("data-step") {
		for _, field := range form.all("input") {
			if field.attr("name") == recovery.FieldPage {
				return field.attr("value")
			}
		}
	}
	t.Fatal("the page has no name")
	return ""
}

// A second click brings the very same form: it gets the key of the first. Whoever copied the cookie before was given another
// page, and gets none, whatever they know (decision 0017).
func TestW4_theSecondClickIsKnownByItsPage(t *testing.T) {
	p := newLive(t, plainSite)
	one := p.person(t)
	page := one.begin("backup", "all@demo.example")
	second, thief := one.tab(), one.tab()
	theirs := pageName(t, thief.get(one.at).body)
	mine := pageName(t, page.body)
	if mine == theirs || len(mine) != 26 {
		t.Fatalf("two pages are called %q and %q", mine, theirs)
	}
	target := one.action
	one.fill("backup_password", "Camellia-2047", "page", mine)
	one.expect("next")
	for who, b := range map[string]*browser{"second": second, "thief": thief} {
		name := map[string]string{"second": mine, "thief": theirs}[who]
		a := b.post(target, values("backup_password", "Camellia-2047", "page", name))
		got := b.cookies[p.cookieName("zh_case")].Value
		same := opened(t, p, "case", p.cookieName("zh_case"), got) == one.key()
		if a.status != 303 || same != (who == "second") {
			t.Errorf("%s: %d, has the key: %v", who, a.status, same)
		}
	}
}

// A take-over that is sent twice is one, and the second answer shows it too.
func TestW4_aDoubledTakeOverArrives(t *testing.T) {
	p := newLive(t, plainSite)
	one := p.person(t)
	one.begin("backup", "all@demo.example")
	one.fill("backup_password", "Camellia-2047")
	code := p.facts(t, one.caseID()).Code
	other := p.person(t)
	other.open("/case")
	other.fill("resume", code)
	page := other.do("again", "method", "backup")
	second, said := other.tab(), values("backup_password", "Camellia-2047", "page", pageName(t, page.body))
	target := "/case/" + other.caseID()
	for name, b := range map[string]*browser{"first": other.browser, "second": second} {
		a := b.post(target, said)
		if a.status != 303 || !strings.HasSuffix(a.location(), "/p/wallet/backup/next") {
			t.Errorf("the %s click: %d %s", name, a.status, a.location())
		}
	}
	name := p.cookieName("zh_case")
	if opened(t, p, "case", name, second.cookies[name].Value) != other.key() {
		t.Error("the two answers bring two keys")
	}
}
