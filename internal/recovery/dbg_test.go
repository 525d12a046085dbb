package recovery_test
import ("testing";"context";"fmt";"zhaohui/internal/recovery";"sync")
func TestDbg(t *testing.T) {
  for n := range 30 {
	o := openOffice(t)
	v := o.come("sms", full)
	form := map[string]string{"code": v.letter().Code}
	var mu sync.Mutex
	out := []string{}
	parallel(50, func(i int) {
		r, err := o.Submit(context.Background(), v.key, "sms-code", form, home)
		c, _ := o.cases.Case(context.Background(), v.key.Case)
		mu.Lock(); out = append(out, fmt.Sprintf("%d tok=%.5s stale=%v spent=%v err=%v v=%d proofs=%d doing=%v late=%v", i, r.Token, r.Stale, r.Spent, err, c.Version, len(c.Facts.Proofs), c.Facts.Doing!=nil, c.Facts.Late!=nil)); mu.Unlock()
	})
	k := 0
	for _, s := range out { if !contains(s, "tok= ") { k++ } }
	if k != 1 { for _, s := range out { t.Log(s) }; t.Fatal(n) }
	_ = recovery.Open
  }
}
func contains(s, x string) bool { for i := 0; i+len(x) <= len(s); i++ { if s[i:i+len(x)] == x { return true } }; return false }
