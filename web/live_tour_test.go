package web_test

import (
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"zhaohui/internal/recovery"
)

// tour goes through every kind of page that a recovery has, right answers and wrong ones, and shows each to see.
func tour(t *testing.T, p *portal, lang string, see func(*person, answer)) {
	t.Helper()
	someone := func() *person {
		p.clock.advance(10 * time.Minute) // the limits of sends are not what is looked at
		one := p.person(t)
		one.see, one.lang = see, lang
		return one
	}
	tourOfCodes(p, someone)
	tourOfKnowledge(p, someone)
	tourOfCards(p, someone)
	tourOfSaved(t, p, someone)
	tourOfOthers(p, someone)
}

// SMS, then the link of a mail; a weak password, one that was used, and a good one.
func tourOfCodes(p *portal, someone func() *person) {
	one := someone()
	one.visit("/p/wallet/sms")
	one.begin("sms", "all@demo.example")
	one.fill("code", wrongCode(p.code(one.tb, recovery.PurposeCode)))
	one.fill("code", "12")
	one.proveSMS()
	one.expect("next")
	one.fill("method", "mail")
	one.expect("mail-code")
	link := p.link(one.tb, recovery.PurposeLink)
	other := someone() // opens the mail in another browser: a code, and nothing moves
	other.open(link)
	one.visit("/case/" + one.caseID())
	one.do("resend")
	link = p.link(one.tb, recovery.PurposeLink)
	one.open(link)
	one.follow(one.post(link, values("answer", "yes")))
	one.expect("password")
	one.fill("new_password", "123456", "new_password_again", "123456")
	one.fill("new_password", "604817", "new_password_again", "604817")
	one.fill("new_password", "739184", "new_password_again", "739185")
	one.fill("new_password", "739184", "new_password_again", "739184")
	one.expect("done")
	one.visit("/progress")
	stop := p.link(one.tb, recovery.PurposeDone)
	owner := someone()
	owner.open(stop)
}

// Name and ID number with the wait instead of the puzzle, then an SMS: a hold, its calendar, and the resume code.
func tourOfKnowledge(p *portal, someone func() *person) {
	one := someone()
	one.begin("identity", "all@demo.example")
	one.fill("name", "周晓岚", "id_number", "990001198802140527", "phone", "19900000101")
	one.fill("name", "周晓岚", "id_number", "990001198802140526", "phone", "19900000101")
	one.expect("slider")
	one.fill("slide", "{}")
	one.fill("instead", "wait")
	one.expect("slider-wait")
	p.clock.advance(61 * time.Second)
	one.fill()
	one.expect("next")
	one.fill("method", "sms")
	one.proveSMS()
	one.expect("hold")
	one.visit("/case/" + one.caseID() + "/hold.ics")
	guest := someone()
	guest.visit("/case")
	guest.fill("resume", "AAAA-AAAA")
	guest.fill("resume", recovery.ShowResume(p.facts(one.tb, one.caseID()).Code))
	guest.do("again", "method", "sms")
	p.clock.advance(25 * time.Hour)
	one.visit("/case/" + one.caseID())
	one.expect("password")
	one.do("more")
	one.do("cancel")
	one.expect("ended")
	one.visit("/progress")
}

// A card of a city bank, which takes its time, after a mail.
func tourOfCards(p *portal, someone func() *person) {
	one := someone()
	one.begin("card", "all@demo.example")
	one.expect("first")
	one.fill("method", "mail")
	other := someone()
	link := p.link(one.tb, recovery.PurposeLink)
	other.open(link)
	other.follow(other.post(link, values("answer", "yes")))
	one.proveMail()
	one.expect("card")
	one.fill("card", "card-4")
	one.fill("card", "card-3")
	one.expect("card-wait")
	one.do("hand-off")
	p.clock.advance(11 * time.Minute)
	one.fill()
	one.expect("card-code")
	one.fill("code", p.code(one.tb, recovery.PurposeCard))
	one.expect("card-check")
	one.fill("last4", "3582", "bank", "")
	options := parsed(one.tb, one.get(one.at).body).all("option")
	for _, o := range options {
		if strings.HasSuffix(strings.TrimSpace(o.text()), "江苏银行") { // in English its other name stands before it
			one.fill("last4", "3582", "bank", o.attr("value"))
		}
	}
	one.expect("password")
	p.clock.advance(16 * time.Minute)
	one.open(one.at)
	one.expect("ended")
}

