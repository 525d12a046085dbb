package identity_test

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	embedded "zhaohui/content"
	"zhaohui/internal/content"
	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/internal/recovery/method/identity"
	"zhaohui/internal/recovery/method/identity/slider"
	"zhaohui/internal/store"
	"zhaohui/internal/wallet"
)

// fakeWallet has one account, and remembers what it was asked.
type fakeWallet struct {
	wallet.Wallet
	mu    sync.Mutex
	asked []string // ids
	fail  error
}

func (*fakeWallet) SignInName(name string) string { return name }

var owner = wallet.Identity{Name: "王小明", IDNumber: "11010519491231002X", Phone: "13800138000"}

func account() wallet.Account {
	return wallet.Account{ID: "w1", Lang: "zh", Password: true, Identified: true,
		Addresses: []wallet.Address{{ID: "a1", Kind: wallet.Phone, To: "+8613800138000", Masked: "138****8000"}}}
}

func (f *fakeWallet) Find(_ context.Context, name string) (wallet.Account, error) {
	if name != "13800138000" {
		return wallet.Account{}, problem.NotFound
	}
	return account(), nil
}

func (f *fakeWallet) Account(context.Context, string) (wallet.Account, error) { return account(), nil }

func (f *fakeWallet) CheckIdentity(_ context.Context, id string, who wallet.Identity) (bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, id)
	return id == "w1" && who == owner, f.fail
}

// plain stands in for what seals and hashes; nothing here is about that.
type plain struct{}

func (plain) Seal(p []byte, _ string) []byte          { return p }
func (plain) Open(s []byte, _ string) ([]byte, error) { return s, nil }
func (plain) Sum(text string) string                  { return hex.EncodeToString([]byte(text)) }
func (p plain) All(text string) []string              { return []string{p.Sum(text)} }

type plainHash struct{}

func (plainHash) Sum(text []byte) []byte      { return text }
func (plainHash) Equal(text, sum []byte) bool { return string(text) == string(sum) }

// desk is a service with a store, and one person in front of it.
type desk struct {
	*testing.T
	service *recovery.Service
	store   *store.Cases
	wallet  *fakeWallet
	policy  *recovery.Policy
	now     time.Time
	key     recovery.Key
}

