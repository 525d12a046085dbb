package recovery_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zhaohui/internal/recovery"
	"zhaohui/internal/recovery/method/authenticator"
	"zhaohui/internal/recovery/method/backup"
	"zhaohui/internal/recovery/method/card"
	"zhaohui/internal/recovery/method/current"
	"zhaohui/internal/recovery/method/identity"
	"zhaohui/internal/recovery/method/mail"
	"zhaohui/internal/recovery/method/questions"
	"zhaohui/internal/recovery/method/recoverycodes"
	"zhaohui/internal/recovery/method/sms"
	"zhaohui/internal/store"
	"zhaohui/internal/store/postgrestest"
	"zhaohui/internal/vault"
	"zhaohui/internal/wallet"
)

// These tests run the real service on the real store and the embedded wallet; time stands still until a test moves it,
// letters are read where delivery would read them, and jobs run when a test says so.

func TestMain(m *testing.M) { os.Exit(postgrestest.Run(m)) }

// start is when every test begins.
var start = time.Date(2026, 11, 20, 4, 0, 0, 0, time.UTC)

// The accounts.
const (
	full     = "full@mail.example" // has everything; its phone and the card "own" have one number
	recent   = "recent@mail.example"
	lost     = "lost@mail.example"     // phone reported lost; backup password
	reissued = "reissued@mail.example" // phone given to somebody else; backup password
	deaf     = "deaf@mail.example"     // nothing reaches it; backup password, authenticator, identity
	nobody   = "nobody@mail.example"   // does not exist
)

const (
	totpSecret = "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U"
	idNumber   = "11010519491231002X"
	backupWord = "Camellia-2047"
	oldWord    = "604817"
	newWord    = "739184"
)

var savedCodes = []string{"7KDMH-W3QRX-9AFTE", "C4NYP-6VJ2G-XHRKM", "9TQAW-EDF37-KGMNX"}

const accounts = `{"accounts": [
 {"id": "acct-full", "lang": "zh", "name": "王小明", "id_number": "11010519491231002X", "real_named": true,
  "phone": {"number": "13800138000", "since": "-400d"}, "email": {"address": "full@mail.example", "since": "-300d"},
  "removed": [{"kind": "phone", "number": "13900139000", "since": "-900d", "removed": "-20d"},
              {"kind": "phone", "number": "13700137000", "since": "-990d", "removed": "-40d"}],
  "password": "604817", "old_passwords": ["935206", "271840"],
  "questions": [{"question": "出生在哪座城市？", "answer": "扬州"}, {"question": "What was your first school?", "answer": "Green Hill No. 2"}],
  "backup_password": "Camellia-2047", "totp_secret": "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U",
  "recovery_codes": ["7KDMH-W3QRX-9AFTE", "C4NYP-6VJ2G-XHRKM", "9TQAW-EDF37-KGMNX"],
  "cards": [{"id": "own", "bank": "中国工商银行", "class": "state-owned", "kind": "debit", "number": "6200000000000001016", "reserved_phone": "13800138000", "quick_pay": true},
            {"id": "other", "bank": "招商银行", "class": "joint-stock", "kind": "credit", "number": "6200000000002365", "expiry": "0932", "reserved_phone": "13600136000"},
            {"id": "town", "bank": "江苏银行", "class": "city", "kind": "debit", "number": "6200000000000003582", "reserved_phone": "13600136000"},
            {"id": "gone", "bank": "招商银行", "class": "joint-stock", "kind": "debit", "number": "6200000000000004671", "reserved_phone": "13600136000", "state": "lost"}],
  "networks": ["192.0.2.0/24"]},
 {"id": "acct-recent", "lang": "zh", "name": "马文涛",
  "phone": {"number": "13800138002", "since": "-2d"}, "email": {"address": "recent@mail.example", "since": "-300d"},
  "removed": [{"kind": "phone", "number": "13800138001", "since": "-900d", "removed": "-2d"}],
  "password": "825174", "backup_password": "Camellia-2047", "recovery_codes": ["3MXQA-H7KDT-VW9EN"],
  "cards": [{"id": "own", "bank": "交通银行", "class": "state-owned", "kind": "debit", "number": "6200000000000006346", "reserved_phone": "13800138002", "quick_pay": true}],
  "networks": ["192.0.2.0/24"]},
 {"id": "acct-lost", "lang": "zh", "name": "何建平", "phone": {"number": "13800138003", "since": "-400d", "trouble": "lost"},
  "email": {"address": "lost@mail.example", "since": "-300d"}, "password": "718395", "backup_password": "Camellia-2047",
  "cards": [{"id": "own", "bank": "交通银行", "class": "state-owned", "kind": "debit", "number": "6200000000000005124", "reserved_phone": "13800138003", "quick_pay": true}],
  "networks": ["192.0.2.0/24"]},
 {"id": "acct-reissued", "lang": "en", "phone": {"number": "13800138004", "since": "-400d", "trouble": "reissued"},
  "email": {"address": "reissued@mail.example", "since": "-300d"}, "password": "718395", "backup_password": "Camellia-2047", "networks": ["192.0.2.0/24"]},
 {"id": "acct-deaf", "lang": "zh", "phone": {"number": "13800138005", "since": "-400d", "trouble": "lost"},
  "email": {"address": "deaf@mail.example", "since": "-300d", "trouble": "lost"}, "password": "718395",
  "backup_password": "Camellia-2047", "totp_secret": "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U", "networks": ["192.0.2.0/24"]}
]}`

