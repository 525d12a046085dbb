package recovery

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/throttle"
)

// submitAccount takes the sign-in name. Whether the account exists changes nothing that can be seen (requirement R15): the
// same look-ups, the same next page, a letter that is written or not.
func (s *Service) submitAccount(ctx context.Context, a *attempt) (Result, error) {
	limit := throttle.Limit{Key: "name:" + s.index.Sum(NetworkOf(a.Client.Network)), Max: s.policy.Case.PerNetwork, Within: time.Hour}
	if err := s.store.Do(ctx, func(tx Tx) error { return tx.Take(a.Now, limit) }); err != nil {
		return Result{}, fmt.Errorf("name an account: %w", err)
	}
	name := a.in["account"]
	account, err := s.wallet.Find(ctx, name)
	subject := "account:" + account.ID
	switch {
	case errors.Is(err, problem.NotFound):
		subject = "name:" + s.wallet.SignInName(name)
	case err != nil:
		return Result{}, fmt.Errorf("name an account: %w", err)
	default:
		a.Account = &account
	}
	stale, err := s.change(ctx, a, func(t *Turn) error {
		f := &t.Case.Facts
		f.Named, f.Account = true, t.AccountID()
		t.Case.Subject = s.index.Sum(subject)
		f.Environment = t.Policy.environment(t.Account, t.Case.Subject, t.Client, t.Now)
		if err := t.record("account-named", map[string]string{"environment": strings.Join(f.Environment.Reasons, " ")}); err != nil {
			return err
		}
		own := s.channels[f.Channel].Methods
		if len(own) == 1 && !t.Policy.Methods[own[0]].Later {
			return t.begin(own[0])
		}
		return nil
	})
	return Result{Stale: stale}, err
}
