package wallet_test

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zhaohui/internal/problem"
	"zhaohui/internal/store"
	"zhaohui/internal/vault"
	"zhaohui/internal/wallet"
	"zhaohui/internal/wallet/wallettest"
)

// problems are the places and texts that an import is refused with.
func problems(t *testing.T, e *wallet.Embedded, file string) []string {
	t.Helper()
	_, err := e.Import(t.Context(), strings.NewReader(file))
	if err == nil {
		t.Fatalf("taken: %s", file)
	}
	var all []string
	if found, ok := errors.AsType[wallet.Problems](err); ok {
		for _, p := range found {
			all = append(all, p.String())
		}
	} else {
		all = []string{err.Error()}
	}
	slices.Sort(all)
	return all
}

func TestImport_namesEveryProblemWithItsPlace(t *testing.T) {
	c := &clock{start}
	e := open(t, store.NewAccounts(openDB(t, filepath.Join(t.TempDir(), "zhaohui.db"))), vault.Generate(), c)
	got := problems(t, e, `{"accounts": [
	  {"id": "a", "name": "王小明", "id_number": "110105194912310021", "real_named": true, "colour": "red",
	   "phone": {"number": "12345", "since": "yesterday"}, "email": {"address": "no at", "since": "2030-01-01"},
	   "removed": [{"kind": "phone", "address": "x@y.example", "since": "-3d", "removed": "-5d"}],
	   "password": "12345", "password": "604817", "questions": [{"question": "?", "answer": "！"}, {"question": "?"}], "totp_secret": "short",
	   "recovery_codes": ["ABCDE-12345"],
	   "cards": [{"id": "c", "bank": "B", "class": "city", "kind": "debit", "number": "6200000000000001017", "reserved_phone": "13800138001"},
	             {"id": "c", "bank": "B", "class": "village", "kind": "credit", "last4": "123", "reserved_phone": "13800138001"},
	             {"bank": "B", "class": "city", "kind": "credit", "number": "6200000000002365", "last4": "2365", "expiry": "1332", "reserved_phone": "13800138001"}],
	   "transactions": [{"payee": "P", "amount": -1, "at": "-1d"}, {"payee": "P", "amount": 1.5}],
	   "contacts": [{"name": 7, "phone": "13800138001", "since": "-1d"}], "networks": ["10.0.0.1"]},
	  {"id": "A", "phone": {"number": "13800138000", "since": "-1d"}},
	  {"id": "13800138002"}, {"id": "x y", "lang": "fr"}, 7
	], "more": 1}`)
	want := []string{
		`accounts[0].cards[0].number: fails the Luhn check of a card number (12 to 19 digits)`,
		`accounts[0].cards[1].class: has to be one of ["state-owned" "joint-stock" "city"]`,
		`accounts[0].cards[1].expiry: is missing: a credit card has one`,
		`accounts[0].cards[1].id: is the id of another one in this list`,
		`accounts[0].cards[1].last4: has to be four digits`,
		`accounts[0].cards[2].expiry: has to be MMYY`,
		`accounts[0].cards[2].last4: stands beside number; give one of them`,
		`accounts[0].colour: is not a key that is known here`,
		`accounts[0].contacts[0].name: has to be a text in quotes`,
		`accounts[0].email.address: is not an e-mail address`,
		`accounts[0].email.since: is in the future`,
		`accounts[0].id_number: fails the check of an ID number (18 places, a date that exists, the check character)`,
		`accounts[0].networks[0]: is not a network such as 192.0.2.0/24`,
		`accounts[0].password: stands here twice`,
		`accounts[0].phone.number: is not a phone number; one from outside China needs + and its country code`,
		`accounts[0].phone.since: has to be a date such as 2026-01-31, a time such as 2026-01-31T08:00:00+08:00, or -3d or -5h`,
		`accounts[0].questions[0].answer: has no letter or digit`,
		`accounts[0].questions[1].answer: is missing`,
		`accounts[0].recovery_codes[0]: has less than 64 bits: 13 letters and digits, or 20 digits`,
		`accounts[0].removed[0].address: does not go with this kind`,
		`accounts[0].removed[0].number: is missing`,
		`accounts[0].removed[0].removed: is before since`,
		`accounts[0].totp_secret: has to be base32 of at least 10 bytes`,
		`accounts[0].transactions[0].amount: has to be a whole number, 0 or more`,
		`accounts[0].transactions[1].amount: has to be a whole number, 0 or more`,
		`accounts[0].transactions[1].at: is missing`,
		`accounts[1].id: is a sign-in name of accounts[0] too`,
		`accounts[1].phone: is a sign-in name of an account that is there already`,
		`accounts[2].id: reads as a phone number, and so nobody could sign in with it`,
		`accounts[3].id: has to be 1 to 64 letters, digits, dots, dashes or underscores`,
		`accounts[3].lang: has to be one of ["zh" "en"]`,
		`accounts[4].id: is missing`,
		`accounts[4]: has to be an object`,
		`more: is not a key that is known here`,
	}
	slices.Sort(want)
	for _, w := range want {
		if !slices.Contains(got, w) {
			t.Errorf("not said: %s", w)
		}
	}
	for _, g := range got {
		if !slices.Contains(want, g) {
			t.Errorf("said: %s", g)
		}
	}
	for _, id := range []string{"a", "A", "13800138002"} {
		if _, err := e.Account(t.Context(), id); !errors.Is(err, problem.NotFound) {
			t.Errorf("%s is there: %v", id, err)
		}
	}
}

