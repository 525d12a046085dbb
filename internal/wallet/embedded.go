package wallet

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"zhaohui/internal/problem"
)

// Embedded is the wallet of an operator who has no other account system: it keeps accounts itself. All that is personal
// is sealed; what an owner knows (passwords, answers, codes) is kept only as keyed hashes inside the seal.
//
// There is no paying here, so a freeze, a limit and the end of sessions are kept for whoever pays to read (State).
type Embedded struct {
	records Records
	seal    Sealer
	index   Indexer
	pepper  []byte
	now     func() time.Time
	hasher  *Hasher

	nobody     []byte // a sealed account that is opened in place of one that is not there
	nobodyHash string // hashed against when there is no hash
}

var _ Wallet = (*Embedded)(nil)

// EmbeddedConfig is what the embedded wallet works with; all of it but Hashing and Now has to be there.
type EmbeddedConfig struct {
	Records Records
	Seal    Sealer
	Index   Indexer
	Pepper  []byte // secret, kept outside of the database (requirement R9)
	Now     func() time.Time
	Hashing *Hasher
}

// Records keeps sealed accounts, the blind indexes of their sign-in names, and the answers to writes. It knows no keys.
type Records interface {
	// Read is the sealed data of an account; problem.NotFound.
	Read(ctx context.Context, id string) ([]byte, error)
	// History is the sealed payments of an account; problem.NotFound.
	History(ctx context.Context, id string) ([]byte, error)
	// Named is the id of the account that one of these indexes belongs to; problem.NotFound.
	Named(ctx context.Context, indexes []string) (string, error)
	// IDs lists accounts in the order of their ids, those after one id, at most limit.
	IDs(ctx context.Context, after string, limit int) ([]string, error)
	// Add adds all of these accounts or none; problem.Conflict if an id or a name is taken.
	Add(ctx context.Context, at time.Time, rows []Row) error
	// Change runs change on the data of an account, in one transaction that no other change of the account gets into. If
	// the key was used before, change is not run and the first answer is returned. change may run more than once; if it
	// fails, nothing happened. problem.NotFound.
	Change(ctx context.Context, w Write, change func(sealed []byte) (Changed, error)) (Answer, error)
	// Answer is what the first write with a key answered; problem.NotFound.
	Answer(ctx context.Context, key string) (Answer, error)
	// Erase removes an account with its names and answers; problem.NotFound.
	Erase(ctx context.Context, id string) error
	// Prune forgets answers that are over now, and writes from before a moment.
	Prune(ctx context.Context, now, before time.Time) error
}

// Row is an account as it is kept.
type Row struct {
	ID            string
	Data, History []byte   // sealed
	Names         []string // blind indexes
}

// Write names one change of an account. Its key is nobody else's.
type Write struct {
	Account, Key string
	At           time.Time
}

// Changed is the outcome of a write. The names are those that there were, under the newest key.
type Changed struct {
	Data   []byte // sealed
	Names  []string
	Answer Answer
}

// Answer is what a write answered; after Until it is forgotten, zero is as long as the write itself.
type Answer struct {
	Sealed []byte
	Until  time.Time
}

// Sealer encrypts a column; the context `table:column:id` has to be the same when it is opened.
type Sealer interface {
	Seal(plain []byte, context string) []byte
	Open(sealed []byte, context string) ([]byte, error)
}

// Indexer makes blind indexes: Sum the one to keep, All those to look for, one for each key, the newest first.
type Indexer interface {
	Sum(text string) string
	All(text string) []string
}

// NewEmbedded makes the embedded wallet.
func NewEmbedded(c EmbeddedConfig) *Embedded {
	e := &Embedded{records: c.Records, seal: c.Seal, index: c.Index, pepper: c.Pepper, now: c.Now, hasher: c.Hashing}
	if len(e.pepper) < 16 {
		panic("wallet: a pepper of less than 16 bytes") // a mistake of wiring
	}
	if e.now == nil {
		e.now = time.Now
	}
	if e.hasher == nil {
		e.hasher = NewHasher(0, 0)
	}
	e.nobodyHash = strangerHash()
	e.nobody = e.sealData("", e.stranger())
	return e
}