// The browsers.
var (
	home    = recovery.Client{Network: "192.0.2.7", Kind: "phone"} // usual for every account
	strange = recovery.Client{Network: "198.51.100.9", Kind: "computer"}
)

// others are the methods beside a channel's own, as the wallet's channels name them.
var others = []string{"mail", "sms", "authenticator", "recoverycodes", "backup", "card", "questions", "identity"}

func channels() map[string]recovery.Channel {
	all := map[string]recovery.Channel{"codes": {Methods: []string{"authenticator", "recoverycodes"}, With: others}}
	for _, id := range append([]string{"current"}, others...) {
		all[id] = recovery.Channel{Methods: []string{id}, With: others}
	}
	return all
}

func methods() []recovery.Method {
	return []recovery.Method{mail.New(), sms.New(), authenticator.New(), recoverycodes.New(), backup.New(), card.New(), questions.New(), identity.New(),
		current.New()}
}

// What is the same in all tests, so that a prepared database can be copied.
var (
	keys   = vault.Generate()
	pepper = []byte("a pepper of thirty-two bytes, ok")
	hasher = wallet.NewHasher(0, 1000) // shared: all tests together hash on no more cores than the portal would
	quiet  = slog.New(slog.DiscardHandler)
)

// office is a portal without pages.
type office struct {
	*recovery.Service
	fail    failer
	db      *store.DB
	cases   *crashing
	wallet  *watched
	hash    *countedHash
	real    *wallet.Embedded
	policy  *recovery.Policy
	ahead   atomic.Int64
	letters []recovery.Letter // that were delivered
	twice   bool              // every job runs twice
	failed  [][2]string       // jobs that are tried again by retry
	wait    bool              // letters are delivered, but what the wallet has to do waits
}

// failer is a test, or one run of a property.
type failer interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

func (o *office) now() time.Time           { return start.Add(time.Duration(o.ahead.Load())) }
func (o *office) advance(by time.Duration) { o.ahead.Add(int64(by)) }

// onBoth runs a test on each kind of database.
func onBoth(t *testing.T, test func(t *testing.T, o *office)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, openOffice(t)) })
	t.Run("postgres", func(t *testing.T) {
		o := &office{fail: t}
		o.database(t, store.Config{URL: postgrestest.URL(t)})
		o.prepare(t)
		o.open(t, defaultPolicy(t))
	})
}

// prepared is a SQLite file with the schema and the accounts.
var prepared = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "zhaohui-recovery-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "zhaohui.db")
	db, err := store.Open(context.Background(), store.Config{Path: path})
	if err != nil {
		return nil, err
	}
	if _, err = db.SQL().Exec(`PRAGMA synchronous = OFF`); err == nil {
		err = fill(db, func() time.Time { return start })
	}
	if err = errors.Join(err, db.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

func fill(db *store.DB, now func() time.Time) error {
	if err := store.Migrate(context.Background(), db); err != nil {
		return err
	}
	if _, err := db.SQL().Exec(`CREATE TABLE test_job (kind TEXT, id TEXT)`); err != nil {
		return err
	}
	_, err := embeddedWallet(db, now).Import(context.Background(), strings.NewReader(accounts))
	return err
}

func embeddedWallet(db *store.DB, now func() time.Time) *wallet.Embedded {
	return wallet.NewEmbedded(wallet.EmbeddedConfig{Records: store.NewAccounts(db), Seal: keys.Box("records"), Index: keys.Index("accounts"),
		Pepper: pepper, Now: now, Hashing: hasher})
}

// openOffice is an office on SQLite. It does not wait for the disk.
func openOffice(t testing.TB) *office {
	t.Helper()
	return openOfficeIn(t, t, t.TempDir(), defaultPolicy(t))
}

func openOfficeIn(t testing.TB, f failer, folder string, policy *recovery.Policy) *office {
	t.Helper()
	file, err := prepared()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "zhaohui.db")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	o := &office{fail: f}
	o.database(t, store.Config{Path: path})
	if _, err := o.db.SQL().Exec(`PRAGMA synchronous = OFF`); err != nil {
		t.Fatal(err)
	}
	o.open(t, policy)
	return o
}

