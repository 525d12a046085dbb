package support_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"zhaohui/internal/audit"
	"zhaohui/internal/problem"
	"zhaohui/internal/store"
	"zhaohui/internal/store/postgrestest"
	"zhaohui/internal/support"
	"zhaohui/internal/vault"
)

// These tests run the real desk on the real store and trail; time stands still until a test moves it.

func TestMain(m *testing.M) { os.Exit(postgrestest.Run(m)) }

var start = time.Date(2026, 11, 20, 4, 0, 0, 0, time.UTC)

// password is a good one.
const password = "a kettle sings at noon"

var (
	office  = support.Client{Network: "192.0.2.7", Kind: "computer"}
	strange = support.Client{Network: "2001:db8::9", Kind: "phone"}
)

// door is a desk with what tests look at.
type door struct {
	*support.Desk
	t     *testing.T
	db    *store.DB
	keys  *vault.Keyset
	trail *store.Audit
	hash  *countedHash
	ahead *atomic.Int64
}

// onBoth runs a test on each kind of database.
func onBoth(t *testing.T, test func(t *testing.T, d *door)) {
	t.Helper()
	for kind, config := range map[string]func(t *testing.T) store.Config{
		"sqlite":   func(t *testing.T) store.Config { return store.Config{Path: filepath.Join(t.TempDir(), "zhaohui.db")} },
		"postgres": func(t *testing.T) store.Config { return store.Config{URL: postgrestest.URL(t)} },
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			d := &door{t: t, keys: vault.Generate(), hash: &countedHash{}, ahead: &atomic.Int64{}}
			c := config(t)
			c.Now = d.now
			var err error
			if d.db, err = store.Open(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { d.db.Close() })
			if !d.db.Postgres() {
				d.exec(`PRAGMA synchronous = OFF`)
			}
			if err := store.Migrate(t.Context(), d.db); err != nil {
				t.Fatal(err)
			}
			d.trail = store.NewAudit(d.db, audit.NewChain(d.keys.Hash("audit")), d.keys.Box("records"))
			d.Desk = d.desk()
			test(t, d)
		})
	}
}

// desk is one more process on the same database.
func (d *door) desk() *support.Desk {
	public, err := url.Parse("https://help.example")
	if err != nil {
		d.t.Fatal(err)
	}
	return support.NewDesk(support.Deps{Store: store.NewAgents(d.db, d.trail.Append), Hasher: d.hash, Box: d.keys.Box("records"),
		Index: d.keys.Index("agents"), Now: d.now, Operator: "Cloudpay", Public: public})
}

func (d *door) now() time.Time           { return start.Add(time.Duration(d.ahead.Load())) }
func (d *door) advance(by time.Duration) { d.ahead.Add(int64(by)) }

func (d *door) exec(statement string) {
	d.t.Helper()
	if _, err := d.db.SQL().Exec(statement); err != nil {
		d.t.Fatalf("%s: %v", statement, err)
	}
}

func (d *door) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// is says that an error is of a kind, and with fields, exactly these.
func (d *door) is(err error, kind problem.Kind, what string) {
	d.t.Helper()
	if problem.KindOf(err) != kind {
		d.t.Errorf("%s: %v, want %s", what, err, kind)
	}
}

// events are the kinds of all entries of the trail, the oldest first.
func (d *door) events() []audit.Entry {
	d.t.Helper()
	list, err := d.trail.Entries(context.Background(), 1, 10000)
	d.must(err)
	return list
}

func (d *door) count(kind string) int {
	d.t.Helper()
	n := 0
	for _, e := range d.events() {
		if e.Kind == kind {
			n++
		}
	}
	return n
}

// lin is an agent who enrolled with an authenticator and left; secret is its key.
func (d *door) lin(roles ...support.Role) (a *support.Agent, secret string) {
	d.t.Helper()
	ctx := d.t.Context()
	if len(roles) == 0 {
		roles = []support.Role{support.RoleAgent}
	}
	token, err := d.Add(ctx, support.New{Name: "Lin", Shown: "林小雨", Roles: roles, Lang: "zh"})
	d.must(err)
	session, err := d.BeginEnrol(ctx, token, strange)
	d.must(err)
	d.must(d.ChoosePassword(ctx, session, password))
	e, err := d.Enrolling(ctx, session)
	d.must(err)
	whole, err := d.ConfirmCode(ctx, session, d.code(e.Authenticator.Key))
	d.must(err)
	d.must(d.SignOut(ctx, whole))
	d.advance(time.Minute) // the code is over
	a, err = d.Find(ctx, "lin")
	d.must(err)
	return a, e.Authenticator.Key
}

// code is what the authenticator shows now.
func (d *door) code(secret string) string {
	d.t.Helper()
	code, err := totp.GenerateCode(secret, d.now())
	d.must(err)
	return code
}

// enter signs lin in.
func (d *door) enter(secret string) (token string) {
	d.t.Helper()
	half, err := d.SignIn(d.t.Context(), "lin", password, office)
	d.must(err)
	token, err = d.Second(d.t.Context(), half, d.code(secret))
	d.must(err)
	d.advance(30 * time.Second)
	return token
}

// countedHash is quick, and counts how often a password was compared.
type countedHash struct {
	checks atomic.Int64
	busy   atomic.Bool
}

func (h *countedHash) Hash(_ context.Context, id, password string) (string, error) {
	sum := sha256.Sum256([]byte(id + "\x00" + password))
	return hex.EncodeToString(sum[:]), nil
}

func (h *countedHash) Verify(ctx context.Context, hash, id, password string) (bool, error) {
	if h.busy.Load() {
		return false, problem.Unavailable
	}
	h.checks.Add(1)
	want, err := h.Hash(ctx, id, password)
	return hash != "" && want == hash, err
}

func kinds(entries []audit.Entry) []string {
	var list []string
	for _, e := range entries {
		list = append(list, e.Kind)
	}
	return slices.Clip(list)
}
