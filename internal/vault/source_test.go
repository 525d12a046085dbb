package vault

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPepper_createsOnceAndOnlyForTheOwner(t *testing.T) {
	file := filepath.Join(t.TempDir(), "new", "pepper")
	first, created, err := Pepper(file)
	if err != nil || !created || len(first) != 32 {
		t.Fatal(len(first), created, err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatal(info.Mode(), err)
	}
	again, created, err := Pepper(file)
	if err != nil || created || !bytes.Equal(again, first) {
		t.Fatal("a restart must find the same pepper", created, err)
	}
	if err := os.WriteFile(file, []byte("c2VjcmV0LXNlY3JldA==\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Pepper(file); err == nil || strings.Contains(err.Error(), "c2Vjc") {
		t.Errorf("a short pepper must be refused without repeating it: %v", err)
	}
}

func TestSource_textBeatsTheFileAndOnlyCreatesWhereItMay(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys")
	if _, _, err := (Source{File: file}).Keys(); err == nil {
		t.Error("a keyset was made up")
	}
	if _, _, err := (Source{File: file}).Pepper(); err == nil {
		t.Error("a pepper was made up")
	}
	if _, err := os.Stat(file); err == nil {
		t.Fatal("the file was created")
	}
	inFile, created, err := (Source{File: file, Create: true}).Keys()
	if err != nil || !created {
		t.Fatal(created, err)
	}
	text := Generate().Rotated()
	lines := strings.Fields(text.String())
	oneLine := strings.Join(lines[len(lines)-2:], ",")
	got, created, err := (Source{Text: oneLine, File: file}).Keys()
	if err != nil || created || got.String() != text.String() || got.String() == inFile.String() {
		t.Error("the environment's keyset must count", created, err)
	}
	if pepper, _, err := (Source{Text: lines[len(lines)-1], File: file}).Pepper(); err != nil || len(pepper) != 32 {
		t.Error(len(pepper), err)
	}
}
