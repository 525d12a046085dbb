package recovery_test

import (
	"context"
	"maps"
	"sync"
	"time"

	"zhaohui/internal/wallet"
)

// watched is the wallet, and what it was asked.
type watched struct {
	wallet.Wallet
	mu     sync.Mutex
	checks map[string]int // by kind and account
	resets map[string]int // keys of SetPassword that were taken → how often
	down   error          // what SetPassword answers instead
	lose   bool           // SetPassword's next answer is lost on the way
}

func (w *watched) count(what, id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.checks[what+" "+id]++
}

func (w *watched) asked() map[string]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return maps.Clone(w.checks)
}

func (w *watched) CheckPassword(ctx context.Context, id, password string) (bool, error) {
	w.count("current", id)
	return w.Wallet.CheckPassword(ctx, id, password)
}

func (w *watched) CheckIdentity(ctx context.Context, id string, who wallet.Identity) (bool, error) {
	w.count("identity", id)
	return w.Wallet.CheckIdentity(ctx, id, who)
}

func (w *watched) CheckAnswers(ctx context.Context, id string, answers []string) (bool, error) {
	w.count("questions", id)
	return w.Wallet.CheckAnswers(ctx, id, answers)
}

func (w *watched) CheckBackupPassword(ctx context.Context, id, password string) (bool, error) {
	w.count("backup", id)
	return w.Wallet.CheckBackupPassword(ctx, id, password)
}

func (w *watched) CheckAuthenticator(ctx context.Context, id, code string, at time.Time, key string) (bool, error) {
	w.count("authenticator", id)
	return w.Wallet.CheckAuthenticator(ctx, id, code, at, key)
}

func (w *watched) UseRecoveryCode(ctx context.Context, id, code, key string) (bool, int, error) {
	w.count("recoverycodes", id)
	return w.Wallet.UseRecoveryCode(ctx, id, code, key)
}

func (w *watched) CheckCard(ctx context.Context, id, card string, said wallet.CardSaid) (bool, error) {
	w.count("card", id)
	return w.Wallet.CheckCard(ctx, id, card, said)
}

func (w *watched) SetPassword(ctx context.Context, id string, reset wallet.Reset, key string) error {
	w.mu.Lock()
	down, lose := w.down, w.lose
	w.lose = false
	w.mu.Unlock()
	if down != nil {
		return down
	}
	err := w.Wallet.SetPassword(ctx, id, reset, key)
	if err == nil {
		w.mu.Lock()
		w.resets[id+" "+key]++
		w.mu.Unlock()
	}
	if err == nil && lose {
		return errCrash
	}
	return err
}

// stubborn finds every backup password wrong, at once.
type stubborn struct {
	wallet.Wallet
	asked int
}

func (s *stubborn) CheckBackupPassword(context.Context, string, string) (bool, error) {
	s.asked++
	return false, nil
}

// holding answers about backup passwords only when it is let.
type holding struct {
	wallet.Wallet
	once          sync.Once
	asked, answer chan struct{}
}

func (h *holding) CheckBackupPassword(ctx context.Context, id, password string) (bool, error) {
	h.once.Do(func() { close(h.asked) })
	<-h.answer
	return h.Wallet.CheckBackupPassword(ctx, id, password)
}
