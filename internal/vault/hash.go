package vault

import (
	"encoding/base64"

	"github.com/tink-crypto/tink-go/v2/insecuresecretdataaccess"
	"github.com/tink-crypto/tink-go/v2/key"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/mac"
	"github.com/tink-crypto/tink-go/v2/mac/hmac"
	"github.com/tink-crypto/tink-go/v2/prf"
	"github.com/tink-crypto/tink-go/v2/prf/hmacprf"
	"github.com/tink-crypto/tink-go/v2/secretdata"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// indexLength is the length of a blind index in bytes: 144 bits, so that two texts never meet by chance, in 24 letters.
const indexLength = 18

// Index makes blind indexes for one purpose with HMAC-SHA256: equal texts give equal sums, so that a row can be looked
// up by a text that is kept only sealed, and without the key nothing can be told from a sum.
type Index struct{ keys []prf.PRF }

// Index derives the keys of a purpose.
func (k *Keyset) Index(purpose string) *Index {
	parameters := must(hmacprf.NewParameters(keyLength, hmacprf.SHA256))
	ix := &Index{}
	for _, root := range k.roots {
		secret := secretdata.NewBytesFromData(derive(root, "index/"+purpose, keyLength), insecuresecretdataaccess.Token{})
		manager := keyset.NewManager() // one for each key, as an index does not name its key
		if err := manager.SetPrimary(must(manager.AddKey(must(hmacprf.NewKey(secret, parameters))))); err != nil {
			panic(err)
		}
		set := must(prf.NewPRFSet(must(manager.Handle())))
		ix.keys = append(ix.keys, set.PRFs[set.PrimaryID])
	}
	return ix
}

// Sum is the index that is written: of the newest key, 24 letters, digits, - and _.
func (ix *Index) Sum(text string) string { return sum(ix.keys[0], text) }

// All is every index under which a text may have been written, the newest key first. Look-ups try all of them.
func (ix *Index) All(text string) []string {
	all := make([]string, len(ix.keys))
	for i, key := range ix.keys {
		all[i] = sum(key, text)
	}
	return all
}

func sum(key prf.PRF, text string) string {
	return base64.RawURLEncoding.EncodeToString(must(key.ComputePRF([]byte(text), indexLength)))
}

// Hash makes keyed hashes for one purpose with HMAC-SHA256: codes and other short secrets that are compared but never
// read again, and the links of the audit trail. A hash begins with the id of its key.
type Hash struct{ mac tink.MAC }

// Hash derives the keys of a purpose.
func (k *Keyset) Hash(purpose string) *Hash {
	parameters := must(hmac.NewParameters(hmac.ParametersOpts{KeySizeInBytes: keyLength, TagSizeInBytes: 32, HashType: hmac.SHA256,
		Variant: hmac.VariantTink}))
	handle := k.handle("hash/"+purpose, func(secret secretdata.Bytes, id uint32) (key.Key, error) {
		return hmac.NewKey(secret, parameters, id)
	})
	return &Hash{mac: must(mac.New(handle))}
}

// Sum hashes data with the newest key: 5 bytes that name the key and 32 of hash.
func (h *Hash) Sum(data []byte) []byte { return must(h.mac.ComputeMAC(data)) }

// Equal says whether sum is the hash of data under any key of the set. How long it takes does not tell where they differ.
func (h *Hash) Equal(sum, data []byte) bool { return h.mac.VerifyMAC(sum, data) == nil }
