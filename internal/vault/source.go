package vault

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// Source is where a secret comes from: Text, out of the environment, beats File. A missing file is created only if Create
// says so: with a database of its own that several processes share, each would create another one.
type Source struct {
	Text, File string
	Create     bool
}

// Keys reads the keyset, as Open does. In Text a comma or a space parts keys as well as a line's end does.
func (s Source) Keys() (k *Keyset, created bool, err error) {
	if s.Text != "" {
		k, err = Parse(strings.NewReplacer(",", "\n", " ", "\n").Replace(s.Text))
		return k, false, err
	}
	if err := s.missing("keyset"); err != nil {
		return nil, false, err
	}
	return Open(s.File)
}

// Pepper reads the pepper, as the function Pepper does.
func (s Source) Pepper() (pepper []byte, created bool, err error) {
	if s.Text != "" {
		pepper, err = parsePepper(s.Text)
		return pepper, false, err
	}
	if err := s.missing("pepper"); err != nil {
		return nil, false, err
	}
	return Pepper(s.File)
}

func (s Source) missing(what string) error {
	if _, err := os.Stat(s.File); !s.Create && errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %s does not exist, and it is never created beside a shared database", what, s.File)
	}
	return nil
}

// Pepper reads the secret that passwords are hashed with, 32 bytes in base64, or creates its file with mode 0600. It is
// kept outside of the database, so that a stolen database alone cannot be searched for six digits (requirement R9), and
// outside of the keyset, because it can never be changed: nobody could make old hashes again.
func Pepper(file string) (pepper []byte, created bool, err error) {
	raw, err := os.ReadFile(file)
	switch {
	case err == nil:
		pepper, err = parsePepper(string(raw))
		return pepper, false, err
	case !errors.Is(err, fs.ErrNotExist):
		return nil, false, fmt.Errorf("read pepper: %w", err)
	}
	pepper = Generate().roots[0]
	const note = "# the pepper of passwords; keep this file secret and backed up, and never change it\n"
	text := note + base64.StdEncoding.EncodeToString(pepper) + "\n"
	if err := create(file, text); err != nil {
		return nil, false, fmt.Errorf("create pepper: %w", err)
	}
	return pepper, true, nil
}

func parsePepper(text string) ([]byte, error) {
	k, err := Parse(text) // the same form, with one line only
	if err != nil || len(k.roots) != 1 {
		return nil, fmt.Errorf("pepper: want one line with %d bytes in base64", keyLength)
	}
	return k.roots[0], nil
}
