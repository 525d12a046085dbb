package web

import "encoding/base64"

// What tests of the outside look at from within.
var (
	ClientAddress = clientAddress
	Ours          = ours
)

const (
	MaxAddress = maxAddress
	MaxBody    = maxBody
)

// Encoded is how a sealed value stands in the cookie.
func Encoded(sealed []byte) string { return base64.RawURLEncoding.EncodeToString(sealed) }

// Decoded is the sealed value of a cookie.
func Decoded(value string) ([]byte, error) { return base64.RawURLEncoding.DecodeString(value) }