func TestImport_whatIsNoFile(t *testing.T) {
	e := embedded(store.NewAccounts(openDB(t, filepath.Join(t.TempDir(), "zhaohui.db"))), vault.Generate(), &clock{start})
	for file, want := range map[string]string{
		``:                                     "import: not JSON: it ends too early",
		`{"accounts": [`:                       "import: not JSON: it ends too early",
		`{"accounts": [] } x`:                  "import: not JSON, in line 1 or soon after",
		`{"accounts": []} {}`:                  "import: not JSON, in line 1 or soon after",
		`{"accounts": [{"id": "secret-1" x}]}`: "import: not JSON, in line 1 or soon after",
		`{}`:                                   "accounts: is missing",
		`{"accounts": {}}`:                     "accounts: has to be a list",
		`{"accounts": [], "13800138000": 1}`:   "(a key that is none): is not a key that is known here",
	} {
		if got := problems(t, e, file); len(got) != 1 || got[0] != want {
			t.Errorf("%s: %q, want %q", file, got, want)
		}
	}
}

// An import that fails at its end has added nothing.
func TestImport_allOrNothing(t *testing.T) {
	e := open(t, store.NewAccounts(openDB(t, filepath.Join(t.TempDir(), "zhaohui.db"))), vault.Generate(), &clock{start})
	got := problems(t, e, `{"accounts": [{"id": "new"}, {"id": "`+wallettest.Full+`"}]}`)
	if len(got) != 1 || got[0] != "accounts[1].id: is a sign-in name of an account that is there already" {
		t.Errorf("%q", got)
	}
	if _, err := e.Account(t.Context(), "new"); !errors.Is(err, problem.NotFound) {
		t.Errorf("half of it is there: %v", err)
	}
	if _, err := e.Import(t.Context(), strings.NewReader(`{"accounts": [{"id": "new"}]}`)); err != nil {
		t.Error(err)
	}
}

func TestImport_warnsAboutWhatIsWeak(t *testing.T) {
	e := embedded(store.NewAccounts(openDB(t, filepath.Join(t.TempDir(), "zhaohui.db"))), vault.Generate(), &clock{start})
	done, err := e.Import(t.Context(), strings.NewReader(`{"accounts": [
	  {"id": "a", "password": "123456", "backup_password": "short", "totp_secret": "JBSWY3DPEHPK3PXP",
	   "cards": [{"bank": "B", "class": "city", "kind": "credit", "last4": "1234", "expiry": "1025", "reserved_phone": "13800138000"}]},
	  {"id": "b", "password": "199015", "birthday": "1990-01-05", "old_passwords": ["111111", "111112", "111113", "111114", "111115"]},
	  {"id": "c"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, w := range done.Warnings {
		got = append(got, w.Place)
	}
	slices.Sort(got)
	want := []string{"accounts[0].backup_password", "accounts[0].cards[0].expiry", "accounts[0].password", "accounts[0].totp_secret",
		"accounts[1].old_passwords", "accounts[1].password", "accounts[2].password"}
	if !slices.Equal(got, want) {
		t.Errorf("warned of %q, want %q", got, want)
	}
}
