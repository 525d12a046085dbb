package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
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
	return vault.Source{Text: d.Keyset, File: d.keyFile(), Create: !d.shared()}.Keys()
}

func (d databaseSettings) keyFile() string {
	if d.KeyFile != "" {
		return d.KeyFile
	}
	return filepath.Join(d.folder(), "keys")
}

func (d databaseSettings) pepper() ([]byte, bool, error) {
	file := d.PepperFile
	if file == "" {
		file = filepath.Join(d.folder(), "pepper")
	}
	return vault.Source{File: file, Create: !d.shared()}.Pepper()
}

// records is the database with what is kept in it.
type records struct {
	db       *store.DB
	keys     *vault.Keyset
	box      *vault.Box
	accounts *wallet.Embedded
	trail    *store.Audit
}

// openRecords opens the database, brings its schema up to date, and opens what is kept in it.
func openRecords(ctx context.Context, d databaseSettings, now func() time.Time, log *slog.Logger) (*records, error) {
	if err := os.MkdirAll(d.folder(), 0o700); err != nil {
		return nil, fmt.Errorf("ZHAOHUI_DATA: %w", err)
	}
	keys, created, err := d.keys()
	if err != nil {
		return nil, fmt.Errorf("ZHAOHUI_KEYSET or ZHAOHUI_KEY_FILE: %w", err)
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
	db, err := store.Open(ctx, store.Config{URL: d.Database, Path: filepath.Join(d.folder(), "zhaohui.db"), Now: now, Log: log})
	if err != nil {
		return nil, fmt.Errorf("ZHAOHUI_DATABASE: %w", err)
	}
	if err := store.Migrate(ctx, db); err != nil {
		return nil, errors.Join(fmt.Errorf("ZHAOHUI_DATABASE: %w", err), db.Close())
	}
	chainKey := keys.Hash("audit")
	box := keys.Box("records")
	return &records{db: db, keys: keys, box: box,
		accounts: wallet.NewEmbedded(wallet.EmbeddedConfig{Records: store.NewAccounts(db), Seal: box, Index: keys.Index("accounts"), Pepper: pepper, Now: now,
			Hashing: wallet.NewHasher(0, 0)}),
		trail: store.NewAudit(db, audit.NewChain(chainKey), box)}, nil
}

// cases keeps recoveries in the database.
func (r *records) cases(compose func(recovery.Letter) (string, string, error), enqueue func(context.Context, *sql.Tx, string, string) error,
	policy *recovery.Policy) *store.Cases {
	return store.NewCases(r.db, store.CaseDeps{Seal: r.box, Compose: compose, Enqueue: enqueue, Record: r.trail.Append, DueAt: policy.DueAt})
}
