package web_test

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	embedded "zhaohui/content"
	"zhaohui/internal/audit"
	"zhaohui/internal/message"
	"zhaohui/internal/recovery"
	"zhaohui/internal/recovery/method/appeal"
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
	"zhaohui/internal/vault"
	"zhaohui/internal/wallet"
	"zhaohui/web"
)

// folder holds the databases of a run.
var folder string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "zhaohui-web-")
	if err != nil {
		panic(err)
	}
	folder = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// living is the live half behind a portal: a database of its own with the demo's accounts in it. Jobs run when the test's
// browser has its answer, in the order in which they were started.
type living struct {
	path     string
	db       *store.DB
	cases    *store.Cases
	accounts *wallet.Embedded
	service  *recovery.Service
	policy   *recovery.Policy
	outbox   *message.Outbox
	deliver  func(ctx context.Context, id string, attempt int) error

	slow  bool // the account system takes its time
	mu    sync.Mutex
	queue [][2]string // kind and id
}

// Keys and pepper of every test's database, so that accounts need to be read in once.
var (
	liveKeys   = vault.Generate()
	livePepper = []byte("a pepper of 32 bytes for tests..")
)

// The database with the accounts, read in once and copied.
var seed = sync.OnceValue(func() []byte {
	path := filepath.Join(folder, "seed.db")
	l := openLiving(path, plainSite, func() time.Time { return today }, slog.New(slog.DiscardHandler), nil)
	accounts, err := embedded.Demo().Open("accounts.json")
	if err == nil {
		_, err = l.accounts.Import(context.Background(), accounts)
	}
	if err != nil {
		panic(err)
	}
	if err := l.db.Close(); err != nil {
		panic(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		panic(err)
	}
	return raw
})

// Guided pages need the live half only to be there.
var shared = sync.OnceValue(func() *living {
	return copyLiving("shared.db", plainSite, func() time.Time { return today }, slog.New(slog.DiscardHandler), nil)
})

func copyLiving(name, public string, now func() time.Time, log *slog.Logger, change func(*recovery.Policy)) *living {
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, seed(), 0o600); err != nil {
		panic(err)
	}
	return openLiving(path, public, now, log, change)
}

func openLiving(path, public string, now func() time.Time, log *slog.Logger, change func(*recovery.Policy)) *living {
	ctx := context.Background()
	check := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	l := &living{path: path, outbox: message.NewOutbox(now)}
	var err error
	l.db, err = store.Open(ctx, store.Config{Path: path, Now: now, Log: log})
	check(err)
	check(store.Migrate(ctx, l.db))
	box := liveKeys.Box("records")
	l.accounts = wallet.NewEmbedded(wallet.EmbeddedConfig{Records: store.NewAccounts(l.db), Seal: box,
		Index: liveKeys.Index("accounts"), Pepper: livePepper,
		Now: now, Hashing: wallet.NewHasher(0, 0)})
	texts, err := message.LoadTexts(embedded.Files())
	check(err)
	operator := realContent().Operator
	compose, err := message.NewComposer(texts, message.Operator{Name: operator.Name.In, Hours: operator.Hours.In,
		Hotline: operator.Hotline, Public: public, Zone: time.UTC})
	check(err)
	policy := *realContent().Rules["wallet"].Policy
	if change != nil {
		change(&policy)
	}
	l.policy = &policy
	trail := store.NewAudit(l.db, audit.NewChain(liveKeys.Hash("audit")), box)
	l.cases = store.NewCases(l.db, store.CaseDeps{Seal: box, Compose: compose.Compose, Enqueue: l.enqueue, Record: trail.Append,
		DueAt: policy.DueAt})
	channels := map[string]recovery.Channel{}
	wallet, _ := realContent().Platform("wallet")
	for _, c := range wallet.Channels {
		if c.Live != nil {
			channels[c.ID] = recovery.Channel{Methods: c.Live.Methods, With: c.Live.With}
		}
	}
	l.service, err = recovery.New(recovery.Deps{Store: l.cases, Wallet: l.accounts, Policy: &policy, Methods: allMethods(),
		Channels: channels, Box: box,
		Index: liveKeys.Index("cases"), Hash: liveKeys.Hash("codes"), Now: now, Log: log,
		Address: func(path, lang string) string { return public + map[string]string{"en": "/en"}[lang] + path }})
	check(err)
	senders := map[string]message.Sender{"mail": l.outbox, "sms": l.outbox}
	deliverer := &message.Deliverer{Store: store.NewMessages(l.db, box), Senders: senders, Now: now, Log: log}
	l.deliver = deliverer.Deliver
	return l
}

