package recovery_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zhaohui/internal/recovery"
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
		if err := fill(o.db, o.now); err != nil {
			t.Fatal(err)
		}
		o.open(t, defaultPolicy(t))
		test(t, o)
	})
}

// manyPostgres gives offices on one database of PostgreSQL, one after the other, each as the first began: a schema and
// accounts for each would cost more than what is tried on them.
func manyPostgres(t *testing.T, policy *recovery.Policy) func(f failer) *office {
	t.Helper()
	at := store.Config{URL: postgrestest.URL(t)}
	first := &office{fail: t}
	first.database(t, at)
	if err := fill(first.db, first.now); err != nil {
		t.Fatal(err)
	}
	do := func(f failer, db *store.DB, statement string) {
		if _, err := db.SQL().Exec(statement); err != nil {
			f.Fatalf("%s: %v", statement, err)
		}
	}
	tables := first.tables()
	do(t, first.db, `CREATE SCHEMA began`)
	for _, table := range tables {
		do(t, first.db, `CREATE TABLE began.`+table+` AS TABLE public.`+table)
	}
	return func(f failer) *office {
		o := &office{fail: f}
		o.database(t, at)
		for _, table := range tables {
			do(f, o.db, `DELETE FROM public.`+table)
			do(f, o.db, `INSERT INTO public.`+table+` TABLE began.`+table)
		}
		o.open(t, policy)
		return o
	}
}

// tables are all tables of a database of PostgreSQL.
func (o *office) tables() (list []string) {
	rows, err := o.db.SQL().Query(`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`)
	if err != nil {
		o.fail.Fatalf("list tables: %v", err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			o.fail.Fatalf("list tables: %v", err)
		}
		list = append(list, name)
	}
	return list
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
	return wallet.NewEmbedded(wallet.EmbeddedConfig{Records: store.NewAccounts(db), Seal: keys.Box("records"),
		Index: keys.Index("accounts"), Pepper: pepper, Now: now, Hashing: hasher})
}

// openOffice is an office on SQLite. It does not wait for the disk.
func openOffice(t testing.TB) *office {
	t.Helper()
	return openOfficeWith(t, t, defaultPolicy(t))
}

func openOfficeWith(t testing.TB, f failer, policy *recovery.Policy) *office {
	t.Helper()
	file, err := prepared()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "zhaohui.db")
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
	service, err := recovery.New(recovery.Deps{Store: o.cases, Wallet: o.wallet, Policy: o.policy, Methods: methods(),
		Channels: channels(), Box: keys.Box("records"), Index: keys.Index("cases"), Hash: o.hash,
		Address: func(path, _ string) string { return "https://help.example" + path }, Now: o.now, Log: quiet})
	if err != nil {
		o.fail.Fatalf("open: %v", err)
	}
	o.Service = service
}

var errCrash = errors.New("the process died after its commit")

// crashing is a store whose caller may not hear of a commit.
type crashing struct {
	recovery.Store
	next  atomic.Int32 // the commit that is not heard of, counted down; 0 is none
	again atomic.Int32 // transactions that the database had to undo and run again
}

func (c *crashing) Do(ctx context.Context, fn func(recovery.Tx) error) error {
	runs := int32(-1)
	err := c.Store.Do(ctx, func(tx recovery.Tx) error {
		runs++
		return fn(tx)
	})
	c.again.Add(max(0, runs))
	if err == nil && c.next.Load() > 0 && c.next.Add(-1) == 0 {
		return errCrash
	}
	return err
}

// undone fails if PostgreSQL found transactions that waited for each other: each such wait takes a second, and after some of
// them a person gets an error.
func (o *office) undone(t *testing.T) {
	t.Helper()
	if n := o.cases.again.Load(); n > 0 && o.db.Postgres() {
		t.Errorf("%d transactions waited for each other", n)
	}
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
