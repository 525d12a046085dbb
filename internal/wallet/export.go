package wallet

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"time"

	"zhaohui/internal/problem"
)

// exportNote stands on top of every export.
const exportNote = "Passwords, answers and recovery codes are kept only as hashes; hashes, authenticator secrets and full " +
	"card numbers are not exported."

type exported struct {
	ID           string          `json:"id"`
	Lang         string          `json:"lang"`
	Name         string          `json:"name,omitempty"`
	IDNumber     string          `json:"id_number,omitempty"`
	Birthday     string          `json:"birthday,omitempty"`
	RealNamed    bool            `json:"real_named"`
	Phone        *exportedTo     `json:"phone,omitempty"`
	Email        *exportedTo     `json:"email,omitempty"`
	Removed      []exportedTo    `json:"removed,omitempty"`
	Questions    []exportedAsk   `json:"questions,omitempty"`
	Cards        []exportedCard  `json:"cards,omitempty"`
	Transactions []exportedPay   `json:"transactions,omitempty"`
	Contacts     []exportedOther `json:"contacts,omitempty"`
	Devices      []exportedOther `json:"devices,omitempty"`
	Networks     []netip.Prefix  `json:"networks,omitempty"`
	Balance      int64           `json:"balance,omitempty"`
}

type exportedTo struct {
	Kind    AddressKind `json:"kind,omitempty"`
	Number  string      `json:"number,omitempty"`
	Address string      `json:"address,omitempty"`
	Since   time.Time   `json:"since"`
	Removed time.Time   `json:"removed,omitzero"`
	Trouble Trouble     `json:"trouble,omitempty"`
}

type exportedAsk struct {
	Question string `json:"question"`
}

type exportedCard struct {
	ID       string    `json:"id"`
	Bank     string    `json:"bank"`
	Class    BankClass `json:"class"`
	Kind     CardKind  `json:"kind"`
	Last4    string    `json:"last4"`
	Expiry   string    `json:"expiry,omitempty"`
	Reserved string    `json:"reserved_phone"`
	QuickPay bool      `json:"quick_pay"`
	State    string    `json:"state"`
}

type exportedPay struct {
	ID     string    `json:"id"`
	Payee  string    `json:"payee"`
	Kind   string    `json:"kind,omitempty"`
	Amount int64     `json:"amount"`
	At     time.Time `json:"at"`
}

type exportedOther struct {
	ID    string    `json:"id"`
	Name  string    `json:"name"`
	Phone string    `json:"phone,omitempty"`
	Since time.Time `json:"since"`
}

// Export writes an account, or all with id "", in the form that Import reads, as far as it is kept; problem.NotFound.
func (e *Embedded) Export(ctx context.Context, w io.Writer, id string) error {
	note, err := json.Marshal(exportNote)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	out := &lines{w: w}
	out.print("{\n  \"note\": ", string(note), ",\n  \"accounts\": [")
	first := true
	one := func(id string) error {
		x, err := e.exported(ctx, id)
		if err != nil {
			return err
		}
		raw, err := json.MarshalIndent(x, "    ", "  ")
		if err != nil {
			return err
		}
		if !first {
			out.print(",")
		}
		first = false
		out.print("\n    ", string(raw))
		return out.err
	}
	if id != "" {
		err = one(id)
	} else {
		err = e.each(ctx, one)
	}
	out.print("\n  ]\n}\n")
	if err == nil {
		err = out.err
	}
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return nil
}

// lines writes until it fails, and keeps why.
type lines struct {
	w   io.Writer
	err error
}

func (l *lines) print(parts ...string) {
	if l.err == nil {
		_, l.err = io.WriteString(l.w, strings.Join(parts, ""))
	}
}

// each goes through all accounts without keeping them in memory.
func (e *Embedded) each(ctx context.Context, do func(id string) error) error {
	for after := ""; ; {
		ids, err := e.records.IDs(ctx, after, 500)
		if err != nil || len(ids) == 0 {
			return err
		}
		for _, id := range ids {
			if err := do(id); err != nil {
				return err
			}
		}
		after = ids[len(ids)-1]
	}
}

func (e *Embedded) exported(ctx context.Context, id string) (exported, error) {
	d, found, err := e.load(ctx, id)
	if err == nil && !found {
		err = problem.NotFound
	}
	if err != nil {
		return exported{}, err
	}
	sealed, err := e.records.History(ctx, id)
	if err != nil {
		return exported{}, err
	}
	var payments []Transaction
	if err := e.open(sealed, "account:history:"+id, &payments); err != nil {
		return exported{}, err
	}
	x := exported{ID: id, Lang: d.Lang, Name: d.Name, IDNumber: d.IDNumber, Birthday: d.Birthday,
		RealNamed: d.RealNamed, Networks: d.Networks, Balance: d.Balance}
	for _, to := range d.Addresses {
		x.address(to)
	}
	for _, q := range d.Questions {
		x.Questions = append(x.Questions, exportedAsk{q.Question})
	}
	for _, c := range d.Cards {
		state := string(c.Trouble)
		if c.Trouble == None {
			state = "normal"
		}
		x.Cards = append(x.Cards, exportedCard{c.ID, c.Bank, c.Class, c.Kind, c.Last4, c.Expiry, c.Reserved, c.QuickPay, state})
	}
	for _, t := range payments {
		x.Transactions = append(x.Transactions, exportedPay(t))
	}
	for _, c := range d.Contacts {
		x.Contacts = append(x.Contacts, exportedOther{c.ID, c.Name, c.To, c.Since})
	}
	for _, v := range d.Devices {
		x.Devices = append(x.Devices, exportedOther{v.ID, v.Name, "", v.Since})
	}
	return x, nil
}

func (x *exported) address(to keptTo) {
	out := exportedTo{Since: to.Since, Removed: to.Removed, Trouble: to.Trouble}
	if to.Kind == Phone {
		out.Number = to.To
	} else {
		out.Address = to.To
	}
	switch {
	case !to.Removed.IsZero():
		out.Kind = to.Kind
		x.Removed = append(x.Removed, out)
	case to.Kind == Phone:
		x.Phone = &out
	default:
		x.Email = &out
	}
}