func allMethods() []recovery.Method {
	return []recovery.Method{mail.New(), sms.New(), authenticator.New(), recoverycodes.New(), backup.New(), card.New(),
		questions.New(), identity.New(),
		current.New(), appeal.New()}
}

func (l *living) enqueue(_ context.Context, _ *sql.Tx, kind, id string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queue = append(l.queue, [2]string{kind, id})
	return nil
}

// work does what was started; a job of a transaction that came to nothing finds nothing.
func (l *living) work() {
	for {
		l.mu.Lock()
		if len(l.queue) == 0 || l.slow {
			l.mu.Unlock()
			return
		}
		job := l.queue[0]
		l.queue = l.queue[1:]
		l.mu.Unlock()
		if job[0] == store.JobApply {
			_ = l.service.Work(context.Background(), job[1])
		} else {
			_ = l.deliver(context.Background(), job[1], 1)
		}
	}
}

// rows is all that the database holds, so that a test can say that nothing changed.
func (l *living) rows(tb testing.TB) string {
	tb.Helper()
	var all strings.Builder
	for _, table := range column(tb, l.db, `SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`) {
		rows, err := l.db.SQL().Query(`SELECT * FROM "` + table + `"`) //nolint:sqlclosecheck // closed below
		if err != nil {
			tb.Fatal(err)
		}
		names, err := rows.Columns()
		if err != nil {
			tb.Fatal(err)
		}
		for rows.Next() {
			values, into := make([]any, len(names)), make([]any, len(names))
			for i := range values {
				into[i] = &values[i]
			}
			if err := rows.Scan(into...); err != nil {
				tb.Fatal(err)
			}
			fmt.Fprintln(&all, table, values)
		}
		if err := rows.Close(); err != nil {
			tb.Fatal(err)
		}
	}
	return all.String()
}

// moved are the rows that stand in only one of two texts of rows.
func moved(before, after string) (lines []string) {
	for _, pair := range [][2]string{{before, after}, {after, before}} {
		for line := range strings.Lines(pair[0]) {
			if !strings.Contains(pair[1], line) {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

func column(tb testing.TB, db *store.DB, query string, args ...any) []string {
	tb.Helper()
	rows, err := db.SQL().Query(query, args...)
	if err != nil {
		tb.Fatal(err)
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			tb.Fatal(err)
		}
		list = append(list, text)
	}
	return list
}

// newLive is a portal with a live half of its own.
func newLive(tb testing.TB, public string, change ...any) *portal {
	tb.Helper()
	var policy func(*recovery.Policy)
	var config []func(*web.Config)
	for _, c := range change {
		switch do := c.(type) {
		case func(*recovery.Policy):
			policy = do
		case func(*web.Config):
			config = append(config, do)
		}
	}
	clock, log := newClock(), &record{}
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, tb.Name())
	l := copyLiving(fmt.Sprintf("%s-%d.db", name, time.Now().UnixNano()), public, clock.now,
		slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})), policy)
	tb.Cleanup(func() { _ = l.db.Close() })
	p := newPortalOn(tb, public, clock, log, append([]func(*web.Config){func(c *web.Config) {
		c.Recovery, c.Policy, c.Ready = l.service, l.policy, l.db.Ready
	}}, config...)...)
	p.live = l
	return p
}
