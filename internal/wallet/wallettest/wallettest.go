// Package wallettest holds what every wallet has to keep: the contract of wallet.Wallet as tests. It knows nothing of how
// a wallet keeps accounts; whoever runs it loads Accounts first.
package wallettest

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pquerna/otp/totp"

	"zhaohui/internal/problem"
	"zhaohui/internal/wallet"
)

// Fixture is what the suite needs of a wallet under test besides its interface.
type Fixture struct {
	Now     func() time.Time    // the wallet's clock, which stands still
	Advance func(time.Duration) // moves it
}

// Full is the account of Accounts that has everything, Bare the one that has a mailbox and no more, and Nobody is none.
const (
	Full   = "acct-full"
	Bare   = "acct-bare"
	Nobody = "acct-none"
)

// Secret is the authenticator secret of Full.
const Secret = "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U"

// Codes are the recovery codes of Full.
var Codes = []string{"7KDMH-W3QRX-9AFTE", "C4NYP-6VJ2G-XHRKM", "9TQAW-EDF37-KGMNX"}

// Accounts is what the wallet has to hold, in the form of doc/accounts.md.
const Accounts = `{"accounts": [
  {"id": "acct-full", "lang": "zh", "name": "王小明", "id_number": "11010519491231002X", "real_named": true,
   "phone": {"number": "138 0013 8000", "since": "-400d"}, "email": {"address": "Ming@Mail.Example", "since": "-300d"},
   "removed": [{"kind": "phone", "number": "13900139000", "since": "-900d", "removed": "-20d"},
               {"kind": "phone", "number": "13700137000", "since": "-990d", "removed": "-40d"}],
   "password": "604817", "old_passwords": ["935206", "271840"],
   "questions": [{"question": "出生在哪座城市？", "answer": "扬州"}, {"question": "What was your first school?", "answer": "Green Hill No. 2"}],
   "backup_password": "Camellia-2047", "totp_secret": "` + Secret + `",
   "recovery_codes": ["7KDMH-W3QRX-9AFTE", "C4NYP-6VJ2G-XHRKM", "9TQAW-EDF37-KGMNX"],
   "cards": [{"id": "debit", "bank": "中国工商银行", "class": "state-owned", "kind": "debit", "number": "6200000000000001016", "reserved_phone": "13800138000", "quick_pay": true},
             {"id": "credit", "bank": "招商银行", "class": "joint-stock", "kind": "credit", "number": "6200000000002365", "expiry": "0932", "reserved_phone": "13600136000", "state": "lost"}],
   "transactions": [{"id": "t1", "payee": "青石书店", "kind": "payment", "amount": 4950, "at": "-9d"},
                    {"id": "t2", "payee": "城市地铁", "kind": "payment", "amount": 400, "at": "-1d"},
                    {"id": "t3", "payee": "铁路订票", "kind": "payment", "amount": 27450, "at": "-95d"}],
   "contacts": [{"id": "c1", "name": "陈国华", "phone": "13500135000", "since": "-820d"}],
   "devices": [{"id": "d1", "name": "Xiaomi 14", "since": "-420d"}], "networks": ["192.0.2.0/24"]},
  {"id": "acct-bare", "lang": "en", "email": {"address": "bare@mail.example", "since": "-5d"}}
]}`

// Open gives a new wallet that holds Accounts and nothing else.
type Open func(t *testing.T) (wallet.Wallet, Fixture)

// Run proves the contract of a wallet.
func Run(t *testing.T, open Open) {
	for name, test := range map[string]func(*testing.T, wallet.Wallet, Fixture){
		"Find":                                   find,
		"Account":                                account,
		"Account_ofALittle":                      bare,
		"CheckPassword":                          checkPassword,
		"CheckIdentity":                          checkIdentity,
		"CheckAnswers":                           checkAnswers,
		"CheckCard":                              checkCard,
		"CheckAuthenticator":                     checkAuthenticator,
		"R15_nobodyIsAlwaysWrong":                nobody,
		"R4_parallelRecoveryCodesGiveOneSuccess": parallelCodes,
		"R4_parallelAuthenticatorGivesOneSuccess": parallelAuthenticator,
		"R4_oneKeyInParallelGivesOneAnswer":       parallelKey,
		"R6_recoveryCodes":                        recoveryCodes,
		"R6_newRecoveryCodes":                     newCodes,
		"R9_personalPasswordsAreRefused":          personal,
		"R9_lastFivePasswordsAreRefused":          lastFive,
		"SetPassword":                             setPassword,
		"Writes_sameKeyChangesNothing":            sameKey,
		"Remember":                                remember,
		"Transactions":                            transactions,
		"Contacts":                                contacts,
	} {
		t.Run(name, func(t *testing.T) {
			w, f := open(t)
			test(t, w, f)
		})
	}
}

