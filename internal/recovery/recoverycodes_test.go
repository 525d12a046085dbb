package recovery_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/recovery"
)

func TestR6_aUsedRecoveryCodeIsReplacedAndTheOwnerTold(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		v := o.come("recoverycodes", full)
		v.prove("recoverycodes")
		other := o.come("recoverycodes", full)
		if r := other.say("recovery-code", "code", savedCodes[0]); r.Wrong["code"] != "wrong" {
			t.Errorf("the used code in another case: %+v", r)
		}
		v.prove("mail")
		v.finish(newWord)
		if got := to(o.sent(recovery.PurposeCodes)); got != "+8613800138000 full@mail.example +8613900139000" {
			t.Errorf("told: %s", got)
		}
		codes, err := o.NewCodes(context.Background(), v.key)
		if err != nil || len(codes) != 8 || !v.look().Codes {
			t.Fatalf("new codes: %v, %v", codes, err)
		}
		for _, code := range codes {
			signs := strings.ReplaceAll(code, "-", "")
			if len(signs) < 14 || slices.Contains(savedCodes, code) { // 25 signs: 14 are 64 bits
				t.Errorf("a new code: %s", code)
			}
		}
		o.advance(time.Hour + time.Second)
		if codes, err := o.NewCodes(context.Background(), v.key); len(codes) > 0 || err != nil {
			t.Errorf("an hour later: %v, %v", codes, err)
		}
		again := o.come("recoverycodes", full)
		if r := again.say("recovery-code", "code", savedCodes[1]); r.Wrong["code"] != "wrong" {
			t.Errorf("a code of the old list: %+v", r)
		}
		again.pass("recovery-code", "code", codes[0])
	})
}
