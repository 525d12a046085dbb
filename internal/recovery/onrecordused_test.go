package recovery

import (
	"fmt"
	"testing"
	"time"

	"zhaohui/internal/wallet"
)

// P1: of an account's history is shown what the questions ask for and no more: the last three top-ups, and the five places where
// the owner paid most often in 90 days.
func TestP1_noMoreOfTheHistoryIsShownThanIsAskedFor(t *testing.T) {
	now := time.Date(2026, 11, 20, 4, 0, 0, 0, time.UTC)
	var paid []wallet.Transaction
	for i := range 6 {
		paid = append(paid, wallet.Transaction{Kind: "top-up", Amount: int64(100 + i), At: now.Add(-time.Duration(i) * day)})
	}
	for i := range 7 {
		for range i + 1 {
			paid = append(paid, wallet.Transaction{Kind: "payment", Payee: fmt.Sprint("shop ", i), At: now.Add(-60 * day)})
		}
	}
	for range 20 {
		paid = append(paid, wallet.Transaction{Kind: "payment", Payee: "long ago", At: now.Add(-91 * day)})
	}
	var got string
	for _, k := range used(paid, now) {
		got += fmt.Sprint(k.What, " ", k.Text, " ", k.Fen, " ", k.Times, ", ")
	}
	want := "top-up  100 0, top-up  101 0, top-up  102 0, " +
		"use shop 6 0 7, use shop 5 0 6, use shop 4 0 5, use shop 3 0 4, use shop 2 0 3, "
	if got != want {
		t.Errorf("shown are %s", got)
	}
}
