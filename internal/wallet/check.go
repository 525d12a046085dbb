package wallet

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"zhaohui/internal/problem"
)

// CheckPassword says whether this is the payment password; Busy if too many wait.
func (e *Embedded) CheckPassword(ctx context.Context, id, password string) (bool, error) {
	d, found, err := e.load(ctx, id)
	if err != nil {
		return false, fmt.Errorf("check password: %w", err)
	}
	ok, err := e.check(ctx, d.Password, e.mac(usePassword, id, foldWidth(password)))
	if err != nil {
		return false, fmt.Errorf("check password: %w", err)
	}
	return ok && found, nil
}

// CheckBackupPassword says whether this is the backup password; Busy if too many wait.
func (e *Embedded) CheckBackupPassword(ctx context.Context, id, password string) (bool, error) {
	d, found, err := e.load(ctx, id)
	if err != nil {
		return false, fmt.Errorf("check backup password: %w", err)
	}
	ok, err := e.check(ctx, d.Backup, e.mac(useBackup, id, foldWidth(password)))
	if err != nil {
		return false, fmt.Errorf("check backup password: %w", err)
	}
	return ok && found, nil
}

// CheckIdentity says whether name, ID number and a bound phone number were said right.
func (e *Embedded) CheckIdentity(ctx context.Context, id string, who Identity) (bool, error) {
	d, found, err := e.load(ctx, id)
	if err != nil {
		return false, fmt.Errorf("check identity: %w", err)
	}
	phone, isPhone := foldPhone(who.Phone)
	name, number := foldText(who.Name), foldCode(who.IDNumber)
	ok := isPhone && name != "" && number != "" // no bit of it is looked at alone
	ok = equal(name, foldText(d.Name)) && ok
	ok = equal(number, d.IDNumber) && ok
	ok = slices.ContainsFunc(d.phones(), func(bound string) bool { return equal(phone, bound) }) && ok
	return ok && found, nil
}

// CheckAnswers says whether all answers are right, in the order of the questions.
func (e *Embedded) CheckAnswers(ctx context.Context, id string, answers []string) (bool, error) {
	d, found, err := e.load(ctx, id)
	if err != nil {
		return false, fmt.Errorf("check answers: %w", err)
	}
	ok := len(answers) == len(d.Questions) && len(answers) > 0
	for i, q := range d.Questions {
		said := ""
		if i < len(answers) {
			said = foldText(answers[i])
		}
		ok = within([][]byte{q.Answer}, e.answerSum(id, i, said)) == 0 && said != "" && ok
	}
	return ok && found, nil
}

func (e *Embedded) answerSum(id string, place int, folded string) []byte {
	return e.mac(useAnswer, id, fmt.Sprintf("%d %s", place, folded))
}

// CheckCard says whether the last four digits and, of a credit card the expiry, of a debit card the bank were said right.
func (e *Embedded) CheckCard(ctx context.Context, id, card string, said CardSaid) (bool, error) {
	d, found, err := e.load(ctx, id)
	if err != nil {
		return false, fmt.Errorf("check card: %w", err)
	}
	c, bound := d.card(card)
	digits := equal(foldCode(said.Last4), c.Last4)
	expiry := equal(foldCode(said.Expiry), c.Expiry)
	bank := equal(foldBank(said.Bank), foldBank(c.Bank)) && c.Bank != ""
	printed := bank
	if c.Kind == Credit {
		printed = expiry
	}
	return digits && printed && bound && found, nil
}

// CheckAuthenticator says whether an app's code is right; it is so once.
func (e *Embedded) CheckAuthenticator(ctx context.Context, id, code string, at time.Time, key string) (bool, error) {
	code = foldCode(code)
	ok, err := e.use(ctx, id, "authenticator:"+key, func(d *document) bool { return d.TOTP.counter(code, at) >= 0 },
		func(d *document) any {
			d.TOTP.Last = d.TOTP.counter(code, at)
			return true
		}, new(bool))
	if err != nil {
		return false, fmt.Errorf("check authenticator: %w", err)
	}
	return ok, nil
}

// UseRecoveryCode uses a saved code up; left is how many remain, 0 for a wrong code: it must not tell about the account.
func (e *Embedded) UseRecoveryCode(ctx context.Context, id, code, key string) (ok bool, left int, err error) {
	sum := e.mac(useCode, id, foldCode(code))
	ok, err = e.use(ctx, id, "recovery-code:"+key, func(d *document) bool { return within(d.Codes, sum) >= 0 }, func(d *document) any {
		at := within(d.Codes, sum)
		d.Codes = slices.Delete(d.Codes, at, at+1)
		return len(d.Codes)
	}, &left)
	if err != nil {
		return false, 0, fmt.Errorf("use recovery code: %w", err)
	}
	return ok, left, nil
}