func find(t *testing.T, w wallet.Wallet, _ Fixture) {
	for _, name := range []string{"13800138000", " 138 0013-8000 ", "+86 138 0013 8000", "008613800138000", "１３８００１３８０００", "ming@mail.example",
		"MING@Mail.example ", "ｍｉｎｇ@mail.example", Full, "ACCT-Full"} {
		a, err := w.Find(t.Context(), name)
		if err != nil || a.ID != Full {
			t.Errorf("Find(%q) = %q, %v", name, a.ID, err)
		}
	}
	for _, name := range []string{"", "13800138001", "13900139000" /* removed */, "ming@mail", "nobody@mail.example", Nobody, "%", strings.Repeat("9", 10_000)} {
		if a, err := w.Find(t.Context(), name); !errors.Is(err, problem.NotFound) || a.ID != "" {
			t.Errorf("Find(%.20q) = %q, %v; want not-found", name, a.ID, err)
		}
	}
}

func account(t *testing.T, w wallet.Wallet, f Fixture) {
	a, err := w.Account(t.Context(), Full)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for i, to := range a.Addresses {
		if to.ID == "" || seen[to.ID] || strings.Contains(to.ID, "138") {
			t.Errorf("address id %q", to.ID)
		}
		seen[to.ID] = true
		a.Addresses[i].ID = ""
	}
	ago := func(days int) time.Time { return f.Now().AddDate(0, 0, -days) }
	want := wallet.Account{
		ID: Full, Name: "王**", Lang: "zh", Password: true, Backup: true, Codes: 3, TOTP: true, Identified: true,
		Addresses: []wallet.Address{
			{Kind: wallet.Phone, To: "+8613800138000", Masked: "138****8000", Since: ago(400)},
			{Kind: wallet.Mailbox, To: "ming@mail.example", Masked: "m***@mail.example", Since: ago(300)},
			{Kind: wallet.Phone, To: "+8613900139000", Masked: "139****9000", Since: ago(900), Removed: ago(20)},
		},
		Cards: []wallet.Card{
			{ID: "debit", Bank: "中国工商银行", Class: wallet.StateOwned, Kind: wallet.Debit, Masked: "**** **16", Reserved: "+8613800138000", QuickPay: true},
			{ID: "credit", Bank: "招商银行", Class: wallet.JointStock, Kind: wallet.Credit, Masked: "**** **65", Reserved: "+8613600136000", Trouble: wallet.Lost},
		},
		Questions: []string{"出生在哪座城市？", "What was your first school?"},
		Devices:   []wallet.Device{{ID: "d1", Name: "Xiaomi 14", Since: ago(420)}},
		Networks:  []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")},
	}
	if diff := cmp.Diff(want, a, cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
}

func bare(t *testing.T, w wallet.Wallet, f Fixture) {
	a, err := w.Account(t.Context(), Bare)
	if err != nil {
		t.Fatal(err)
	}
	if a.Password || a.Backup || a.TOTP || a.Identified || a.Frozen || a.Codes+len(a.Cards)+len(a.Questions)+len(a.Devices)+len(a.Networks) > 0 || a.Name != "" {
		t.Errorf("it has what it has not: %+v", a)
	}
	wrong(t, w, Bare, f) // what is not there is never right
	if _, err := w.Account(t.Context(), Nobody); !errors.Is(err, problem.NotFound) {
		t.Errorf("nobody: %v", err)
	}
}

func checkPassword(t *testing.T, w wallet.Wallet, _ Fixture) {
	for _, c := range []struct {
		check func(string) (bool, error)
		said  string
		want  bool
	}{
		{password(t, w), "604817", true},
		{password(t, w), "６０４８１７", true},
		{password(t, w), "935206", false},
		{password(t, w), "", false},
		{backup(t, w), "Camellia-2047", true},
		{backup(t, w), "camellia-2047", false},
		{backup(t, w), "604817", false},
	} {
		if got, err := c.check(c.said); err != nil || got != c.want {
			t.Errorf("%q: %v, %v; want %v", c.said, got, err, c.want)
		}
	}
}

func password(t *testing.T, w wallet.Wallet) func(string) (bool, error) {
	return func(said string) (bool, error) { return w.CheckPassword(t.Context(), Full, said) }
}

func backup(t *testing.T, w wallet.Wallet) func(string) (bool, error) {
	return func(said string) (bool, error) { return w.CheckBackupPassword(t.Context(), Full, said) }
}

func checkIdentity(t *testing.T, w wallet.Wallet, _ Fixture) {
	for who, want := range map[wallet.Identity]bool{
		{Name: "王小明", IDNumber: "11010519491231002X", Phone: "13800138000"}:            true,
		{Name: " 王 小明 ", IDNumber: "110105 19491231 002x", Phone: "+86 138-0013-8000"}: true,
		{Name: "王小明", IDNumber: "１１０１０５１９４９１２３１００２Ｘ", Phone: "１３８００１３８０００"}:            true,
		{Name: "王小朋", IDNumber: "11010519491231002X", Phone: "13800138000"}:            false,
		{Name: "王小明", IDNumber: "110105194912310038", Phone: "13800138000"}:            false,
		{Name: "王小明", IDNumber: "11010519491231002X", Phone: "13900139000"}:            false, // removed
		{Name: "王小明", IDNumber: "11010519491231002X"}:                                  false,
		{Name: "王小明", Phone: "13800138000"}:                                            false,
		{IDNumber: "11010519491231002X", Phone: "13800138000"}:                         false,
		{}: false,
	} {
		if got, err := w.CheckIdentity(t.Context(), Full, who); err != nil || got != want {
			t.Errorf("%+v: %v, %v; want %v", who, got, err, want)
		}
	}
}

func checkAnswers(t *testing.T, w wallet.Wallet, _ Fixture) {
	for _, c := range []struct {
		said []string
		want bool
	}{
		{[]string{"扬州", "Green Hill No. 2"}, true},
		{[]string{" 扬 州。", "green hill no２"}, true},
		{[]string{"扬州", "Green Hill No. 3"}, false},
		{[]string{"苏州", "Green Hill No. 2"}, false},
		{[]string{"Green Hill No. 2", "扬州"}, false},
		{[]string{"扬州"}, false},
		{[]string{"扬州", "Green Hill No. 2", ""}, false},
		{[]string{"", ""}, false},
		{nil, false},
	} {
		if got, err := w.CheckAnswers(t.Context(), Full, c.said); err != nil || got != c.want {
			t.Errorf("%q: %v, %v; want %v", c.said, got, err, c.want)
		}
	}
}

func checkCard(t *testing.T, w wallet.Wallet, _ Fixture) {
	for _, c := range []struct {
		card string
		said wallet.CardSaid
		want bool
	}{
		{"debit", wallet.CardSaid{Last4: "1016", Bank: "中国工商银行"}, true},
		{"debit", wallet.CardSaid{Last4: "１０１６", Bank: "工商银行"}, true},
		{"debit", wallet.CardSaid{Last4: "1016", Bank: "中国工商银行股份有限公司"}, true},
		{"debit", wallet.CardSaid{Last4: "1016", Bank: "建设银行"}, false},
		{"debit", wallet.CardSaid{Last4: "1016", Bank: "中国"}, false},
		{"debit", wallet.CardSaid{Last4: "1016", Bank: ""}, false},
		{"debit", wallet.CardSaid{Last4: "1017", Bank: "中国工商银行"}, false},
		{"credit", wallet.CardSaid{Last4: "2365", Expiry: "0932"}, true},
		{"credit", wallet.CardSaid{Last4: "2365", Expiry: "09/32"}, true},
		{"credit", wallet.CardSaid{Last4: "2365", Expiry: "3209"}, false},
		{"credit", wallet.CardSaid{Last4: "2365", Bank: "招商银行"}, false},
		{"credit", wallet.CardSaid{Last4: "1016", Expiry: "0932"}, false},
		{"other", wallet.CardSaid{Last4: "0000", Expiry: "0000"}, false},
		{"", wallet.CardSaid{}, false},
	} {
		if got, err := w.CheckCard(t.Context(), Full, c.card, c.said); err != nil || got != c.want {
			t.Errorf("%s %+v: %v, %v; want %v", c.card, c.said, got, err, c.want)
		}
	}
}

// code is what the authenticator of Full shows at a moment.
func code(t *testing.T, at time.Time) string {
	t.Helper()
	c, err := totp.GenerateCode(Secret, at)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func checkAuthenticator(t *testing.T, w wallet.Wallet, f Fixture) {
	now := f.Now()
	check := func(code, key string, want bool, why string) {
		t.Helper()
		if got, err := w.CheckAuthenticator(t.Context(), Full, code, now, key); err != nil || got != want {
			t.Errorf("%s: %v, %v; want %v", why, got, err, want)
		}
	}
	check("", "empty", false, "no code")
	check(code(t, now.Add(-90*time.Second)), "old", false, "a code of three steps ago")
	check(code(t, now.Add(90*time.Second)), "early", false, "a code of three steps ahead")
	check(code(t, now.Add(-30*time.Second)), "a", true, "the step before")
	check(code(t, now.Add(-30*time.Second)), "b", false, "the same code again")
	check(code(t, now.Add(-30*time.Second)), "a", true, "the same key again")
	shown := code(t, now)
	check(shown[:3]+" "+shown[3:], "c", true, "this step, with a space")
	check(shown, "d", false, "the same code again")
	now = now.Add(60 * time.Second)
	check(code(t, now.Add(-30*time.Second)), "e", true, "a step that was not used")
	check(code(t, now.Add(-60*time.Second)), "f", false, "the step of a used code, although it is near")
}

// wrong asks an account for everything that it has not got.
func wrong(t *testing.T, w wallet.Wallet, id string, f Fixture) {
	t.Helper()
	ctx := t.Context()
	for what, check := range map[string]func() (bool, error){
		"password":  func() (bool, error) { return w.CheckPassword(ctx, id, "604817") },
		"empty":     func() (bool, error) { return w.CheckPassword(ctx, id, "") },
		"backup":    func() (bool, error) { return w.CheckBackupPassword(ctx, id, "Camellia-2047") },
		"answers":   func() (bool, error) { return w.CheckAnswers(ctx, id, []string{"扬州", "Green Hill No. 2"}) },
		"noAnswers": func() (bool, error) { return w.CheckAnswers(ctx, id, nil) },
		"three":     func() (bool, error) { return w.CheckAnswers(ctx, id, []string{"无", "无", "无"}) },
		"identity": func() (bool, error) {
			return w.CheckIdentity(ctx, id, wallet.Identity{Name: "王小明", IDNumber: "11010519491231002X", Phone: "13800138000"})
		},
		"nobody": func() (bool, error) { return w.CheckIdentity(ctx, id, wallet.Identity{}) },
		"card":   func() (bool, error) { return w.CheckCard(ctx, id, "", wallet.CardSaid{Last4: "0000", Bank: "无"}) },
		"authenticator": func() (bool, error) {
			return w.CheckAuthenticator(ctx, id, code(t, f.Now()), f.Now(), "k")
		},
		"noAuthenticator": func() (bool, error) {
			noSecret, err := totp.GenerateCode("", f.Now())
			if err != nil {
				return false, err
			}
			return w.CheckAuthenticator(ctx, id, noSecret, f.Now(), "k3")
		},
		"code": func() (bool, error) {
			ok, _, err := w.UseRecoveryCode(ctx, id, Codes[0], "k")
			return ok, err
		},
		"noCode": func() (bool, error) {
			ok, _, err := w.UseRecoveryCode(ctx, id, "", "k2")
			return ok, err
		},
	} {
		if ok, err := check(); err != nil || ok {
			t.Errorf("%s of %q: %v, %v; want false", what, id, ok, err)
		}
	}
}

func nobody(t *testing.T, w wallet.Wallet, f Fixture) {
	for _, id := range []string{Nobody, "", "' OR 1=1 --"} {
		wrong(t, w, id, f)
	}
	ctx := t.Context()
	for what, err := range map[string]error{
		"password": w.SetPassword(ctx, Nobody, wallet.Reset{Password: "728164"}, "k"),
		"freeze":   w.Freeze(ctx, Nobody, "test", "k"),
		"limit":    w.Limit(ctx, Nobody, wallet.Limits{}, "k"),
		"sessions": w.EndSessions(ctx, Nobody, "k"),
		"remember": w.Remember(ctx, Nobody, wallet.Seen{Device: wallet.Device{ID: "x", Name: "x"}}, "k"),
	} {
		if !errors.Is(err, problem.NotFound) {
			t.Errorf("%s: %v; want not-found", what, err)
		}
	}
	if _, err := w.NewRecoveryCodes(ctx, Nobody, "k"); !errors.Is(err, problem.NotFound) {
		t.Errorf("codes: %v", err)
	}
}

// parallel runs a try many times at once and counts the successes.
func parallel(t *testing.T, n int, try func(i int) (bool, error)) int {
	t.Helper()
	var wait sync.WaitGroup
	var mu sync.Mutex
	good := 0
	for i := range n {
		wait.Go(func() {
			ok, err := try(i)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			if ok {
				good++
			}
		})
	}
	wait.Wait()
	return good
}

func parallelCodes(t *testing.T, w wallet.Wallet, _ Fixture) {
	good := parallel(t, 50, func(i int) (bool, error) {
		ok, _, err := w.UseRecoveryCode(t.Context(), Full, Codes[0], fmt.Sprint("try-", i))
		return ok, err
	})
	a, err := w.Account(t.Context(), Full)
	if err != nil || good != 1 || a.Codes != 2 {
		t.Errorf("50 right tries at once gave %d successes and left %d codes, %v; want 1 and 2", good, a.Codes, err)
	}
}

func parallelAuthenticator(t *testing.T, w wallet.Wallet, f Fixture) {
	shown := code(t, f.Now())
	good := parallel(t, 50, func(i int) (bool, error) {
		return w.CheckAuthenticator(t.Context(), Full, shown, f.Now(), fmt.Sprint("try-", i))
	})
	if good != 1 {
		t.Errorf("50 right tries at once gave %d successes, want 1", good)
	}
}

func parallelKey(t *testing.T, w wallet.Wallet, _ Fixture) {
	var mu sync.Mutex
	answers := map[string]int{}
	parallel(t, 20, func(int) (bool, error) {
		codes, err := w.NewRecoveryCodes(t.Context(), Full, "one")
		mu.Lock()
		defer mu.Unlock()
		answers[strings.Join(codes, " ")]++
		return true, err
	})
	if len(answers) != 1 {
		t.Errorf("one key gave %d answers", len(answers))
	}
	good := parallel(t, 20, func(int) (bool, error) {
		ok, left, err := w.UseRecoveryCode(t.Context(), Full, strings.Fields(first(answers))[0], "two")
		return ok && left == 7, err
	})
	if good != 20 {
		t.Errorf("one key gave the first answer %d times of 20", good)
	}
}

func first(m map[string]int) string {
	for key := range m {
		return key
	}
	return ""
}

func recoveryCodes(t *testing.T, w wallet.Wallet, _ Fixture) {
	for _, c := range []struct {
		code, key string
		ok        bool
		left      int
	}{
		{"7KDMH-W3QRX-9AFTF", "a", false, 0}, // nor does it tell how many there are
		{"", "b", false, 0},
		{" 7kdmh w3qrx 9afte", "a", true, 2}, // a wrong try changed nothing, so its key is free
		{"7KDMH-W3QRX-9AFTE", "a", true, 2},  // the first answer
		{"7KDMH-W3QRX-9AFTE", "c", false, 0}, // used
		{"c4nyp6vj2gxhrkm", "d", true, 1},
		{"９ＴＱＡＷ－ＥＤＦ３７－ＫＧＭＮＸ", "e", true, 0},
		{"9TQAW-EDF37-KGMNX", "f", false, 0},
	} {
		ok, left, err := w.UseRecoveryCode(t.Context(), Full, c.code, c.key)
		if err != nil || ok != c.ok || left != c.left {
			t.Errorf("%q, key %s: %v, %d, %v; want %v, %d", c.code, c.key, ok, left, err, c.ok, c.left)
		}
	}
}

func newCodes(t *testing.T, w wallet.Wallet, f Fixture) {
	codes, err := w.NewRecoveryCodes(t.Context(), Full, "a")
	if err != nil || len(codes) < 5 {
		t.Fatal(codes, err)
	}
	for i, c := range codes {
		if bare := strings.ReplaceAll(c, "-", ""); len(bare) < 13 || strings.ContainsAny(bare, "0O1Il") || slices.Index(codes, c) != i {
			t.Errorf("code %q: too short, a look-alike or twice", c)
		}
	}
	f.Advance(30 * time.Minute)
	again, err := w.NewRecoveryCodes(t.Context(), Full, "a")
	if err != nil || !slices.Equal(codes, again) {
		t.Errorf("the same key gave other codes: %v", err)
	}
	if ok, _, err := w.UseRecoveryCode(t.Context(), Full, Codes[0], "old"); ok || err != nil {
		t.Errorf("an old code is still right, %v", err)
	}
	if ok, left, err := w.UseRecoveryCode(t.Context(), Full, strings.ToLower(codes[2]), "new"); !ok || left != len(codes)-1 || err != nil {
		t.Errorf("a new code: %v, %d, %v", ok, left, err)
	}
	f.Advance(time.Hour)
	if got, err := w.NewRecoveryCodes(t.Context(), Full, "a"); err == nil {
		t.Errorf("after an hour the key still gives %d codes", len(got))
	}
	if a, err := w.Account(t.Context(), Full); err != nil || a.Codes != len(codes)-1 {
		t.Errorf("asking late changed something: %d codes left, %v", a.Codes, err)
	}
}

func personal(t *testing.T, w wallet.Wallet, _ Fixture) {
	for _, p := range []string{"138001", "380013", "138000", "139000" /* removed */, "110105", "194912", "491231", "493112", "311249", "123149",
		"121949", "231002"} {
		if why, err := w.RefusePassword(t.Context(), Full, p); err != nil || why != wallet.RefusedPersonal {
			t.Errorf("%s: %q, %v; want personal", p, why, err)
		}
	}
	for _, p := range []string{"728164", "805392", "920375"} {
		if why, err := w.RefusePassword(t.Context(), Full, p); err != nil || why != "" {
			t.Errorf("%s: %q, %v; want none", p, why, err)
		}
	}
}

func lastFive(t *testing.T, w wallet.Wallet, f Fixture) {
	for _, p := range []string{"604817", "935206", "271840"} {
		if why, err := w.RefusePassword(t.Context(), Full, p); err != nil || why != wallet.RefusedUsed {
			t.Errorf("%s: %q, %v; want used", p, why, err)
		}
		if err := w.SetPassword(t.Context(), Full, wallet.Reset{Password: p}, "old-"+p); problem.KindOf(err) != problem.KindInvalid {
			t.Errorf("%s was set: %v", p, err)
		}
	}
	for _, p := range []string{"728164", "805392", "462970"} { // three more: 271840 is the sixth from now on
		f.Advance(time.Minute)
		if err := w.SetPassword(t.Context(), Full, wallet.Reset{Password: p}, "new-"+p); err != nil {
			t.Fatal(err)
		}
	}
	for p, want := range map[string]wallet.Refusal{"462970": wallet.RefusedUsed, "604817": wallet.RefusedUsed, "935206": wallet.RefusedUsed, "271840": ""} {
		if why, err := w.RefusePassword(t.Context(), Full, p); err != nil || why != want {
			t.Errorf("%s: %q, %v; want %q", p, why, err, want)
		}
	}
}

func setPassword(t *testing.T, w wallet.Wallet, f Fixture) {
	reset := wallet.Reset{Password: "728164", EndSessions: true, Limits: wallet.Limits{Single: 50_000, Daily: 200_000, Until: f.Now().AddDate(0, 0, 7)}}
	if err := w.SetPassword(t.Context(), Full, reset, "k"); err != nil {
		t.Fatal(err)
	}
	for said, want := range map[string]bool{"728164": true, "604817": false} {
		if got, err := w.CheckPassword(t.Context(), Full, said); err != nil || got != want {
			t.Errorf("%s: %v, %v", said, got, err)
		}
	}
	for _, bad := range []string{"", "72816", "7281645", "abcdef"} {
		if err := w.SetPassword(t.Context(), Full, wallet.Reset{Password: bad}, "bad"+bad); problem.KindOf(err) != problem.KindInvalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if err := w.SetPassword(t.Context(), Bare, wallet.Reset{Password: "728164"}, "k"); err != nil { // another account, the same key
		t.Error(err)
	}
	if a, err := w.Account(t.Context(), Bare); err != nil || !a.Password {
		t.Errorf("an account without a password got none: %v", err)
	}
}

func sameKey(t *testing.T, w wallet.Wallet, f Fixture) {
	ctx := t.Context()
	for range 2 { // the second time is neither refused as used nor done again
		if err := w.SetPassword(ctx, Full, wallet.Reset{Password: "728164"}, "k"); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.SetPassword(ctx, Full, wallet.Reset{Password: "805392"}, "k2"); err != nil {
		t.Fatal(err)
	}
	if err := w.SetPassword(ctx, Full, wallet.Reset{Password: "728164"}, "k"); err != nil { // a late repeat
		t.Fatal(err)
	}
	if ok, err := w.CheckPassword(ctx, Full, "805392"); !ok || err != nil {
		t.Errorf("a repeated key set an older password again: %v", err)
	}
	for range 2 {
		for what, err := range map[string]error{
			"freeze":   w.Freeze(ctx, Full, "not-me", "k"),
			"limit":    w.Limit(ctx, Full, wallet.Limits{Single: 1, Daily: 1, Until: f.Now().Add(time.Hour)}, "k"),
			"sessions": w.EndSessions(ctx, Full, "k"),
		} {
			if err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
	}
	if a, err := w.Account(ctx, Full); err != nil || !a.Frozen {
		t.Errorf("it is not frozen, %v", err)
	}
}

func remember(t *testing.T, w wallet.Wallet, f Fixture) {
	ctx := t.Context()
	seen := wallet.Seen{Device: wallet.Device{ID: "d2", Name: "Firefox", Since: f.Now()}, Network: netip.MustParsePrefix("198.51.100.0/24")}
	for _, key := range []string{"k", "k", "k2"} {
		if err := w.Remember(ctx, Full, seen, key); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Remember(ctx, Full, wallet.Seen{Network: netip.MustParsePrefix("192.0.2.128/25")}, "inside"); err != nil { // known already
		t.Fatal(err)
	}
	a, err := w.Account(ctx, Full)
	if err != nil || len(a.Devices) != 2 || a.Devices[1].Name != "Firefox" || len(a.Networks) != 2 || a.Networks[1] != seen.Network {
		t.Errorf("%v %v %v", a.Devices, a.Networks, err)
	}
}

func transactions(t *testing.T, w wallet.Wallet, f Fixture) {
	got, err := w.Transactions(t.Context(), Full, f.Now().AddDate(0, 0, -30))
	if err != nil || len(got) != 2 || got[0].ID != "t2" || got[1].ID != "t1" || got[1].Amount != 4950 || got[1].Payee != "青石书店" {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := w.Transactions(t.Context(), Full, time.Time{}); err != nil || len(got) != 3 {
		t.Errorf("%d payments, %v", len(got), err)
	}
	if got, err := w.Transactions(t.Context(), Bare, time.Time{}); err != nil || len(got) != 0 {
		t.Errorf("%d payments, %v", len(got), err)
	}
	if _, err := w.Transactions(t.Context(), Nobody, time.Time{}); !errors.Is(err, problem.NotFound) {
		t.Errorf("nobody: %v", err)
	}
}

func contacts(t *testing.T, w wallet.Wallet, _ Fixture) {
	got, err := w.Contacts(t.Context(), Full)
	if err != nil || len(got) != 1 || got[0].ID != "c1" || got[0].Name != "陈**" || got[0].To != "+8613500135000" {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := w.Contacts(t.Context(), Nobody); !errors.Is(err, problem.NotFound) {
		t.Errorf("nobody: %v", err)
	}
}
