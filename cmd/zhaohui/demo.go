package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"sync/atomic"
	"time"

	"zhaohui/internal/message"
	"zhaohui/internal/recovery"
	"zhaohui/internal/support"
	"zhaohui/internal/vault"
	"zhaohui/internal/wallet"
	"zhaohui/web"
)

// demonstration is what the demo shows of itself. It is a stub by intent: messages reach a page instead of people.
type demonstration struct {
	wall     func() time.Time // what its clock goes by
	ahead    atomic.Int64     // nanoseconds that the clock was moved forward
	outbox   *message.Outbox
	accounts []web.DemoAccount
	service  *recovery.Service
	tickets  *support.Tickets // nil without them

	past past

	people []demoAgent
	desk   *support.Desk
	box    *vault.Box
}

func newDemonstration() *demonstration {
	d := &demonstration{wall: time.Now}
	d.outbox = message.NewOutbox(d.now)
	return d
}

func (d *demonstration) now() time.Time { return d.wall().Add(time.Duration(d.ahead.Load())) }

func (d *demonstration) senders() map[string]message.Sender {
	return map[string]message.Sender{"mail": d.outbox, "sms": d.outbox}
}

// Accounts are the made-up accounts, with their secrets as they were imported.
func (d *demonstration) Accounts() []web.DemoAccount { return d.accounts }

// Outbox is what was sent, the oldest first.
func (d *demonstration) Outbox() []message.Record { return d.outbox.Records() }

// Advance moves the clock forward and does at once what would have happened meanwhile.
func (d *demonstration) Advance(ctx context.Context, by time.Duration) error {
	d.ahead.Add(int64(by))
	if d.tickets != nil && !d.writesPast() {
		if _, _, err := d.tickets.Tend(ctx, 500); err != nil {
			return err
		}
	}
	return d.service.Tend(ctx, 500)
}

// fill imports the demo's accounts by the same path as `account import`, once.
func (d *demonstration) fill(ctx context.Context, files fs.FS, accounts *wallet.Embedded, service *recovery.Service) error {
	d.service = service
	raw, err := fs.ReadFile(files, "accounts.json")
	if err != nil {
		return err
	}
	if d.accounts, err = demoAccounts(raw); err != nil {
		return err
	}
	if len(d.accounts) > 0 {
		if _, err := accounts.Find(ctx, d.accounts[0].ID); err == nil {
			return nil // in a folder that was named and filled before
		}
	}
	_, err = accounts.Import(ctx, bytes.NewReader(raw))
	return err
}

// demoAccounts reads the file again for what the wallet never gives back.
func demoAccounts(raw []byte) ([]web.DemoAccount, error) {
	var file struct {
		Accounts []struct {
			Name          string
			IDNumber      string `json:"id_number"`
			Phone         struct{ Number string }
			Email         struct{ Address string }
			Password      string
			Questions     []web.DemoQuestion
			Backup        string   `json:"backup_password"`
			TOTP          string   `json:"totp_secret"`
			RecoveryCodes []string `json:"recovery_codes"`
			Cards         []struct {
				ID, Bank, Class, Kind, Number, Expiry, State string
				Reserved                                     string `json:"reserved_phone"`
			}
		}
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		return nil, fmt.Errorf("accounts.json: %w", err)
	}
	var list []web.DemoAccount
	for _, a := range file.Accounts {
		account := web.DemoAccount{ID: a.Email.Address, Name: a.Name, Phone: a.Phone.Number, Email: a.Email.Address, IDNumber: a.IDNumber, CurrentPassword: a.Password,
			Questions: a.Questions, BackupPassword: a.Backup, TOTPSecret: a.TOTP, RecoveryCodes: a.RecoveryCodes, Cards: []web.DemoCard{}}
		for _, c := range a.Cards {
			digits := strings.ReplaceAll(c.Number, " ", "")
			account.Cards = append(account.Cards, web.DemoCard{ID: c.ID, Bank: c.Bank, Class: c.Class, Number: c.Number, Last4: digits[max(0, len(digits)-4):],
				Expiry: c.Expiry, Kind: c.Kind, ReservedPhone: c.Reserved, State: state(c.State)})
		}
		if account.Questions == nil {
			account.Questions = []web.DemoQuestion{}
		}
		if account.RecoveryCodes == nil {
			account.RecoveryCodes = []string{}
		}
		list = append(list, account)
	}
	return list, nil
}

func state(s string) string {
	if s == "" {
		return "active"
	}
	return s
}