// use uses something up that is right once: it looks, and only if it is right writes, looking again inside of the write.
// So a wrong answer costs two reads and no write whether the account exists or not. A repeated key gives the first
// answer; only what was right is a first answer, as what was wrong changed nothing.
func (e *Embedded) use(
	ctx context.Context, id, key string, right func(*document) bool, up func(*document) any, answer any,
) (bool, error) {
	d, found, err := e.load(ctx, id)
	if err != nil {
		return false, err
	}
	if !right(d) || !found {
		err := e.answered(ctx, id, key, answer)
		if errors.Is(err, problem.NotFound) {
			return false, nil
		}
		return err == nil, err
	}
	err = e.change(ctx, id, key, 0, func(d *document) (any, error) {
		if !right(d) {
			return nil, errWrong
		}
		return up(d), nil
	}, answer)
	if errors.Is(err, errWrong) {
		return false, nil
	}
	return err == nil, err
}

var errWrong = errors.New("used up meanwhile")

// Transactions are the payments since a time, the newest first, at most 500; problem.NotFound.
func (e *Embedded) Transactions(ctx context.Context, id string, since time.Time) ([]Transaction, error) {
	sealed, err := e.records.History(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("read payments: %w", err)
	}
	var all []Transaction
	if err := e.open(sealed, "account:history:"+id, &all); err != nil {
		return nil, fmt.Errorf("read payments: %w", err)
	}
	all = slices.DeleteFunc(all, func(t Transaction) bool { return t.At.Before(since) })
	slices.SortStableFunc(all, func(a, b Transaction) int { return b.At.Compare(a.At) })
	return all[:min(len(all), mostTransactions)], nil
}

const mostTransactions = 500

// Contacts are the trusted contacts; problem.NotFound.
func (e *Embedded) Contacts(ctx context.Context, id string) ([]Contact, error) {
	d, found, err := e.load(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("read contacts: %w", err)
	}
	if !found {
		return nil, fmt.Errorf("read contacts: %w", problem.NotFound)
	}
	contacts := slices.Clone(d.Contacts)
	for i := range contacts {
		contacts[i].Name = maskName(contacts[i].Name)
	}
	return contacts, nil
}

// RefusePassword says why a payment password cannot be taken; problem.NotFound.
func (e *Embedded) RefusePassword(ctx context.Context, id, password string) (Refusal, error) {
	d, found, err := e.load(ctx, id)
	if err != nil {
		return "", fmt.Errorf("judge password: %w", err)
	}
	if !found {
		return "", fmt.Errorf("judge password: %w", problem.NotFound)
	}
	return e.refuse(id, d, foldWidth(password)), nil
}

func (e *Embedded) refuse(id string, d *document, password string) Refusal {
	if d.personal(password) {
		return RefusedPersonal
	}
	if within(d.Used, e.mac(useUsed, id, password)) >= 0 {
		return RefusedUsed
	}
	return ""
}

// personal says whether six digits are of the owner's phone or ID number or birthday (requirement R9): somebody who
// knows the owner, or found the purse, would try these first.
func (d *document) personal(password string) bool {
	if len(password) < 6 {
		return false
	}
	numbers := []string{d.IDNumber}
	for _, to := range d.Addresses { // removed ones too
		if to.Kind == Phone {
			numbers = append(numbers, to.To)
		}
	}
	if yyyy, mm, dd, ok := d.born(); ok {
		yy, m, day := yyyy[2:], strings.TrimPrefix(mm, "0"), strings.TrimPrefix(dd, "0")
		numbers = append(numbers, yyyy+mm+dd, dd+mm+yyyy, mm+dd+yyyy, yy+mm+dd, yy+dd+mm, dd+mm+yy, mm+dd+yy,
			yyyy+mm, mm+yyyy, yyyy+dd, dd+yyyy)
		for _, short := range []string{yyyy + m + day, m + day + yyyy, day + m + yyyy} { // 199015 of 5 January
			if len(short) == 6 {
				numbers = append(numbers, short)
			}
		}
	}
	return slices.ContainsFunc(numbers, func(n string) bool { return strings.Contains(n, password) })
}
