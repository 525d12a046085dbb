package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	embedded "zhaohui/content"
	"zhaohui/internal/audit"
	"zhaohui/internal/content"
	"zhaohui/internal/jobs"
	"zhaohui/internal/recovery"
	"zhaohui/internal/recovery/method/mail"
	"zhaohui/internal/recovery/method/sms"
	"zhaohui/internal/store"
	"zhaohui/internal/vault"
	"zhaohui/internal/wallet"
)

// state is what `zhaohui serve` keeps its live half in, opened without the pages: the same database, trail, seals and
// jobs, put together as cmd/zhaohui does it.
type state struct {
	folder   string
	db       *store.DB
	box      *vault.Box
	index    *vault.Index
	rows     *store.Accounts
	accounts *wallet.Embedded
	cases    *store.Cases
	trail    *store.Audit
	runner   *jobs.Runner
	deps     recovery.Deps // of service
	service  *recovery.Service
	policy   *recovery.Policy
}

// openState opens the records of a data folder and creates what is not there. The portal finds its files again.
func openState(ctx context.Context, folder string, now func() time.Time) (*state, error) {
	keys, _, err := vault.Source{File: filepath.Join(folder, "keys"), Create: true}.Keys()
	if err != nil {
		return nil, err
	}
	pepper, _, err := vault.Source{File: filepath.Join(folder, "pepper"), Create: true}.Pepper()
	if err != nil {
		return nil, err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	db, err := store.Open(ctx, store.Config{Path: filepath.Join(folder, "zhaohui.db"), Now: now, Log: log})
	if err != nil {
		return nil, err
	}
	s := &state{folder: folder, db: db, box: keys.Box("records"), index: keys.Index("accounts"), rows: store.NewAccounts(db)}
	if err := s.connect(ctx, keys, pepper, now, log); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

func (s *state) connect(ctx context.Context, keys *vault.Keyset, pepper []byte, now func() time.Time, log *slog.Logger) error {
	if err := store.Migrate(ctx, s.db); err != nil {
		return err
	}
	loaded, found := content.Load(embedded.Files(), now())
	if bad := found.Errors(); len(bad) > 0 {
		return bad
	}
	s.policy = loaded.Rules["wallet"].Policy
	s.accounts = wallet.NewEmbedded(wallet.EmbeddedConfig{Records: s.rows, Seal: s.box, Index: s.index, Pepper: pepper, Now: now,
		Hashing: wallet.NewHasher(0, 0)})
	s.trail = store.NewAudit(s.db, audit.NewChain(keys.Hash("audit")), s.box)
	var err error
	if s.runner, err = jobs.New(s.db, jobs.Config{Log: log}); err != nil {
		return err
	}
	s.cases = store.NewCases(s.db, store.CaseDeps{Seal: s.box, Compose: compose, Enqueue: s.runner.Enqueue, Record: s.trail.Append, DueAt: s.policy.DueAt})
	s.deps = recovery.Deps{Store: s.cases, Wallet: s.accounts, Policy: s.policy, Methods: []recovery.Method{mail.New(), sms.New()},
		Channels: map[string]recovery.Channel{"mail": {Methods: []string{"mail"}}}, Box: s.box, Index: keys.Index("cases"), Hash: keys.Hash("codes"),
		Address: func(path, _ string) string { return "http://localhost" + path }, Now: now, Log: log}
	s.service, err = recovery.New(s.deps)
	return err
}

// compose stands in for the texts of letters, which weigh about as much.
func compose(l recovery.Letter) (subject, text string, err error) {
	return "A new payment password was set", strings.Repeat("If this was not you, say so at once: "+l.Stop+"\n", 4), nil
}

// openScratch is a new state on the disk that temporary files are on.
func openScratch(ctx context.Context) (*state, error) {
	folder, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return nil, err
	}
	s, err := openState(ctx, folder, time.Now)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	return s, nil
}

// close closes a state and removes its folder.
func (s *state) close() {
	_ = s.db.Close() // all that it held is thrown away
	_ = os.RemoveAll(s.folder)
}

// settleDown lets what a preparation left be collected before something is timed.
func settleDown() {
	runtime.GC()
	time.Sleep(100 * time.Millisecond)
}
