package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// refusedCards are those of the demo's fullest account that cannot be used, with what their row has to say: why, and what to do.
var refusedCards = []struct{ reason, card, why, todo, english string }{
	{"lost", "card-4", "挂失", "到银行解了挂", "reported lost. Ask the bank"},
	{"expired", "card-5", "过期", "到银行换了新卡", "expired. Get a new one from the bank"},
	{"blocked", "card-6", "停了", "打卡背面的电话问银行", "stopped this card. Call the number on its back"},
	{"credit card of a city bank", "card-7", "只能验储蓄卡", "请换一张", "debit cards only. Take another"},
	{"quick payment off", "card-8", "没开快捷支付", "在银行的应用里能开", "Quick payment is off for this card; the bank's app can switch it on"},
}

func TestL08_ARefusedCardSaysWhyAndWhatToDo(t *testing.T) {
	t.Parallel()
	s := openLiveSite(t)
	b := openScreen(t, s)
	c := newCustomer(t, s, b, all, "mail")
	c.begin("card")
	c.until("card")
	said := func(card string) (row string, off bool) {
		input := fmt.Sprintf(`document.querySelector('input[name="card"][value=%q]')`, card)
		return look[string](b.tab, input+`.closest('label').innerText`), look[bool](b.tab, input+`.disabled`)
	}
	for _, r := range refusedCards {
		row, off := said(r.card)
		if !off {
			t.Errorf("%s: the card can be chosen", r.reason)
		}
		if !strings.Contains(row, r.why) || !strings.Contains(row, r.todo) {
			t.Errorf("%s: the card says %q", r.reason, row)
		}
	}
	b.visit("/en" + b.path())
	for _, r := range refusedCards {
		if row, _ := said(r.card); !strings.Contains(row, r.english) {
			t.Errorf("%s: the card says %q in English", r.reason, row)
		}
	}

	s.advance(61 * time.Second) // other ways are still there, and the mail that was proved still counts
	b.visit("/p/wallet/card/card")
	b.beside("choose", "recoverycodes")
	c.until()
	if !s.opens(all, newPassword) {
		t.Error("another way did not lead on")
	}
}

// Past the page, too: and a refused card costs no try, so that the next one is taken.
func TestL08_ARefusedCardIsRefusedPastThePageToo(t *testing.T) {
	t.Parallel()
	s := openLiveSite(t)
	r := openReader(t, s)
	c := newCustomer(t, s, r, all, "mail")
	c.begin("card")
	c.until("card")
	for range 2 { // a city bank lets try twice
		for _, refused := range refusedCards {
			c.fill(map[string]string{"card": refused.card})
			c.expect("card")
			if r.status != http.StatusUnprocessableEntity {
				t.Errorf("%s: answered with %d", refused.reason, r.status)
			}
		}
	}
	if n := s.count("card"); n != 0 {
		t.Errorf("%d codes went out for refused cards", n)
	}
	c.card = "card-3"
	c.until()
	if !s.opens(all, newPassword) {
		t.Error("the card that can be used did not lead on")
	}
}

func TestL08_AfterTheLastTryOfTheDayTheCardIsClosedAndOtherWaysAreOpen(t *testing.T) {
	t.Parallel()
	s := openLiveSite(t)
	c := newCustomer(t, s, openReader(t, s), all, "mail")
	c.card = "card-3" // a city bank: two tries a day, counting codes
	c.begin("card")
	c.until("card-code")
	for range 2 {
		c.fill(map[string]string{"code": "000000"})
	}
	if c.has(`input[name="code"]`) {
		t.Error("a code can still be typed")
	}
	if !strings.Contains(c.words("main"), "今天不能再试了，请换一种办法") {
		t.Errorf("the page does not say that it is closed for today: %s", c.words("main"))
	}
	c.beside("choose", "sms")
	c.until()
	if !s.opens(all, newPassword) {
		t.Error("another way did not lead on")
	}
}
