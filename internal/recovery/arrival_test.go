package recovery_test

import (
	"testing"

	"zhaohui/internal/problem"
)

// An agent's link is told of an end when the account system has answered, once, however often it was asked; not of one who
// was led astray by a link that is known as a scam. The case forgets the link then.
func TestLink_anArrivalCountsOnceThePasswordIsSet(t *testing.T) {
	for why, want := range map[string]int{"": 1, "scam": 0} {
		onBoth(t, func(t *testing.T, o *office) {
			const code = "7777777A"
			if _, err := o.db.SQL().Exec(`INSERT INTO share_link (code, agent, lang, kind, platform, channel, step, slug, query, case_ref, version,
				created, expires, max_uses, opened, started, finished, failed, retired, why, pattern)
				VALUES ($1, 'a', 'zh', 'home', '', '', '', '', '', '', '', 0, 0, 0, 1, 1, 0, 0, 0, $2, '')`, code, why); err != nil {
				t.Fatal(err)
			}
			finished := func() (n int) {
				t.Helper()
				if err := o.db.SQL().QueryRow(`SELECT finished FROM share_link WHERE code = $1`, code).Scan(&n); err != nil {
					t.Fatal(err)
				}
				return n
			}
			v := o.enough("backup", "mail")
			v.client.Link = code
			o.wallet.down = problem.Invalid{Fields: map[string]string{"new_password": "used"}}
			v.pass("password", "new_password", newWord, "new_password_again", newWord)
			o.work()
			v.at("password")
			v.client.Link = "" // the browser knows that its end will be counted
			o.wallet.down, o.wait = nil, true
			v.pass("password", "new_password", "385027", "new_password_again", "385027")
			o.work()
			if n := finished(); n != 0 {
				t.Fatalf("%d counted before the wallet has answered", n)
			}
			o.wait, o.twice, o.wallet.lose = false, true, true // its first answer is lost
			o.work()
			o.retry()
			v.at("done")
			if n := finished(); n != want {
				t.Errorf("%q: %d counted", why, n)
			}
		})
	}
}

// A case that ends another way forgets it too.
func TestLink_aCaseThatEndsForgetsTheLink(t *testing.T) {
	o := openOffice(t)
	v := o.enough("backup", "mail")
	v.client.Link = "7777777A"
	o.wallet.down = problem.Invalid{Fields: map[string]string{"new_password": "used"}}
	v.pass("password", "new_password", newWord, "new_password_again", newWord)
	o.work()
	if err := o.Cancel(t.Context(), v.key, v.client); err != nil {
		t.Fatal(err)
	}
	if c, err := o.cases.Case(t.Context(), v.key.Case); err != nil || c.Facts.Came != "" {
		t.Errorf("%s keeps %q, %v", c.State, c.Facts.Came, err)
	}
}
