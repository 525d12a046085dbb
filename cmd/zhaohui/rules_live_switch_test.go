package main

import (
	"net/http"
	"strings"
	"testing"

	"zhaohui/internal/store/postgrestest"
)

// TestSwitch_closesAChannelAtOnce beside what serves, and opens it again: in all portals on the database, also in the middle of
// a case. The trail has both.
func TestSwitch_closesAChannelAtOnce(t *testing.T) {
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		h := aHousehold(t)
		switched(t, h, h.serve())
	})
	t.Run("PostgreSQL, two portals", func(t *testing.T) {
		t.Parallel()
		h := aShared(t, postgrestest.URL(t))
		switched(t, h, h.serve(), h.serve("ZHAOHUI_DATA="+t.TempDir()))
	})
}

func switched(t *testing.T, h *household, portals ...*running) {
	t.Helper()
	who := h.settle(1)[0]
	middle := aCaller(h, portals[0], who) // in a case when the switch is turned
	middle.begin("mail")
	middle.fill("account", who.Mail)
	middle.until("next")
	choice := middle.at
	const row, start = `name="method" value="sms"`, "/p/wallet/sms/safety"
	turn := func(state, list string) {
		t.Helper()
		for _, args := range [][]string{{"switch", state, "sms"}, {"switch", "list"}} {
			if out := h.run(args...); out != "off: "+list+"\n" {
				t.Errorf("%v prints %q", args, out)
			}
		}
		for _, portal := range portals {
			c := aCaller(h, portal, person{})
			eventually(t, "sms is "+state, func() bool {
				c.get("/p/wallet/sms")
				return c.status == http.StatusOK && strings.Contains(c.body, start) == (state == "on")
			})
			if off := strings.Contains(c.body, "暂时关了"); off != (state == "off") {
				t.Errorf("sms is %s, and the page says that it is off: %v", state, off)
			}
			middle.portal = portal
			if middle.get(choice); strings.Contains(middle.body, row) != (state == "on") {
				t.Errorf("sms is %s, but in the middle of a case it is offered: %v", state, state == "off")
			}
		}
	}
	turn("off", "sms")
	turn("on", "nothing")
	middle.fill("method", "sms")
	middle.until("password")

	if out, err := h.try("switch", "off", "pigeons"); err == nil || !strings.Contains(out, "sms") {
		t.Errorf("%v %s", err, out)
	}
	r := h.records()
	for _, kind := range []string{"switched-off", "switched-on"} {
		if n := number(t, r, `SELECT COUNT(*) FROM audit_entry WHERE kind = $1 AND data LIKE '%sms%'`, kind); n != 1 {
			t.Errorf("the trail has %s %d times", kind, n)
		}
	}
	if out := h.run("audit", "verify"); !strings.Contains(out, "sound") {
		t.Error(out)
	}
	for _, portal := range portals {
		portal.stop(t)
	}
}