// What was set up earlier: backup password, authenticator, recovery codes, questions, the current password.
func tourOfSaved(t *testing.T, p *portal, someone func() *person) {
	one := someone()
	one.begin("backup", "all@demo.example")
	one.fill("backup_password", "wrong")
	one.fill("backup_password", "Camellia-2047")
	one.expect("next")
	one.fill("method", "authenticator")
	code, err := totp.GenerateCode("KRUGKIDROVUWG2ZAMJZG653OEBTG66BA", p.clock.now())
	if err != nil {
		t.Fatal(err)
	}
	one.fill("code", code)
	one.expect("password")

	two := someone()
	two.begin("authenticator", "all@demo.example")
	two.expect("first")
	two.fill("method", "recoverycodes")
	two.fill("code", "AAAAA-AAAAA-AAAAA")
	two.fill("code", "7KDMH-W3QRX-9AFTE")
	two.expect("next")
	two.do("choose", "method", "questions")
	two.expect("questions")
	two.fill("answer_1", "梁", "answer_2", "北京", "answer_3", "豆包")
	two.fill("answer_1", "梁", "answer_2", "扬州", "answer_3", "豆包")
	two.expect("password")
	two.fill("new_password", "284615", "new_password_again", "284615")
	two.expect("done")
	one.visit("/case/" + one.caseID())
	one.expect("ended")

	three := someone()
	three.begin("current", "all@demo.example")
	three.fill("method", "mail")
	three.proveMail()
	three.expect("current")
	three.fill("current_password", "000000")
	three.fill("current_password", "284615")
	three.expect("password")
}

// A recent number waits; nobody can be told of the last one; an account that does not exist; the owner's veto.
func tourOfOthers(p *portal, someone func() *person) {
	recent := someone()
	recent.begin("authenticator", "recent@demo.example")
	recent.fill("method", "recoverycodes")
	recent.fill("code", "3MXQA-H7KDT-VW9EN")
	recent.fill("method", "mail")
	recent.proveMail()
	recent.expect("hold")
	owner := someone()
	veto := p.link(recent.tb, recovery.PurposeHold)
	owner.open(veto)
	owner.follow(owner.post(veto, values("answer", "stop")))
	owner.open(veto)
	recent.visit("/case/" + recent.caseID())
	recent.expect("ended")

	nothing := someone()
	nothing.begin("sms", "nothing@demo.example")
	for range 5 { // until the code is void
		nothing.fill("code", "123456")
	}
	nothing.open(nothing.at)
	p.clock.advance(time.Minute)
	nothing.open(nothing.at)
	nothing.do("resend")
	nobody := someone()
	nobody.begin("sms", "nobody@demo.example")
	nobody.fill("code", "123456")
	p.clock.advance(2 * time.Minute)
	nobody.open(nobody.at)
	nobody.do("choose", "method", "identity")
	for nobody.step() != "first" { // until the tries of the day are used up
		nobody.fill("name", "无名", "id_number", "990001198802140526", "phone", "19900000101")
		nobody.fill("instead", "wait")
		p.clock.advance(61 * time.Second)
		nobody.fill()
	}
	nobody.fill()
	nobody.visit("/mail/abcdefghijklmnopqrstuvwxyz")
	nobody.visit("/case/" + nobody.caseID() + "/join/abcdefghijklmnopqrstuvwxyz")
}

// wrongCode is another number.
func wrongCode(right string) string {
	return string('0'+(right[0]-'0'+1)%10) + right[1:]
}
