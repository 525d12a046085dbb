package vault

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestSealer_opensWhatAnOlderKeySealed(t *testing.T) {
	old := Generate()
	sealed := old.Sealer("progress").Seal([]byte("step 3"), []byte("zh_progress"))
	plain, err := old.Rotated().Sealer("progress").Open(sealed, []byte("zh_progress"))
	if err != nil || !bytes.Equal(plain, []byte("step 3")) {
		t.Fatalf("after a rotation: %q, %v", plain, err)
	}
	if _, err := Generate().Sealer("progress").Open(sealed, []byte("zh_progress")); err == nil {
		t.Error("a foreign keyset opened it")
	}
}

func TestSealer_refusesAnotherPurposeContextOrByte(t *testing.T) {
	keys := Generate()
	sealed := keys.Sealer("progress").Seal([]byte("step 3"), []byte("zh_progress"))
	if _, err := keys.Sealer("case").Open(sealed, []byte("zh_progress")); err == nil {
		t.Error("another purpose opened it")
	}
	if _, err := keys.Sealer("progress").Open(sealed, []byte("zh_case")); err == nil {
		t.Error("another context opened it")
	}
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		if _, err := keys.Sealer("progress").Open(changed, []byte("zh_progress")); err == nil {
			t.Fatalf("opened with byte %d changed", i)
		}
		if _, err := keys.Sealer("progress").Open(sealed[:i], []byte("zh_progress")); err == nil {
			t.Fatalf("opened when cut at %d", i)
		}
	}
}

func TestOpen_createsOnceAndOnlyForTheOwner(t *testing.T) {
	file := filepath.Join(t.TempDir(), "new", "keys")
	first, created, err := Open(file)
	if err != nil || !created {
		t.Fatal(created, err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatal(info.Mode(), err)
	}
	again, created, err := Open(file)
	if err != nil || created || again.String() != first.String() {
		t.Fatal("a restart must find the same keys", created, err)
	}
}

func TestParse_neverRepeatsAKeyInItsError(t *testing.T) {
	_, err := Parse("c2VjcmV0LXNlY3JldA==\n")
	if err == nil || bytes.Contains([]byte(err.Error()), []byte("c2Vjc")) {
		t.Fatal(err)
	}
}
