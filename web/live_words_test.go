package web_test

import (
	"strings"
	"testing"
	"time"

	"zhaohui/internal/recovery"
)

// The check-up tells what is missing from what is there and reaches nobody, and a day stays on one line.
func TestL20_theCheckUpSaysWhatIsThereAndDoesNotWork(t *testing.T) {
	p := newLive(t, plainSite)
	one := p.person(t)
	one.begin("mail", "suspended@demo.example") // its number is dead
	one.proveMail()
	one.expect("next")
	one.fill("method", "card")
	one.expect("card")
	one.fill("card", "card-1")
	one.expect("card-code")
	one.fill("code", p.code(t, recovery.PurposeCard))
	one.expect("card-check")
	for _, o := range parsed(t, one.get(one.at).body).all("option") {
		if strings.HasSuffix(strings.TrimSpace(o.text()), "中国建设银行") {
			one.fill("last4", "5124", "bank", o.attr("value"))
		}
	}
	one.expect("password")
	done := one.fill("new_password", "739184", "new_password_again", "739184")
	one.expect("done")
	rows := map[string]string{}
	for _, row := range parsed(t, done.body).all("li") {
		if name := row.all("b"); len(name) == 1 && len(row.all("span")) == 1 {
			rows[name[0].text()] = row.all("span")[0].text()
		}
	}
	for name, want := range map[string]string{"绑定的手机号": "现在用不了", "绑定的邮箱": "有", "绑定的银行卡": "有", "恢复码": "还没有"} {
		if rows[name] != want {
			t.Errorf("%s: %q, want %q", name, rows[name], want)
		}
	}
	contains(t, done, "\u00a0月\u00a0")
}

// What is gone of a wait is never rounded up, so that it and what is left make the whole.
func TestL20_whatIsGoneAndWhatIsLeftMakeTheWait(t *testing.T) {
	p := newAppeals(t)
	one, _, _ := p.decided(t, "all@demo.example")
	gone := time.Duration(0)
	for _, c := range []struct {
		after time.Duration
		want  []string
	}{
		{23*time.Hour + 30*time.Minute, []string{"已过 23 小时", "还要等 2 天 1 小时"}},
		{48 * time.Hour, []string{"已过 48 小时", "还要等 24 小时"}},
		{71 * time.Hour, []string{"已过 2 天 23 小时", "还要等 60 分钟"}},
	} {
		p.clock.advance(c.after - gone)
		gone = c.after
		text := strings.ReplaceAll(parsed(t, one.get("/p/wallet/appeal/hold").body).text(), "\u00a0", " ")
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("after %s the page does not say %q", c.after, want)
			}
		}
	}
}

// Weekends and holidays stretch what people decide: the page names the day, which holds for whoever begins that day.
func TestL15_theAppealNamesTheDayByWhichItIsThrough(t *testing.T) {
	p := newAppeals(t)
	p.clock.advance(4 * 24 * time.Hour) // a Friday
	for page, want := range map[string]string{
		"/p/wallet/appeal?safety=none":                             "最晚等到 12 月 6 日",
		"/p/wallet/result?safety=none&trouble=forgot&phone=unsure": "最晚等到 12 月 6 日",
		"/en/p/wallet/appeal?safety=none":                          "until 6 December at the latest",
	} {
		contains(t, p.browser().get(page), want)
	}
}
