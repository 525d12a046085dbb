package vault

import (
	"bytes"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/aead/xchacha20poly1305"
	"github.com/tink-crypto/tink-go/v2/insecuresecretdataaccess"
	"github.com/tink-crypto/tink-go/v2/key"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/secretdata"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Box seals columns of the database for one purpose, with XChaCha20-Poly1305. Whatever it seals begins with the id of
// the key, so that what an older key sealed is found without opening it.
type Box struct {
	aead   tink.AEAD
	newest []byte
}

// Box derives the keys of a purpose. Different purposes cannot open each other's values.
func (k *Keyset) Box(purpose string) *Box {
	parameters := must(xchacha20poly1305.NewParameters(xchacha20poly1305.VariantTink))
	handle := k.handle("box/"+purpose, func(secret secretdata.Bytes, id uint32) (key.Key, error) {
		return xchacha20poly1305.NewKey(secret, id, parameters)
	})
	return &Box{aead: must(aead.New(handle)), newest: k.prefix(0)}
}

// Seal encrypts plain and binds it to a context, `table:column:id`, which must be the same when it is opened: a value
// that was copied into another row does not open there.
func (b *Box) Seal(plain []byte, context string) []byte {
	return must(b.aead.Encrypt(plain, []byte(context))) // it fails only for more than 256 GB
}

// Open decrypts what Seal made, with any key of the set. It fails with ErrOpen.
func (b *Box) Open(sealed []byte, context string) ([]byte, error) {
	plain, err := b.aead.Decrypt(sealed, []byte(context))
	if err != nil {
		return nil, ErrOpen // what went wrong inside would only help whoever tries
	}
	return plain, nil
}

// Fresh says whether something names the newest key. It does not say that it opens.
func (b *Box) Fresh(sealed []byte) bool { return bytes.HasPrefix(sealed, b.newest) }

// Newest is how everything begins that the newest key seals.
func (b *Box) Newest() []byte { return bytes.Clone(b.newest) }

// Prefixes is how everything begins that a key of the set sealed, signed or hashed, the newest key first. Nothing secret
// can be told from it.
func (k *Keyset) Prefixes() [][]byte {
	all := make([][]byte, len(k.roots))
	for i := range k.roots {
		all[i] = k.prefix(i)
	}
	return all
}

func (k *Keyset) prefix(i int) []byte {
	return binary.BigEndian.AppendUint32([]byte{1}, keyID(k.roots[i]))
}

// keyID is the id that everything sealed under a root carries: always the same for the same root, and telling nothing
// about it.
func keyID(root []byte) uint32 { return binary.BigEndian.Uint32(derive(root, "id", 4)) }

// derive makes the key of a use out of a root. The slash keeps it apart from the keys of Sealer.
func derive(root []byte, use string, length int) []byte {
	return must(hkdf.Key(sha256.New, root, nil, "zhaohui/"+use, length)) // it fails only for lengths that HKDF cannot give
}

// handle is a Tink keyset of a use: a key from every root, with the newest as primary.
func (k *Keyset) handle(use string, make func(secretdata.Bytes, uint32) (key.Key, error)) *keyset.Handle {
	manager := keyset.NewManager()
	for i, root := range k.roots {
		secret := secretdata.NewBytesFromData(derive(root, use, keyLength), insecuresecretdataaccess.Token{})
		id := must(manager.AddKey(must(make(secret, keyID(root))))) // ids differ: see Keyset.add
		if i == 0 {
			if err := manager.SetPrimary(id); err != nil {
				panic(err)
			}
		}
	}
	return must(manager.Handle())
}

// must is for what can only fail through a mistake in this package: all lengths and parameters are constants.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
