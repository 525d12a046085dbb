package vault

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

func TestBox_opensWhatAnOlderKeySealed(t *testing.T) {
	old := Generate()
	sealed := old.Box("account").Seal([]byte("王小明"), "account:data:7")
	now := old.Rotated().Rotated().Box("account")
	plain, err := now.Open(sealed, "account:data:7")
	if err != nil || string(plain) != "王小明" {
		t.Fatalf("after two rotations: %q, %v", plain, err)
	}
	if !old.Box("account").Fresh(sealed) || now.Fresh(sealed) {
		t.Error("only what the newest key sealed is fresh")
	}
	if again := now.Seal(plain, "account:data:7"); !now.Fresh(again) || !bytes.HasPrefix(again, now.Newest()) {
		t.Error("what was sealed now is not fresh")
	}
	if _, err := Generate().Box("account").Open(sealed, "account:data:7"); !errors.Is(err, ErrOpen) {
		t.Errorf("a foreign keyset: %v", err)
	}
	if _, err := old.Box("account").Open(now.Seal(plain, "account:data:7"), "account:data:7"); !errors.Is(err, ErrOpen) {
		t.Errorf("a keyset without the newest key: %v", err)
	}
}

func TestBox_refusesAnotherPurposeContextOrByte(t *testing.T) {
	keys := Generate()
	box := keys.Box("account")
	sealed := box.Seal([]byte("13800138000"), "account:data:7")
	for name, open := range map[string]func() ([]byte, error){
		"another purpose": func() ([]byte, error) { return keys.Box("case").Open(sealed, "account:data:7") },
		"another row":     func() ([]byte, error) { return box.Open(sealed, "account:data:8") },
		"no context":      func() ([]byte, error) { return box.Open(sealed, "") },
		"nothing":         func() ([]byte, error) { return box.Open(nil, "account:data:7") },
	} {
		if _, err := open(); !errors.Is(err, ErrOpen) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		if _, err := box.Open(changed, "account:data:7"); !errors.Is(err, ErrOpen) {
			t.Fatalf("with byte %d changed: %v", i, err)
		}
		if _, err := box.Open(sealed[:i], "account:data:7"); !errors.Is(err, ErrOpen) {
			t.Fatalf("cut at %d: %v", i, err)
		}
	}
	if bytes.Equal(sealed, box.Seal([]byte("13800138000"), "account:data:7")) {
		t.Error("equal texts must not look equal")
	}
}

// What is sealed must open with later versions of the program too: nothing that leads to it may change unnoticed.
func TestBox_opensWhatWasSealedLongAgo(t *testing.T) {
	keys, err := Parse("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
	if err != nil {
		t.Fatal(err)
	}
	sealed, _ := hex.DecodeString("014379fef96173ff26f93b7a6a29969afaea97dd672f062b64ef6d6b63d0064bb043944476606daaeecae19350f5db9fae2574b141")
	if plain, err := keys.Box("account").Open(sealed, "account:data:7"); err != nil || string(plain) != "long ago" {
		t.Errorf("sealed: %q, %v", plain, err)
	}
	if got := keys.Index("name").Sum("13800138000"); got != "k8QjMFFGO1zmP6v06U9QeuHk" {
		t.Errorf("index: %s", got)
	}
	if got := hex.EncodeToString(keys.Hash("code").Sum([]byte("123456"))); got != "014379fef9b8685a2aaa7ca8ddf54f99666ac3ead597f2af25e963848470533121027425dd" {
		t.Errorf("hash: %s", got)
	}
}

func TestIndex_findsWhatWasWrittenUnderAnOlderKey(t *testing.T) {
	old := Generate()
	written := old.Index("name").Sum("+8613800138000")
	now := old.Rotated().Index("name")
	all := now.All("+8613800138000")
	if len(all) != 2 || all[0] != now.Sum("+8613800138000") || all[1] != written {
		t.Errorf("want the newest first and %s last, got %v", written, all)
	}
	if len(written) != 24 || strings.ContainsAny(written, "+/= ") {
		t.Errorf("%q: want 24 letters that need no escaping", written)
	}
	if written == old.Index("subject").Sum("+8613800138000") || written == old.Index("name").Sum("+8613800138001") {
		t.Error("another purpose and another text must have other sums")
	}
}

func TestHash_equalUnderEveryKeyOfTheSet(t *testing.T) {
	old := Generate()
	written := old.Hash("code").Sum([]byte("123456"))
	now := old.Rotated().Hash("code")
	if !now.Equal(written, []byte("123456")) || !now.Equal(now.Sum([]byte("123456")), []byte("123456")) {
		t.Error("the same code is not equal")
	}
	for name, equal := range map[string]bool{
		"another code":    now.Equal(written, []byte("123457")),
		"another purpose": old.Rotated().Hash("link").Equal(written, []byte("123456")),
		"a foreign set":   Generate().Hash("code").Equal(written, []byte("123456")),
		"nothing":         now.Equal(nil, []byte("123456")),
		"a cut hash":      now.Equal(written[:36], []byte("123456")),
	} {
		if equal {
			t.Errorf("%s is equal", name)
		}
	}
}

func TestPrefixes_areThoseOfWhatIsSealed(t *testing.T) {
	keys := Generate().Rotated()
	prefixes := keys.Prefixes()
	if len(prefixes) != 2 || bytes.Equal(prefixes[0], prefixes[1]) {
		t.Fatalf("two keys have two: %x", prefixes)
	}
	if !bytes.HasPrefix(keys.Box("account").Seal(nil, ""), prefixes[0]) || !bytes.HasPrefix(keys.Hash("code").Sum(nil), prefixes[0]) {
		t.Error("sealed and hashed values must begin with the newest key's")
	}
}

func TestParse_takesTheSameKeyOnce(t *testing.T) {
	keys := Generate()
	twice, err := Parse(keys.String() + keys.String())
	if err != nil || twice.String() != keys.String() {
		t.Fatal(err)
	}
	twice.Box("account") // and Tink, which wants every id once, agrees
}

func FuzzBox_Open(f *testing.F) {
	box := Generate().Rotated().Box("account")
	sealed := box.Seal([]byte("plain"), "account:data:7")
	f.Add(sealed, "account:data:8")
	f.Add(sealed[:5], "account:data:7")
	f.Add([]byte{}, "")
	f.Fuzz(func(t *testing.T, raw []byte, context string) {
		if bytes.Equal(raw, sealed) && context == "account:data:7" {
			t.Skip("the one that opens")
		}
		if plain, err := box.Open(raw, context); err == nil || plain != nil {
			t.Fatalf("opened %x", raw)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add(Generate().Rotated().String())
	f.Add("# nothing")
	f.Add("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\r\n\r\nx")
	f.Fuzz(func(t *testing.T, text string) {
		keys, err := Parse(text)
		if err != nil {
			return
		}
		again, err := Parse(keys.String())
		if err != nil || again.String() != keys.String() {
			t.Fatal("a keyset must survive being written and read", err)
		}
		if _, err := keys.Box("x").Open(keys.Box("x").Seal([]byte("y"), "z"), "z"); err != nil {
			t.Fatal(err)
		}
	})
}
