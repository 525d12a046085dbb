package main

import (
	"testing"

	"zhaohui/internal/recovery"
	"zhaohui/internal/support"
)

// The demo's accounts lie on both sides of the risk limit, so that it can be seen at work: below it one person is enough, unless
// something else calls for care; above it two are needed. The platform's own file is left as it is: there every appeal needs two.
func TestP1_theDemoShowsTheRiskLimit(t *testing.T) {
	t.Parallel()
	b := aBureau(t)
	ctx := t.Context()
	for account, want := range map[string]struct {
		money string
		need  int
	}{"mailonly@demo.example": {support.MoneyBelow, 1}, "all@demo.example": {support.MoneyAbove, 2}} {
		key, err := b.service.Begin(ctx, recovery.Beginning{Platform: "wallet", Channel: "authenticator", Lang: "zh", Client: writer})
		b.must(err)
		_, err = b.service.Submit(ctx, key, recovery.StepAccount, map[string]string{"account": account}, writer)
		b.must(err)
		_, err = b.service.Submit(ctx, key, recovery.StepFirst, map[string]string{"method": "recoverycodes"}, writer)
		b.must(err)
		code := map[string]string{"mailonly@demo.example": "A2WTN-K9XEG-7RPJC", "all@demo.example": "7KDMH-W3QRX-9AFTE"}[account]
		result, err := b.service.Submit(ctx, key, "recovery-code", map[string]string{"code": code}, writer)
		b.must(err)
		if result.Token != "" {
			key.Token = result.Token
		}
		b.must(b.service.Choose(ctx, key, recovery.ByAppeal, writer))
		b.at(key, recovery.ByAppeal)
		ticket := b.files(key)
		if ticket.Detail.Money != want.money || ticket.Detail.Need != want.need {
			t.Errorf("%s: %+v", account, ticket.Detail)
		}
	}
	_, ticket := b.appeal("suspended@demo.example") // nothing was proved: two people, whatever the money
	if ticket.Detail.Need != 2 || ticket.Detail.Money != support.MoneyAbove {
		t.Errorf("%+v", ticket.Detail)
	}
	if yuan := demoContent().content.Tickets["wallet"][0].Approvals.Yuan; yuan != 0 {
		t.Errorf("the platform's own limit became %d yuan", yuan)
	}
}
