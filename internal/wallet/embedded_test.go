package wallet_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"zhaohui/content"
	"zhaohui/internal/problem"
	"zhaohui/internal/store"
	"zhaohui/internal/store/postgrestest"
	"zhaohui/internal/vault"
	"zhaohui/internal/wallet"
	"zhaohui/internal/wallet/wallettest"
)

func TestMain(m *testing.M) { os.Exit(postgrestest.Run(m)) }

var start = time.Date(2026, 11, 20, 4, 0, 0, 0, time.UTC)

// clock is the time of a test.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time          { return c.now }
func (c *clock) Advance(d time.Duration) { c.now = c.now.Add(d) }

// hasher is shared, so that all tests together hash on no more cores than the portal would; the queue holds them all.
var hasher = wallet.NewHasher(0, 1000)

func openDB(t *testing.T, url string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), store.Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := store.Migrate(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	return db
}

func embedded(records wallet.Records, keys *vault.Keyset, c *clock) *wallet.Embedded {
	return wallet.NewEmbedded(wallet.EmbeddedConfig{Records: records, Seal: keys.Box("account"), Index: keys.Index("account"),
		Pepper: []byte("a pepper of thirty-two bytes, ok"), Now: c.Now, Hashing: hasher})
}

// open is an embedded wallet with the accounts of the contract.
func open(t *testing.T, records wallet.Records, keys *vault.Keyset, c *clock) *wallet.Embedded {
	t.Helper()
	e := embedded(records, keys, c)
	done, err := e.Import(t.Context(), strings.NewReader(wallettest.Accounts))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(done.IDs, []string{wallettest.Full, wallettest.Bare}) {
		t.Fatalf("imported %v", done.IDs)
	}
	return e
}

func TestEmbedded_contractOnSQLite(t *testing.T) {
	wallettest.Run(t, func(t *testing.T) (wallet.Wallet, wallettest.Fixture) {
		c := &clock{start}
		db := openDB(t, filepath.Join(t.TempDir(), "zhaohui.db"))
		return open(t, store.NewAccounts(db), vault.Generate(), c), wallettest.Fixture{Now: c.Now, Advance: c.Advance}
	})
}

func TestEmbedded_contractOnPostgreSQL(t *testing.T) {
	wallettest.Run(t, func(t *testing.T) (wallet.Wallet, wallettest.Fixture) {
		c := &clock{start}
		return open(t, store.NewAccounts(openDB(t, postgrestest.URL(t))), vault.Generate(), c), wallettest.Fixture{Now: c.Now, Advance: c.Advance}
	})
}

// Nothing of an account can be read in the database's files.
func TestW9_databaseHoldsNothingInClear(t *testing.T) {
	folder := t.TempDir()
	c := &clock{start}
	e := open(t, store.NewAccounts(openDB(t, filepath.Join(folder, "zhaohui.db"))), vault.Generate(), c)
	codes, err := e.NewRecoveryCodes(t.Context(), wallettest.Full, "k")
	if err != nil {
		t.Fatal(err)
	}
	if err := e.SetPassword(t.Context(), wallettest.Full, wallet.Reset{Password: "728164"}, "k"); err != nil {
		t.Fatal(err)
	}
	canaries := append(strings.Fields(strings.Join(codes, " ")), "王小明", "11010519491231002X", "13800138000", "8613800138000", "13900139000",
		"ing@mail.example", "bare@mail", "604817", "935206", "728164", "扬州", "Green Hill", "first school", "Camellia", wallettest.Secret,
		wallettest.Codes[0], "7KDMHW3QRX9AFTE", "6200000000001016", "6200000000002365", "工商银行", "青石书店", "陈国华", "13500135000",
		"Xiaomi", "192.0.2", "argon2id")
	var read int
	for _, file := range []string{"zhaohui.db", "zhaohui.db-wal"} {
		raw, err := os.ReadFile(filepath.Join(folder, file))
		if err != nil {
			continue // what was written is in one of them
		}
		read += len(raw)
		for _, canary := range canaries {
			if bytes.Contains(raw, []byte(canary)) {
				t.Errorf("%s holds %q", file, canary)
			}
		}
		if file == "zhaohui.db-wal" && !bytes.Contains(raw, []byte(wallettest.Full)) {
			t.Error("not even the id is there: the test looks in the wrong place")
		}
	}
	if read == 0 {
		t.Fatal("nothing was read")
	}
}