// Find looks for an account by a sign-in name; problem.NotFound, after the same look-ups.
func (e *Embedded) Find(ctx context.Context, name string) (Account, error) {
	id, err := e.records.Named(ctx, e.index.All(signInName(name)))
	if err != nil && !errors.Is(err, problem.NotFound) {
		return Account{}, fmt.Errorf("find account: %w", err)
	}
	return e.Account(ctx, id)
}

// Account is the account with an id; problem.NotFound.
func (e *Embedded) Account(ctx context.Context, id string) (Account, error) {
	d, found, err := e.load(ctx, id)
	if err != nil {
		return Account{}, fmt.Errorf("read account: %w", err)
	}
	a := d.account(id, e.now())
	if !found {
		return Account{}, fmt.Errorf("read account: %w", problem.NotFound)
	}
	return a, nil
}

// SignInName is a sign-in name in the form in which it is indexed.
func (e *Embedded) SignInName(name string) string { return signInName(name) }

// State is what the embedded wallet knows of an account beyond what a recovery asks.
type State struct {
	Frozen        time.Time // zero if it is not
	Reason        string    // why it is frozen
	Limits        Limits
	SessionsEnded time.Time // sessions that began before it are over
	PasswordSet   time.Time
}

// State is how an account stands; problem.NotFound.
func (e *Embedded) State(ctx context.Context, id string) (State, error) {
	d, found, err := e.load(ctx, id)
	if err != nil {
		return State{}, fmt.Errorf("read state: %w", err)
	}
	if !found {
		return State{}, fmt.Errorf("read state: %w", problem.NotFound)
	}
	return State{Frozen: d.Frozen, Reason: d.Reason, Limits: d.Limits, SessionsEnded: d.SessionsEnded,
		PasswordSet: d.PasswordSet}, nil
}

// Erase removes an account with its sign-in names; problem.NotFound. Cases of it are erased by their own retention.
func (e *Embedded) Erase(ctx context.Context, id string) error {
	if err := e.records.Erase(ctx, id); err != nil {
		return fmt.Errorf("erase account: %w", err)
	}
	return nil
}

// Prune forgets the answers of old writes. It is to be run about once an hour: new recovery codes can be asked for again
// with their key only as long as it has not run.
func (e *Embedded) Prune(ctx context.Context) error {
	now := e.now()
	if err := e.records.Prune(ctx, now, now.Add(-keepWrites)); err != nil {
		return fmt.Errorf("prune writes: %w", err)
	}
	return nil
}

// load opens an account. For one that is not there it opens the stranger instead, so that whatever is done with it takes
// as long (requirement R15); found is false then.
func (e *Embedded) load(ctx context.Context, id string) (d *document, found bool, err error) {
	sealed, err := e.records.Read(ctx, id)
	switch {
	case err == nil:
		d, err = e.openData(id, sealed)
		return d, true, err
	case errors.Is(err, problem.NotFound):
		d, err = e.openData("", e.nobody)
		return d, false, err
	}
	return nil, false, err
}

// indexes are the blind indexes of an account's sign-in names.
func (e *Embedded) indexes(id string, d *document) []string {
	var all []string
	for _, name := range d.names(id) {
		all = append(all, e.index.Sum(name))
	}
	return all
}

func (e *Embedded) sealData(id string, d *document) []byte {
	return e.seal.Seal(encode(d), "account:data:"+id)
}

func (e *Embedded) openData(id string, sealed []byte) (*document, error) {
	d := &document{}
	return d, e.open(sealed, "account:data:"+id, d)
}

func (e *Embedded) sealHistory(id string, payments []Transaction) []byte {
	return e.seal.Seal(encode(payments), "account:history:"+id)
}

func (e *Embedded) open(sealed []byte, context string, into any) error {
	plain, err := e.seal.Open(sealed, context)
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	if err := json.Unmarshal(plain, into); err != nil {
		return errors.New("open: what is sealed cannot be read") // the error would show some of it
	}
	return nil
}

func encode(v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // only for types that JSON does not know
	}
	return raw
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}
