package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"zhaohui/internal/audit"
	"zhaohui/internal/recovery"
	"zhaohui/internal/store"
	"zhaohui/internal/vault"
	"zhaohui/internal/wallet"
)

// databaseSettings say where state is kept and with which secrets; serve, demo and the commands that look after accounts
// and the trail take them.
type databaseSettings struct {
	Data       string `help:"Folder for the database, keys and counts; data by default." placeholder:"DIR"`
	Database   string `help:"postgres://… for a database that several portals share; a file in DATA by default." placeholder:"URL"`
	Keyset     string `help:"The keyset itself, instead of a file." placeholder:"KEYS"`
	KeyFile    string `help:"File with the keyset; DATA/keys by default, created if missing (never beside PostgreSQL)." placeholder:"FILE"`
	PepperFile string `help:"File with the pepper of passwords; DATA/pepper by default, created if missing (never beside PostgreSQL)." placeholder:"FILE"`
}

func (d databaseSettings) shared() bool { return d.Database != "" }

func (d databaseSettings) folder() string {
	if d.Data == "" {
		return "data"
	}
	return d.Data
}

func (d databaseSettings) keys() (*vault.Keyset, bool, error) {
	return d.keySource(!d.shared()).Keys()
}

func (d databaseSettings) keyFile() string {
	if d.KeyFile != "" {
		return d.KeyFile
	}
	return filepath.Join(d.folder(), "keys")
}

func (d databaseSettings) pepper() ([]byte, bool, error) {
	return vault.Source{File: d.pepperFile(), Create: !d.shared()}.Pepper()
}

func (d databaseSettings) pepperFile() string {
	if d.PepperFile != "" {
		return d.PepperFile
	}
	return filepath.Join(d.folder(), "pepper")
}

// problems are all mistakes in these settings. It creates nothing, and repeats nothing that may be secret.
func (d databaseSettings) problems() []error {
	var problems []error
	if u, err := url.Parse(d.Database); d.shared() && (err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql") {
		problems = append(problems, errors.New("ZHAOHUI_DATABASE: want postgres://user@host/name; without it, a file in ZHAOHUI_DATA is used"))
	}
	if info, err := os.Stat(d.folder()); err == nil && !info.IsDir() {
		return append(problems, fmt.Errorf("ZHAOHUI_DATA: %s is not a folder", d.folder()))
	}
	there := func(file string) bool {
		_, err := os.Stat(file)
		return !errors.Is(err, fs.ErrNotExist) || d.shared() // what does not exist is created later, but not beside PostgreSQL
	}
	if d.Keyset != "" || there(d.keyFile()) {
		if _, _, err := d.keySource(false).Keys(); err != nil {
			problems = append(problems, d.keyProblem(err))
		}
	}
	if there(d.pepperFile()) {
		if _, _, err := (vault.Source{File: d.pepperFile()}).Pepper(); err != nil {
			problems = append(problems, fmt.Errorf("ZHAOHUI_PEPPER_FILE: %w", err))
		}
	}
	return problems
}

// keyProblem names the setting that the keyset came from.
func (d databaseSettings) keyProblem(err error) error {
	if d.Keyset != "" {
		return fmt.Errorf("ZHAOHUI_KEYSET: %w", err)
	}
	return fmt.Errorf("ZHAOHUI_KEY_FILE: %w", err)
}

func (d databaseSettings) keySource(create bool) vault.Source {
	return vault.Source{Text: d.Keyset, File: d.keyFile(), Create: create}
}

// open opens the database. Its schema may be an older one.
func (d databaseSettings) open(ctx context.Context, now func() time.Time, log *slog.Logger) (*store.DB, error) {
	db, err := store.Open(ctx, store.Config{URL: d.Database, Path: filepath.Join(d.folder(), "zhaohui.db"), Now: now, Log: log})
	if err != nil {
		return nil, d.databaseProblem(err)
	}
	return db, nil
}

// databaseProblem names the setting that says where the database is.
func (d databaseSettings) databaseProblem(err error) error {
	if d.shared() {
		return fmt.Errorf("ZHAOHUI_DATABASE: %w", err)
	}
	return fmt.Errorf("ZHAOHUI_DATA: %w", err)
}

// records is the database with what is kept in it.
type records struct {
	db       *store.DB
	keys     *vault.Keyset
	box      *vault.Box
	accounts *wallet.Embedded
	trail    *store.Audit
	staff    *wallet.Passwords // of the operator's own people
}

// openKept is openRecords for who only asks what is there: an empty folder made on the way would look sound.
func openKept(ctx context.Context, d databaseSettings) (*records, error) {
	if !d.shared() {
		if _, err := os.Stat(filepath.Join(d.folder(), "zhaohui.db")); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("ZHAOHUI_DATA: no portal ever ran with the folder %s", d.folder())
		}
	}
	return openRecords(ctx, d, time.Now, slog.Default())
}

// openRecords opens the database, brings its schema up to date, and opens what is kept in it.
func openRecords(ctx context.Context, d databaseSettings, now func() time.Time, log *slog.Logger) (*records, error) {
	if problems := d.problems(); len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	if err := os.MkdirAll(d.folder(), 0o700); err != nil {
		return nil, fmt.Errorf("ZHAOHUI_DATA: %w", err)
	}
	keys, created, err := d.keys()
	if err != nil {
		return nil, d.keyProblem(err)
	}
	if created {
		log.Warn("A NEW KEYSET WAS CREATED. Back it up: without it, accounts, cases and everybody's progress are lost.", "file", d.keyFile())
	}
	pepper, created, err := d.pepper()
	if err != nil {
		return nil, fmt.Errorf("ZHAOHUI_PEPPER_FILE: %w", err)
	}
	if created {
		log.Warn("A NEW PEPPER WAS CREATED. Back it up apart from the database: without it, no password can be checked.")
	}
	db, err := d.open(ctx, now, log)
	if err != nil {
		return nil, err
	}
	if err := store.Migrate(ctx, db); err != nil {
		return nil, errors.Join(d.databaseProblem(err), db.Close())
	}
	chainKey := keys.Hash("audit")
	box := keys.Box("records")
	hashing := wallet.NewHasher(0, 0) // one for all: cores are shared as well
	return &records{db: db, keys: keys, box: box, staff: hashing.Passwords(pepper, "agent-password"),
		accounts: wallet.NewEmbedded(wallet.EmbeddedConfig{Records: store.NewAccounts(db), Seal: box, Index: keys.Index("accounts"), Pepper: pepper, Now: now,
			Hashing: hashing}),
		trail: store.NewAudit(db, audit.NewChain(chainKey), box)}, nil
}

// cases keeps recoveries in the database.
func (r *records) cases(compose func(recovery.Letter) (string, string, error), enqueue func(context.Context, *sql.Tx, string, string) error,
	policy *recovery.Policy) *store.Cases {
	return store.NewCases(r.db, store.CaseDeps{Seal: r.box, Compose: compose, Enqueue: enqueue, Record: r.trail.Append, DueAt: policy.DueAt})
}