// What an older key sealed and indexed is found and opened, and all of it can be brought under the newest key.
func TestEmbedded_keyCanBeChanged(t *testing.T) {
	db := openDB(t, filepath.Join(t.TempDir(), "zhaohui.db"))
	old, c := vault.Generate(), &clock{start}
	e := open(t, store.NewAccounts(db), old, c)
	codes, err := e.NewRecoveryCodes(t.Context(), wallettest.Full, "k")
	if err != nil {
		t.Fatal(err)
	}
	rotated := old.Rotated()
	e = embedded(store.NewAccounts(db), rotated, c)
	if a, err := e.Find(t.Context(), "13800138000"); err != nil || a.ID != wallettest.Full {
		t.Fatalf("after a rotation: %q, %v", a.ID, err)
	}
	if again, err := e.NewRecoveryCodes(t.Context(), wallettest.Full, "k"); err != nil || !slices.Equal(again, codes) {
		t.Errorf("the first answer is lost: %v", err)
	}
	if err := e.Limit(t.Context(), wallettest.Full, wallet.Limits{}, "k"); err != nil { // sealed by the newest key now
		t.Fatal(err)
	}
	for _, column := range store.NewAccounts(db).Reseal(rotated.Box("account"), rotated.Index("account")) {
		for done := false; !done; {
			if done, err = column.Reseal(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
		}
	}
	newest, _, _ := strings.Cut(strings.SplitAfterN(rotated.String(), "\n", 2)[1], "\n")
	alone, err := vault.Parse(newest)
	if err != nil {
		t.Fatal(err)
	}
	e = embedded(store.NewAccounts(db), alone, c)
	for name, id := range map[string]string{"13800138000": wallettest.Full, "bare@mail.example": wallettest.Bare, wallettest.Full: wallettest.Full} {
		if a, err := e.Find(t.Context(), name); err != nil || a.ID != id {
			t.Errorf("without the old key, %s: %q, %v", name, a.ID, err)
		}
	}
	if ok, err := e.CheckPassword(t.Context(), wallettest.Full, "604817"); !ok || err != nil {
		t.Errorf("password: %v, %v", ok, err)
	}
	if all, err := e.Transactions(t.Context(), wallettest.Full, time.Time{}); err != nil || len(all) != 3 {
		t.Errorf("payments: %d, %v", len(all), err)
	}
	if again, err := e.NewRecoveryCodes(t.Context(), wallettest.Full, "k"); err != nil || !slices.Equal(again, codes) {
		t.Errorf("the first answer is lost: %v", err)
	}
	if _, err := embedded(store.NewAccounts(db), vault.Generate(), c).Account(t.Context(), wallettest.Full); err == nil {
		t.Error("a foreign keyset opened an account")
	}
}

// traced notes what is asked of records and keys.
type traced struct {
	wallet.Records
	wallet.Sealer
	wallet.Indexer
	steps []string
}

func (r *traced) Read(ctx context.Context, id string) ([]byte, error) {
	r.steps = append(r.steps, "read")
	return r.Records.Read(ctx, id)
}

func (r *traced) Named(ctx context.Context, indexes []string) (string, error) {
	r.steps = append(r.steps, fmt.Sprint("named ", len(indexes)))
	return r.Records.Named(ctx, indexes)
}

func (r *traced) Change(ctx context.Context, w wallet.Write, change func([]byte) (wallet.Changed, error)) (wallet.Answer, error) {
	r.steps = append(r.steps, "change")
	return r.Records.Change(ctx, w, change)
}

func (r *traced) Answer(ctx context.Context, key string) (wallet.Answer, error) {
	r.steps = append(r.steps, "answer")
	return r.Records.Answer(ctx, key)
}

func (r *traced) Open(sealed []byte, context string) ([]byte, error) {
	r.steps = append(r.steps, "open")
	return r.Sealer.Open(sealed, context)
}

func (r *traced) All(text string) []string {
	r.steps = append(r.steps, "index")
	return r.Indexer.All(text)
}

// A wrong answer takes the same steps for an account with everything, one with little and none. Times are compared in
// the whole portal; slow hashes are counted by the time they need at least.
func TestR15_wrongAnswersTakeTheSameSteps(t *testing.T) {
	db := openDB(t, filepath.Join(t.TempDir(), "zhaohui.db"))
	keys, c := vault.Generate(), &clock{start}
	open(t, store.NewAccounts(db), keys, c)
	r := &traced{Records: store.NewAccounts(db), Sealer: keys.Box("account"), Indexer: keys.Index("account")}
	e := wallet.NewEmbedded(wallet.EmbeddedConfig{Records: r, Seal: r, Index: r, Pepper: make([]byte, 32), Now: c.Now, Hashing: hasher})
	ctx := t.Context()
	for what, ask := range map[string]func(id string){
		"find":     func(id string) { _, _ = e.Find(ctx, id) },
		"account":  func(id string) { _, _ = e.Account(ctx, id) },
		"password": func(id string) { _, _ = e.CheckPassword(ctx, id, "000000") },
		"backup":   func(id string) { _, _ = e.CheckBackupPassword(ctx, id, "wrong") },
		"answers":  func(id string) { _, _ = e.CheckAnswers(ctx, id, []string{"x", "y"}) },
		"identity": func(id string) {
			_, _ = e.CheckIdentity(ctx, id, wallet.Identity{Name: "x", IDNumber: "y", Phone: "13700000000"})
		},
		"card":          func(id string) { _, _ = e.CheckCard(ctx, id, "debit", wallet.CardSaid{Last4: "9999", Bank: "x"}) },
		"authenticator": func(id string) { _, _ = e.CheckAuthenticator(ctx, id, "abcdef", start, "k") },
		"code":          func(id string) { _, _, _ = e.UseRecoveryCode(ctx, id, "AAAAA-AAAAA-AAAAA", "k") },
	} {
		paths, slow := map[string]bool{}, map[bool]int{}
		for _, id := range []string{wallettest.Full, wallettest.Bare, wallettest.Nobody, ""} {
			r.steps = nil
			began := time.Now()
			ask(id)
			slow[time.Since(began) > 5*time.Millisecond]++ // Argon2id with 19 MiB needs longer on any machine
			paths[strings.Join(r.steps, " ")] = true
		}
		if len(paths) != 1 {
			t.Errorf("%s: different steps: %v", what, paths)
		}
		if (what == "password" || what == "backup") && slow[true] != 4 {
			t.Errorf("%s: only %d of 4 made a slow hash", what, slow[true])
		}
	}
}

// Two accounts with the same secrets have nothing in common in what is kept, and a changed pepper opens none.
func TestR9_passwordNeedsThePepper(t *testing.T) {
	db := openDB(t, filepath.Join(t.TempDir(), "zhaohui.db"))
	keys, c := vault.Generate(), &clock{start}
	open(t, store.NewAccounts(db), keys, c)
	other := wallet.NewEmbedded(wallet.EmbeddedConfig{Records: store.NewAccounts(db), Seal: keys.Box("account"), Index: keys.Index("account"),
		Pepper: []byte("another pepper of 32 bytes, okay"), Now: c.Now, Hashing: hasher})
	if ok, err := other.CheckPassword(t.Context(), wallettest.Full, "604817"); ok || err != nil {
		t.Errorf("without the pepper the password is %v, %v", ok, err)
	}
	if why, err := other.RefusePassword(t.Context(), wallettest.Full, "604817"); why != "" || err != nil {
		t.Errorf("without the pepper a used password is told: %q, %v", why, err)
	}
}

func TestEmbedded_stateEraseAndPrune(t *testing.T) {
	db := openDB(t, filepath.Join(t.TempDir(), "zhaohui.db"))
	keys, c := vault.Generate(), &clock{start}
	e := open(t, store.NewAccounts(db), keys, c)
	ctx := t.Context()
	limits := wallet.Limits{Single: 50_000, Daily: 200_000, Until: start.AddDate(0, 0, 7)}
	if err := e.SetPassword(ctx, wallettest.Full, wallet.Reset{Password: "728164", EndSessions: true, Limits: limits}, "k"); err != nil {
		t.Fatal(err)
	}
	if err := e.Freeze(ctx, wallettest.Full, "not-me", "k"); err != nil {
		t.Fatal(err)
	}
	want := wallet.State{Frozen: start, Reason: "not-me", Limits: limits, SessionsEnded: start, PasswordSet: start}
	if got, err := e.State(ctx, wallettest.Full); err != nil || got != want {
		t.Errorf("state %+v, %v; want %+v", got, err, want)
	}
	if _, err := e.NewRecoveryCodes(ctx, wallettest.Full, "k"); err != nil {
		t.Fatal(err)
	}
	c.Advance(2 * time.Hour)
	if err := e.Prune(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := e.NewRecoveryCodes(ctx, wallettest.Full, "k"); !errors.Is(err, problem.Expired) {
		t.Errorf("codes after two hours: %v", err)
	}
	c.Advance(31 * 24 * time.Hour)
	if err := e.Prune(ctx); err != nil {
		t.Fatal(err)
	}
	if err := e.SetPassword(ctx, wallettest.Full, wallet.Reset{Password: "805392"}, "k"); err != nil {
		t.Errorf("a key of a month ago is still taken: %v", err)
	}
	if ok, err := e.CheckPassword(ctx, wallettest.Full, "805392"); !ok || err != nil {
		t.Errorf("password: %v, %v", ok, err)
	}
	if err := e.Erase(ctx, wallettest.Full); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{wallettest.Full, "13800138000", "ming@mail.example"} {
		if _, err := e.Find(ctx, name); !errors.Is(err, problem.NotFound) {
			t.Errorf("erased, but found by %s: %v", name, err)
		}
	}
	if err := e.Erase(ctx, wallettest.Full); !errors.Is(err, problem.NotFound) {
		t.Errorf("erased twice: %v", err)
	}
	if _, err := e.Account(ctx, wallettest.Bare); err != nil {
		t.Errorf("another account went with it: %v", err)
	}
}

// What is exported can be read in again but for what only the owner knows, and holds none of that.
func TestEmbedded_exportHoldsNoSecret(t *testing.T) {
	keys, c := vault.Generate(), &clock{start}
	e := open(t, store.NewAccounts(openDB(t, filepath.Join(t.TempDir(), "a.db"))), keys, c)
	var out bytes.Buffer
	if err := e.Export(t.Context(), &out, ""); err != nil {
		t.Fatal(err)
	}
	for _, canary := range []string{"604817", "扬州", "Camellia", "argon2", wallettest.Secret, wallettest.Codes[0], "6200000000001016"} {
		if strings.Contains(out.String(), canary) {
			t.Errorf("the export holds %q", canary)
		}
	}
	for _, there := range []string{"only as hashes", "王小明", "11010519491231002X", "+8613800138000", "ming@mail.example", "青石书店", "陈国华", "Xiaomi 14", "192.0.2.0/24"} {
		if !strings.Contains(out.String(), there) {
			t.Errorf("the export lacks %q", there)
		}
	}
	var file struct{ Accounts []map[string]any }
	if err := json.Unmarshal(out.Bytes(), &file); err != nil || len(file.Accounts) != 2 {
		t.Fatalf("%d accounts, %v", len(file.Accounts), err)
	}
	for _, a := range file.Accounts {
		delete(a, "questions") // without answers
	}
	raw, err := json.Marshal(map[string]any{"accounts": file.Accounts})
	if err != nil {
		t.Fatal(err)
	}
	again := embedded(store.NewAccounts(openDB(t, filepath.Join(t.TempDir(), "b.db"))), keys, c)
	if _, err := again.Import(t.Context(), bytes.NewReader(raw)); err != nil {
		t.Fatal(err)
	}
	if a, err := again.Find(t.Context(), "13800138000"); err != nil || len(a.Cards) != 2 || len(a.Addresses) != 3 || !a.Identified {
		t.Errorf("read again: %+v, %v", a, err)
	}
	if err := e.Export(t.Context(), &out, wallettest.Nobody); !errors.Is(err, problem.NotFound) {
		t.Errorf("nobody: %v", err)
	}
}

// The demo's accounts are what issue and pages say of them.
func TestDemoAccounts(t *testing.T) {
	raw, err := content.Files().Open("demo/accounts.json")
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	c := &clock{start}
	e := embedded(store.NewAccounts(openDB(t, filepath.Join(t.TempDir(), "zhaohui.db"))), vault.Generate(), c)
	done, err := e.Import(t.Context(), raw)
	if err != nil || len(done.Warnings) > 0 {
		t.Fatal(err, done.Warnings)
	}
	type has struct {
		phone, mail                   bool // that work
		cards, questions, codes       int
		backup, totp, known, distrust bool
	}
	for name, want := range map[string]has{
		"all@demo.example":       {phone: true, mail: true, cards: 8, questions: 3, codes: 8, backup: true, totp: true, known: true},
		"suspended@demo.example": {mail: true, cards: 1, known: true},
		"mailonly@demo.example":  {mail: true, codes: 8, known: true},
		"recent@demo.example":    {phone: true, mail: true, cards: 1, codes: 8, distrust: true},
		"nothing@demo.example":   {known: true},
	} {
		a, err := e.Find(t.Context(), name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := has{cards: len(a.Cards), questions: len(a.Questions), codes: a.Codes, backup: a.Backup, totp: a.TOTP, known: len(a.Networks) == 2}
		for _, to := range a.Addresses {
			works := to.Removed.IsZero() && to.Trouble == wallet.None
			got.phone = got.phone || works && to.Kind == wallet.Phone
			got.mail = got.mail || works && to.Kind == wallet.Mailbox
			got.distrust = got.distrust || works && to.Kind == wallet.Phone && start.Sub(to.Since) < 7*24*time.Hour
		}
		if got != want || !a.Password || !a.Identified {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
	if _, err := e.Find(t.Context(), "nobody@demo.example"); !errors.Is(err, problem.NotFound) {
		t.Errorf("nobody: %v", err)
	}
	if all, err := e.Transactions(t.Context(), "demo-all", start.AddDate(0, 0, -180)); err != nil || len(all) < 25 {
		t.Errorf("payments: %d, %v", len(all), err)
	}
	if all, err := e.Contacts(t.Context(), "demo-all"); err != nil || len(all) != 3 {
		t.Errorf("contacts: %d, %v", len(all), err)
	}
}
