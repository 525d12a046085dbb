package web_test

import (
	"strings"
	"testing"
	"time"

	"zhaohui/internal/recovery"
)

// A press that freezes says why it does: a password was just set, or it was set lately and somebody asks for another one now.
func TestR7_theFreezeSaysWhatHappened(t *testing.T) {
	p := newLive(t, plainSite)
	one := p.person(t)
	one.recover("all@demo.example", "739184")
	p.live.work()
	was := p.link(t, recovery.PurposeDone)
	p.clock.advance(25 * time.Hour) // announced anew
	other := p.person(t)
	other.begin("backup", "all@demo.example")
	other.fill("backup_password", "Camellia-2047")
	p.live.work()
	for link, want := range map[string]string{was: "您的账户刚设了新的支付密码", p.link(t, recovery.PurposeStarted): "现在又有人来找回"} {
		a := p.browser().get(link)
		if body := strings.ReplaceAll(a.body, "<wbr>", ""); a.status != 200 || !strings.Contains(body, want) || !strings.Contains(body, "冻结钱包") {
			t.Errorf("%d, without %q", a.status, want)
		}
	}
}