func open(t *testing.T, name string) *desk {
	t.Helper()
	policy, problems := content.ReadPolicy(embedded.Files(), "wallet")
	if policy == nil {
		t.Fatal(problems)
	}
	db, err := store.Open(t.Context(), store.Config{Path: filepath.Join(t.TempDir(), "data", "zhaohui.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := store.Migrate(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	d := &desk{T: t, wallet: &fakeWallet{}, policy: policy, now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	d.store = store.NewCases(db, store.CaseDeps{Seal: plain{},
		Compose: func(recovery.Letter) (string, string, error) { return "subject", "text", nil },
		Enqueue: func(context.Context, *sql.Tx, string, string) error { return nil },
		Record:  func(context.Context, *sql.Tx, []recovery.Event) error { return nil }})
	d.service, err = recovery.New(recovery.Deps{Store: d.store, Wallet: d.wallet, Policy: policy, Methods: []recovery.Method{identity.New()},
		Channels: map[string]recovery.Channel{"identity": {Methods: []string{"identity"}}}, Box: plain{}, Index: plain{}, Hash: plainHash{},
		Address: func(path, _ string) string { return "https://example.org" + path }, Now: func() time.Time { return d.now },
		Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	d.begin(name)
	return d
}

// begin starts a case and names the account.
func (d *desk) begin(name string) {
	d.Helper()
	var err error
	if d.key, err = d.service.Begin(d.Context(), recovery.Beginning{Channel: "identity", Lang: "zh"}); err != nil {
		d.Fatal(err)
	}
	d.submit("account", map[string]string{"account": name})
	d.at(identity.ID)
}

func (d *desk) submit(step string, form map[string]string) recovery.Result {
	d.Helper()
	r, err := d.service.Submit(d.Context(), d.key, step, form, recovery.Client{Network: "192.0.2.1"})
	if err != nil {
		d.Fatal(err)
	}
	if r.Token != "" {
		d.key.Token = r.Token
	}
	return r
}

// place is where the case stands; at fails if it is not the step.
func (d *desk) place() recovery.Place {
	d.Helper()
	sight, err := d.service.Look(d.Context(), d.key)
	if err != nil {
		d.Fatal(err)
	}
	return sight.Place
}

func (d *desk) at(step string) {
	d.Helper()
	if p := d.place(); p.ID != step {
		d.Fatalf("at step %q, want %q", p.ID, step)
	}
}

func typed(who wallet.Identity) map[string]string {
	return map[string]string{"name": who.Name, "id_number": who.IDNumber, "phone": who.Phone}
}

// kept is what the method keeps, as the case has it.
func (d *desk) kept() (s struct {
	Who     *wallet.Identity
	Puzzle  *slider.Puzzle
	Puzzles int
}) {
	d.Helper()
	c, err := d.store.Case(d.Context(), d.key.Case)
	if err != nil {
		d.Fatal(err)
	}
	if c.Facts.Doing != nil {
		if err := json.Unmarshal(c.Facts.Doing.State, &s); err != nil {
			d.Fatal(err)
		}
	}
	return s
}

// slide puts the piece so many pixels beside the gap, by hand.
func (d *desk) slide(beside int) map[string]string {
	d.Helper()
	p := d.kept().Puzzle
	if p == nil {
		d.Fatal("no puzzle")
	}
	to := p.X + beside
	var way []string
	for i := range 30 {
		part := float64(i) / 29
		way = append(way, fmt.Sprintf("%d:%d", p.Start+int(float64(to-p.Start)*part*part), i*30))
	}
	return map[string]string{"slide": strconv.Itoa(to), "track": strings.Join(way, ",")}
}

func (d *desk) asked() int {
	d.wallet.mu.Lock()
	defer d.wallet.mu.Unlock()
	return len(d.wallet.asked)
}

func (d *desk) proofs() int {
	d.Helper()
	c, err := d.store.Case(d.Context(), d.key.Case)
	if err != nil {
		d.Fatal(err)
	}
	return len(c.Facts.Proofs)
}

func (d *desk) wrong(r recovery.Result, field, code string) {
	d.Helper()
	if len(r.Wrong) != 1 || r.Wrong[field] != code {
		d.Errorf("wrong %v, want %s: %s", r.Wrong, field, code)
	}
}

func TestL07_identityIsProved(t *testing.T) {
	d := open(t, "13800138000")
	form := typed(owner)
	form["id_number"], form["phone"] = "110105 19491231 002x", "138 0013-8000" // as people write them
	d.submit(identity.ID, form)
	d.at(identity.StepSlider)
	if d.asked() > 0 {
		t.Error("the wallet was asked before the puzzle")
	}
	d.now = d.now.Add(4 * time.Second)
	if r := d.submit(identity.StepSlider, d.slide(3)); len(r.Wrong) > 0 || d.proofs() != 1 || d.asked() != 1 {
		t.Errorf("wrong %v, %d proofs, asked %d times", r.Wrong, d.proofs(), d.asked())
	}
}

func TestL07_checksumIsCheckedBeforeAnyLookUp(t *testing.T) {
	d := open(t, "13800138000")
	for number, code := range map[string]string{"110105194912310021": "checksum", "11010519491331002X": "checksum", "1101051949123100": "format"} {
		who := owner
		who.IDNumber = number
		d.wrong(d.submit(identity.ID, typed(who)), "id_number", code)
	}
	d.at(identity.ID)
	if d.asked() > 0 || d.kept().Who != nil {
		t.Errorf("asked %d times, kept %v", d.asked(), d.kept().Who)
	}
}

// An answer that is wrong leads back with nothing kept, and never says which of the three it was.
func TestL07_wrongAnswerSaysOnlyThatItDoesNotFit(t *testing.T) {
	d := open(t, "13800138000")
	name, number, phone := owner, owner, owner
	name.Name, number.IDNumber, phone.Phone = "王大明", "11010119900307889X", "13900139000"
	for _, who := range []wallet.Identity{name, number, phone} {
		if r := d.submit(identity.ID, typed(who)); len(r.Wrong) > 0 {
			t.Fatalf("%v", r.Wrong)
		}
		d.now = d.now.Add(4 * time.Second)
		d.wrong(d.submit(identity.StepSlider, d.slide(0)), "form", "mismatch")
		d.at(identity.ID)
		if kept := d.kept(); kept.Who != nil || kept.Puzzle != nil {
			t.Errorf("kept %+v", kept)
		}
	}
	if d.asked() != 3 {
		t.Errorf("asked %d times", d.asked())
	}
}

func TestR3_sixthAnswerIsNotLookedAt(t *testing.T) {
	d := open(t, "13800138000")
	who := owner
	who.Name = "王大明"
	for range 5 {
		d.submit(identity.ID, typed(who))
		d.now = d.now.Add(4 * time.Second)
		d.wrong(d.submit(identity.StepSlider, d.slide(0)), "form", "mismatch")
	}
	d.submit(identity.ID, typed(owner))
	d.now = d.now.Add(4 * time.Second)
	if r := d.submit(identity.StepSlider, d.slide(0)); r.Locked.IsZero() || d.asked() != 5 || d.proofs() > 0 {
		t.Errorf("locked until %v, asked %d times, %d proofs", r.Locked, d.asked(), d.proofs())
	}
}

// A puzzle that is not solved costs no try; after ten only the wait is left, which then still works.
func TestA2_unsolvedPuzzlesLeadToTheWait(t *testing.T) {
	d := open(t, "13800138000")
	d.submit(identity.ID, typed(owner))
	d.wrong(d.submit(identity.StepSlider, nil), "slide", "required")
	if d.kept().Puzzles != 0 {
		t.Error("an empty answer used a puzzle up")
	}
	seen := map[string]bool{}
	for range 10 {
		d.now = d.now.Add(4 * time.Second)
		id := d.kept().Puzzle.ID
		d.wrong(d.submit(identity.StepSlider, d.slide(20)), "slide", "puzzle")
		if seen[id] {
			t.Error("the same puzzle again")
		}
		seen[id] = true
	}
	if p := d.place(); d.kept().Puzzle != nil || len(p.Fields) != 1 || p.Fields[0].Name != "instead" || len(p.Shown) > 0 || d.asked() > 0 {
		t.Fatalf("puzzle %v, fields %v, asked %d times", d.kept().Puzzle, p.Fields, d.asked())
	}
	d.wrong(d.submit(identity.StepSlider, map[string]string{"slide": "100"}), "instead", "required")
	d.submit(identity.StepSlider, map[string]string{"instead": "wait"})
	d.now = d.now.Add(time.Minute)
	if d.submit(identity.StepWait, nil); d.proofs() != 1 {
		t.Error("the tries were burnt")
	}
}

func TestPuzzle_thatIsTooOldIsReplaced(t *testing.T) {
	d := open(t, "13800138000")
	d.submit(identity.ID, typed(owner))
	old := d.kept().Puzzle.ID
	d.now = d.now.Add(5 * time.Minute)
	d.wrong(d.submit(identity.StepSlider, d.slide(0)), "slide", "puzzle-expired")
	if kept := d.kept(); kept.Puzzle.ID == old || kept.Puzzles != 0 || d.asked() > 0 {
		t.Errorf("%d puzzles used, asked %d times", kept.Puzzles, d.asked())
	}
}

// all submits many forms at once.
func (d *desk) all(step string, forms []map[string]string) []recovery.Result {
	d.Helper()
	results, key := make([]recovery.Result, len(forms)), d.key
	var wait sync.WaitGroup
	for i, form := range forms {
		wait.Go(func() {
			r, err := d.service.Submit(d.Context(), key, step, form, recovery.Client{Network: "192.0.2.1"})
			if err != nil {
				d.Error(err)
			}
			results[i] = r
		})
	}
	wait.Wait()
	return results
}

// Of answers that come at once each puzzle takes one: nobody tries every place of a gap.
func TestR4_parallelSlidesAreOneAnswer(t *testing.T) {
	d := open(t, "13800138000")
	who := owner
	who.Name = "王大明"
	d.submit(identity.ID, typed(who))
	d.now = d.now.Add(4 * time.Second)
	var forms []map[string]string
	for beside := -60; beside <= 60; beside += 12 {
		forms = append(forms, d.slide(beside))
	}
	judged := 0
	for _, r := range d.all(identity.StepSlider, forms) {
		if !r.Stale {
			judged++
		}
	}
	if judged == 0 || judged != d.kept().Puzzles || d.asked() > judged {
		t.Errorf("%d were judged, asked %d times, %d puzzles used", judged, d.asked(), d.kept().Puzzles)
	}
}

// With the wait there are fewer tries, also for tries that come at once, and they are tries of the method as well.
func TestA2_waitHasFewerTries(t *testing.T) {
	d := open(t, "13800138000")
	who := owner
	who.Name = "王大明"
	paced := d.policy.Methods[identity.ID].Paced
	wait := func(who wallet.Identity) {
		t.Helper()
		d.submit(identity.ID, typed(who))
		d.submit(identity.StepSlider, map[string]string{"instead": "wait"})
		p := d.place()
		if p.ID != identity.StepWait || p.Wait == nil || p.Wait.Who != "time" || !p.Wait.Until.Equal(d.now.Add(paced.Wait)) || p.Guess {
			t.Fatalf("at %q, wait %+v", p.ID, p.Wait)
		}
		before := d.asked()
		d.now = d.now.Add(paced.Wait - 1)
		if r := d.submit(identity.StepWait, nil); len(r.Wrong) > 0 || d.asked() != before {
			t.Error("looked at before the time")
		}
		d.now = d.now.Add(1)
		if !d.place().Guess {
			t.Error("the wait does not end")
		}
	}
	wait(who)
	d.wrong(d.submit(identity.StepWait, nil), "form", "mismatch")
	d.at(identity.ID)
	wait(who)
	d.all(identity.StepWait, make([]map[string]string, 6))
	if d.asked() != 2 {
		t.Errorf("asked %d times, want %d", d.asked(), paced.Tries[0].Max)
	}
	d.begin("13800138000") // another case does not help
	wait(owner)
	if r := d.submit(identity.StepWait, nil); r.Locked.IsZero() || d.asked() != 2 || d.proofs() > 0 {
		t.Errorf("locked until %v, asked %d times", r.Locked, d.asked())
	}
}

// Who has no account here meets the same steps and the same words, and the wallet is asked the same.
func TestR15_unknownAccountLooksTheSame(t *testing.T) {
	d := open(t, "13700137000")
	d.submit(identity.ID, typed(owner))
	p := d.place()
	if p.ID != identity.StepSlider || p.Shown["picture"] == "" || p.Shown["tile"] == "" {
		t.Errorf("at %q, shown %v", p.ID, p.Shown)
	}
	d.now = d.now.Add(4 * time.Second)
	d.wrong(d.submit(identity.StepSlider, d.slide(0)), "form", "mismatch")
	if d.asked() != 1 || d.wallet.asked[0] != "" {
		t.Errorf("asked %q", d.wallet.asked)
	}
}

// A wallet that does not answer costs the puzzle, but a new one is there and what was typed is kept.
func TestWalletThatDoesNotAnswer(t *testing.T) {
	d := open(t, "13800138000")
	d.submit(identity.ID, typed(owner))
	d.now = d.now.Add(4 * time.Second)
	d.wallet.fail = problem.Unavailable
	if _, err := d.service.Submit(d.Context(), d.key, identity.StepSlider, d.slide(0), recovery.Client{}); !errors.Is(err, problem.Unavailable) {
		t.Fatalf("%v", err)
	}
	d.wallet.fail = nil
	d.now = d.now.Add(4 * time.Second)
	if d.submit(identity.StepSlider, d.slide(0)); d.proofs() != 1 {
		t.Error("no proof")
	}
}

func TestProspects(t *testing.T) {
	a := account()
	m := identity.New()
	if p := m.Prospects(&a, &recovery.Policy{}); len(p) != 1 || len(p[0].Rests) != 1 {
		t.Errorf("%v", p)
	}
	a.Identified = false
	if len(m.Prospects(&a, &recovery.Policy{})) > 0 || len(m.Prospects(nil, &recovery.Policy{})) > 0 {
		t.Error("a prospect without a name on record")
	}
}
