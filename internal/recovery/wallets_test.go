package recovery_test

import (
	"context"
	"sync"

	"zhaohui/internal/wallet"
)

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
