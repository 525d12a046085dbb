package wallet

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"zhaohui/internal/problem"
)

func TestIsIDNumber(t *testing.T) {
	for s, want := range map[string]bool{
		"11010519491231002X": true, "440524188001010014": true, "990001198802140526": true,
		"110105194912310021": false, "110105194913310020": false, "11010519491231002": false, "": false, "1101051949123100２X": false,
	} {
		if got := isIDNumber(s); got != want {
			t.Errorf("%s: %v", s, got)
		}
	}
}

func TestIsCardNumber(t *testing.T) {
	for s, want := range map[string]bool{
		"4111111111111111": true, "6200000000000005": true, "6200000000000001016": true,
		"4111111111111112": false, "0": false, "": false, "41111111111111111111": false, "4111 1111 1111 1111": false,
	} {
		if got := isCardNumber(s); got != want {
			t.Errorf("%s: %v", s, got)
		}
	}
}

func TestExpiry(t *testing.T) {
	now := time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)
	for s, want := range map[string][2]bool{"1126": {true, false}, "1026": {true, true}, "0127": {true, false}, "1326": {false, false}, "126": {false, false}, "": {false, false}} {
		if isExpiry(s) != want[0] || expired(s, now) != want[1] {
			t.Errorf("%s: %v %v, want %v", s, isExpiry(s), expired(s, now), want)
		}
	}
}

func TestMasks(t *testing.T) {
	for got, want := range map[string]string{
		maskName("王明"): "王*", maskName("王小明"): "王**", maskName("欧阳小小明"): "欧**", maskName("王"): "王*", maskName("Jane Q Smith"): "J*** Q*** S***", maskName(""): "",
		maskPhone("+8613800138000"): "138****8000", maskPhone("+14155550123"): "+14****23",
		maskMailbox("n@host.example"): "n***@host.example", maskMailbox("李@host.example"): "李***@host.example",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestFoldPhone(t *testing.T) {
	for typed, want := range map[string]string{
		"13800138000": "+8613800138000", "８６１３８００１３８０００": "+8613800138000", "+86 (138) 0013–8000": "+8613800138000", "0086 138 0013 8000": "+8613800138000",
		"+1 415 555 2671": "+14155552671", "001 415 555 2671": "+14155552671", "+852 5123 4567": "+85251234567", "010-6552 9988": "+861065529988",
		"": "", "12345": "", "+": "", "acct-1": "", "138001380000": "", "１２": "", "+012345678": "", "13800138000x": "", "12800138000": "",
		"8613800138000": "+8613800138000", "861380013800": "", "+1234567": "", "+1234567890123456": "", "021 5555 1234": "+862155551234", "0755-2555 1234": "+8675525551234",
	} {
		got, ok := foldPhone(typed)
		if got != want || ok != (want != "") {
			t.Errorf("%q: %q, %v; want %q", typed, got, ok, want)
		}
	}
}

func TestR6_codesHaveEnoughBits(t *testing.T) {
	bits := 1.0
	for range codeGroups * codeGroup {
		bits *= float64(len(codeAlphabet))
	}
	if bits < 1<<64 {
		t.Errorf("a code has fewer than 64 bits: %g possibilities", bits)
	}
	seen := map[byte]int{}
	for range 2000 {
		code := newCode()
		if !strongCode(foldCode(code)) || len(code) != codeGroups*(codeGroup+1)-1 {
			t.Fatalf("code %q", code)
		}
		for i := range len(code) {
			seen[code[i]]++
		}
	}
	for i := range len(codeAlphabet) { // 30,000 places: 1,200 each, give or take 34
		if n := seen[codeAlphabet[i]]; n < 1000 || n > 1400 {
			t.Errorf("%c came up %d times in 30,000", codeAlphabet[i], n)
		}
	}
}

// A full queue is told at once and with the time to come back, and what waits is not lost.
func TestR9_hashesWaitInABoundedQueue(t *testing.T) {
	h := NewHasher(1, 2)
	running, release, done := make(chan bool), make(chan bool), make(chan error, 3)
	go func() {
		done <- h.run(t.Context(), func() { running <- true; <-release })
	}()
	<-running
	for range 2 {
		go func() { done <- h.run(t.Context(), func() {}) }()
	}
	for h.waiting.Load() < 2 {
		time.Sleep(time.Millisecond) // the queue has no event to wait for
	}
	err := h.run(t.Context(), func() { t.Error("it ran beside a full queue") })
	if busy, ok := errors.AsType[Busy](err); !ok || busy.RetryAfter <= 0 || !errors.Is(err, problem.Unavailable) || problem.KindOf(err) != problem.KindUnavailable {
		t.Errorf("a full queue: %v", err)
	}
	close(release)
	for range 3 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if h.waiting.Load() != 0 {
		t.Errorf("%d still wait", h.waiting.Load())
	}
}

func TestHasher_aLeavingCallerFreesItsPlace(t *testing.T) {
	h := NewHasher(1, 1)
	running, release, done := make(chan bool), make(chan bool), make(chan error, 1)
	go func() { done <- h.run(context.Background(), func() { running <- true; <-release }) }()
	<-running
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := h.run(ctx, func() { t.Error("it ran for nobody") }); !errors.Is(err, problem.Unavailable) || h.waiting.Load() != 0 {
		t.Errorf("%v, %d wait", err, h.waiting.Load())
	}
	close(release)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestHasher_hashNamesItsCost(t *testing.T) {
	h := NewHasher(1, 1)
	text, err := h.hash(t.Context(), []byte("secret"))
	if err != nil || !strings.HasPrefix(text, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatal(text, err)
	}
	cheaper := "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$" // a hash of another cost is checked at that cost
	for hash, want := range map[string]bool{text: true, strangerHash(): false} {
		if ok, err := h.verify(t.Context(), hash, []byte("secret")); ok != want || err != nil {
			t.Errorf("%v, %v; want %v", ok, err, want)
		}
	}
	for _, broken := range []string{"", "x", cheaper, "$argon2id$v=19$m=64,t=1,p=1$%%$%%", "$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$c29tZXNhbHQ"} {
		if ok, err := h.verify(t.Context(), broken, []byte("secret")); ok || err == nil {
			t.Errorf("%q: %v, %v", broken, ok, err)
		}
	}
}

// Whatever is typed as a sign-in name gives one name, and folding it again changes nothing.
func FuzzSignInName(f *testing.F) {
	for _, s := range []string{"", "13800138000", "n@host.example", "acct-1", "+1 415 555 2671", "@", "１３８", "\xff", "a@b@c", "＠", "\"a b\"@x.example"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		name := signInName(typed)
		kind, text, ok := strings.Cut(name, ":")
		if !ok || (kind != "id" && kind != string(Phone) && kind != string(Mailbox)) || !utf8.ValidString(text) && kind != "id" {
			t.Fatalf("%q: %q", typed, name)
		}
		if kind != "id" && signInName(text) != name {
			t.Errorf("%q: %q, and again %q", typed, name, signInName(text))
		}
	})
}

func BenchmarkHash(b *testing.B) {
	h := NewHasher(1, 1)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h.hash(b.Context(), []byte("secret")); err != nil {
			b.Fatal(err)
		}
	}
}
