package recovery_test

import (
	"strings"
	"testing"

	"zhaohui/internal/recovery"
)

// P1, R15: who judges an appeal sees what is on record masked and no more of it than the questions ask for; of a name that
// nobody has there is nothing.
func TestP1_whatIsOnRecordIsMasked(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		v := o.come("mail", full)
		known, err := o.OnRecord(t.Context(), v.key.Case)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[recovery.KnownWhat]int{}
		for _, k := range known {
			seen[k.What]++
			for _, secret := range []string{"13800138000", "13900139000", "full@mail.example", "王小明", "1016", "3582"} {
				if strings.Contains(k.Text+k.Note, secret) {
					t.Errorf("%s shows %q", k.What, secret)
				}
			}
		}
		for _, what := range []recovery.KnownWhat{recovery.KnownName, recovery.KnownPhone, recovery.KnownMailbox, recovery.KnownCard,
			recovery.KnownOldest} {
			if seen[what] == 0 {
				t.Errorf("%s is missing", what)
			}
		}
		if seen[recovery.KnownTopUp] > 3 || seen[recovery.KnownUse] > 5 {
			t.Errorf("more of the history than is asked for: %v", seen)
		}
		stranger := o.come("mail", nobody)
		if known, err := o.OnRecord(t.Context(), stranger.key.Case); err != nil || len(known) != 0 {
			t.Errorf("of nobody: %v, %v", known, err)
		}
	})
}
