// Package vault keeps the portal's keys: one keyset, from which a key for each purpose is derived. It decides which
// key seals (the newest) and which may still open (all), so that a key can be changed without losing what older ones
// sealed. It does not know what is sealed.
//
// Box seals columns of the database, Index finds rows by what is sealed in them, Hash compares without reading, Sealer
// seals small values that people carry (cookies). The pepper of passwords is a secret of its own, beside the keyset.
// Whoever loses the keyset loses every account and case in the database: there is no other way to open them.
package vault

import (
	"bufio"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"
)

// keyLength is the length of a root key in bytes.
const keyLength = 32

// Keyset is the root keys, the newest first.
type Keyset struct{ roots [][]byte }

// ErrOpen says that something was not sealed by any of our keys, or was changed since.
var ErrOpen = errors.New("cannot be opened with any key")

// Parse reads a keyset: one key a line, in base64, the newest first; empty lines and lines with # are left out.
func Parse(text string) (*Keyset, error) {
	k := &Keyset{}
	lines := bufio.NewScanner(strings.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		root, err := base64.StdEncoding.DecodeString(line)
		if err != nil || len(root) != keyLength {
			return nil, fmt.Errorf("keyset line %d: want %d bytes in base64", n, keyLength) // never the line itself
		}
		if err := k.add(root); err != nil {
			return nil, fmt.Errorf("keyset line %d: %w", n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("keyset: %w", err)
	}
	if len(k.roots) == 0 {
		return nil, errors.New("keyset: no key")
	}
	return k, nil
}

// add appends a root. One that is there already is left out: twice the same key opens no more than once. That another
// has the same id happens once in four thousand million times, and then what it sealed could not be told apart.
func (k *Keyset) add(root []byte) error {
	for _, other := range k.roots {
		if subtle.ConstantTimeCompare(other, root) == 1 {
			return nil
		}
		if keyID(other) == keyID(root) {
			return errors.New("another key has the same id")
		}
	}
	k.roots = append(k.roots, root)
	return nil
}

// Generate makes a keyset with one new key.
func Generate() *Keyset {
	root := make([]byte, keyLength)
	rand.Read(root)
	return &Keyset{roots: [][]byte{root}}
}

// Rotated is the same keyset with a new key in front: it seals, the others still open.
func (k *Keyset) Rotated() *Keyset {
	for {
		next := Generate()
		if next.addAll(k.roots) == nil {
			return next
		}
	}
}

func (k *Keyset) addAll(roots [][]byte) error {
	for _, root := range roots {
		if err := k.add(root); err != nil {
			return err
		}
	}
	return nil
}

// String writes the keyset in the form that Parse reads. It is secret.
func (k *Keyset) String() string {
	var b strings.Builder
	b.WriteString("# keys of the portal, the newest first; keep this file secret and backed up\n")
	for _, root := range k.roots {
		b.WriteString(base64.StdEncoding.EncodeToString(root) + "\n")
	}
	return b.String()
}

// Open reads the keyset file, or creates it with mode 0600 if it does not exist; created says so, for a loud warning.
func Open(file string) (k *Keyset, created bool, err error) {
	raw, err := os.ReadFile(file)
	switch {
	case err == nil:
		k, err = Parse(string(raw))
		return k, false, err
	case !errors.Is(err, fs.ErrNotExist):
		return nil, false, fmt.Errorf("read keyset: %w", err)
	}
	k = Generate()
	if err := create(file, k.String()); err != nil {
		return nil, false, fmt.Errorf("create keyset: %w", err)
	}
	return k, true, nil
}

// create writes a new secret file in one step, so that a crash leaves the whole of it or none, and never over another.
func create(file, text string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".keys-") // with mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(text)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Link(f.Name(), file)
}

// Sealer seals small values for one purpose with XChaCha20-Poly1305.
type Sealer struct{ keys []cipher.AEAD }

// Sealer derives the keys of a purpose. Different purposes cannot open each other's values.
func (k *Keyset) Sealer(purpose string) *Sealer {
	s := &Sealer{}
	for _, root := range k.roots {
		key, err := hkdf.Key(sha256.New, root, nil, "zhaohui "+purpose, chacha20poly1305.KeySize)
		if err != nil {
			panic(err) // only for lengths that HKDF cannot give
		}
		aead, err := chacha20poly1305.NewX(key)
		if err != nil {
			panic(err)
		}
		s.keys = append(s.keys, aead)
	}
	return s
}

// Seal encrypts plain and binds it to a context, which must be the same when it is opened.
func (s *Sealer) Seal(plain, context []byte) []byte {
	nonce := make([]byte, chacha20poly1305.NonceSizeX, chacha20poly1305.NonceSizeX+len(plain)+chacha20poly1305.Overhead)
	rand.Read(nonce)
	return s.keys[0].Seal(nonce, nonce, plain, context)
}

// Open decrypts what Seal made, with any key of the set. It fails with ErrOpen.
func (s *Sealer) Open(sealed, context []byte) ([]byte, error) {
	if len(sealed) < chacha20poly1305.NonceSizeX {
		return nil, ErrOpen
	}
	nonce, box := sealed[:chacha20poly1305.NonceSizeX], sealed[chacha20poly1305.NonceSizeX:]
	for _, key := range s.keys {
		if plain, err := key.Open(nil, nonce, box, context); err == nil {
			return plain, nil
		}
	}
	return nil, ErrOpen
}