func (o *office) database(t testing.TB, c store.Config) {
	t.Helper()
	c.Now = o.now
	var err error
	if o.db, err = store.Open(context.Background(), c); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.db.Close() })
}

func (o *office) prepare(t testing.TB) {
	t.Helper()
	if err := fill(o.db, o.now); err != nil {
		t.Fatal(err)
	}
}

func (o *office) open(t testing.TB, policy *recovery.Policy) {
	t.Helper()
	o.policy, o.real = policy, embeddedWallet(o.db, o.now)
	o.wallet = &watched{Wallet: o.real, checks: map[string]int{}, resets: map[string]int{}}
	o.hash = &countedHash{Hash: keys.Hash("codes")}
	o.cases = &crashing{Store: store.NewCases(o.db, store.CaseDeps{Seal: keys.Box("records"), DueAt: policy.DueAt,
		Compose: func(l recovery.Letter) (string, string, error) {
			raw, err := json.Marshal(l)
			return "", string(raw), err
		},
		Enqueue: func(ctx context.Context, tx *sql.Tx, kind, id string) error {
			_, err := tx.ExecContext(ctx, `INSERT INTO test_job VALUES ($1, $2)`, kind, id)
			return err
		},
		Record: func(context.Context, *sql.Tx, []recovery.Event) error { return nil }})}
	o.restart()
}

// restart is a new process on the same database.
func (o *office) restart() {
	service, err := recovery.New(recovery.Deps{Store: o.cases, Wallet: o.wallet, Policy: o.policy, Methods: methods(), Channels: channels(),
		Box: keys.Box("records"), Index: keys.Index("cases"), Hash: o.hash,
		Address: func(path, _ string) string { return "https://help.example" + path }, Now: o.now, Log: quiet})
	if err != nil {
		o.fail.Fatalf("open: %v", err)
	}
	o.Service = service
}

// work runs all jobs that are there, and those that they start.
func (o *office) work() {
	o.fail.Helper()
	for range 20 {
		jobs := o.jobs()
		done := true
		for _, job := range jobs {
			if o.wait && job[0] == store.JobApply {
				o.again(job)
				continue
			}
			done = false
			o.run(job)
			if o.twice && job[0] == store.JobApply {
				o.run(job)
			}
		}
		if done {
			return
		}
	}
	o.fail.Fatalf("jobs without an end")
}

func (o *office) run(job [2]string) {
	o.fail.Helper()
	if job[0] == store.JobApply {
		if err := o.Work(context.Background(), job[1]); err != nil {
			o.failed = append(o.failed, job)
		}
		return
	}
	out, err := store.NewMessages(o.db, keys.Box("records")).Outgoing(context.Background(), job[1])
	if err != nil {
		o.fail.Fatalf("read a letter: %v", err)
	}
	var l recovery.Letter
	if err := json.Unmarshal([]byte(out.Text), &l); err != nil {
		o.fail.Fatalf("read a letter: %v", err)
	}
	o.letters = append(o.letters, l)
}

// retry runs the jobs that failed once more.
func (o *office) retry() {
	failed := o.failed
	o.failed = nil
	for _, job := range failed {
		o.again(job)
	}
	o.work()
}

func (o *office) again(job [2]string) {
	if _, err := o.db.SQL().Exec(`INSERT INTO test_job VALUES ($1, $2)`, job[0], job[1]); err != nil {
		o.fail.Fatalf("start a job again: %v", err)
	}
}

// jobs takes all jobs.
func (o *office) jobs() (list [][2]string) {
	rows, err := o.db.SQL().Query(`DELETE FROM test_job RETURNING kind, id`)
	if err != nil {
		o.fail.Fatalf("jobs: %v", err)
	}
	defer rows.Close()
	for rows.Next() {
		var job [2]string
		if err := rows.Scan(&job[0], &job[1]); err != nil {
			o.fail.Fatalf("jobs: %v", err)
		}
		list = append(list, job)
	}
	return list
}

// sent are the letters of a purpose, all of them for "".
func (o *office) sent(purpose recovery.Purpose) (list []recovery.Letter) {
	o.work()
	for _, l := range o.letters {
		if purpose == "" || l.Purpose == purpose {
			list = append(list, l)
		}
	}
	return list
}

// to are the destinations of letters.
func to(letters []recovery.Letter) string {
	var list []string
	for _, l := range letters {
		list = append(list, l.To)
	}
	return strings.Join(list, " ")
}

// secretOf is the token at the end of a letter's address.
func secretOf(address string) string { return address[strings.LastIndex(address, "/")+1:] }

var errCrash = errors.New("the process died after its commit")

// crashing is a store whose caller may not hear of a commit.
type crashing struct {
	recovery.Store
	next atomic.Int32 // the commit that is not heard of, counted down; 0 is none
}

func (c *crashing) Do(ctx context.Context, fn func(recovery.Tx) error) error {
	err := c.Store.Do(ctx, fn)
	if err == nil && c.next.Load() > 0 && c.next.Add(-1) == 0 {
		return errCrash
	}
	return err
}

// watched is the wallet, and what it was asked.
type watched struct {
	wallet.Wallet
	mu     sync.Mutex
	checks map[string]int // by kind and account
	resets map[string]int // keys of SetPassword that were taken → how often
	down   error          // what SetPassword answers instead
	lose   bool           // SetPassword's next answer is lost on the way
}

func (w *watched) count(what, id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.checks[what+" "+id]++
}

func (w *watched) asked() map[string]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return maps.Clone(w.checks)
}

func (w *watched) CheckPassword(ctx context.Context, id, password string) (bool, error) {
	w.count("current", id)
	return w.Wallet.CheckPassword(ctx, id, password)
}

func (w *watched) CheckIdentity(ctx context.Context, id string, who wallet.Identity) (bool, error) {
	w.count("identity", id)
	return w.Wallet.CheckIdentity(ctx, id, who)
}

func (w *watched) CheckAnswers(ctx context.Context, id string, answers []string) (bool, error) {
	w.count("questions", id)
	return w.Wallet.CheckAnswers(ctx, id, answers)
}

func (w *watched) CheckBackupPassword(ctx context.Context, id, password string) (bool, error) {
	w.count("backup", id)
	return w.Wallet.CheckBackupPassword(ctx, id, password)
}

func (w *watched) CheckAuthenticator(ctx context.Context, id, code string, at time.Time, key string) (bool, error) {
	w.count("authenticator", id)
	return w.Wallet.CheckAuthenticator(ctx, id, code, at, key)
}

func (w *watched) UseRecoveryCode(ctx context.Context, id, code, key string) (bool, int, error) {
	w.count("recoverycodes", id)
	return w.Wallet.UseRecoveryCode(ctx, id, code, key)
}

func (w *watched) CheckCard(ctx context.Context, id, card string, said wallet.CardSaid) (bool, error) {
	w.count("card", id)
	return w.Wallet.CheckCard(ctx, id, card, said)
}

func (w *watched) SetPassword(ctx context.Context, id string, reset wallet.Reset, key string) error {
	w.mu.Lock()
	down, lose := w.down, w.lose
	w.lose = false
	w.mu.Unlock()
	if down != nil {
		return down
	}
	err := w.Wallet.SetPassword(ctx, id, reset, key)
	if err == nil {
		w.mu.Lock()
		w.resets[id+" "+key]++
		w.mu.Unlock()
	}
	if err == nil && lose {
		return errCrash
	}
	return err
}

// countedHash counts the comparisons of codes: what is hashed for one has five parts.
type countedHash struct {
	recovery.Hash
	compared atomic.Int64
}

func (h *countedHash) Equal(sum, text []byte) bool {
	if bytes.Count(text, []byte{0}) == 4 {
		h.compared.Add(1)
	}
	return h.Hash.Equal(sum, text)
}
