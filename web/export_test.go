package web

import "encoding/base64"

// What tests of the outside look at from within.
var (
	ClientAddress = clientAddress
	Ours          = ours
	Weight        = weight
	Faceless      = faceless
)

const (
	MaxAddress = maxAddress
	MaxBody    = maxBody
)

// Encoded is how a sealed value stands in the cookie.
func Encoded(sealed []byte) string { return base64.RawURLEncoding.EncodeToString(sealed) }

// Decoded is the sealed value of a cookie.
func Decoded(value string) ([]byte, error) { return base64.RawURLEncoding.DecodeString(value) }

// Line is a line of the URL map: what it asks for is "everyone" or a right.
type Line struct{ Method, Path, Asks string }

// URLMap is every page of a site in the default language, and every route that its router knows in any.
func (s *Site) URLMap() (pages, routed []Line) {
	for _, r := range s.routes() {
		pages = append(pages, Line{r.method, r.path, string(r.access)})
	}
	for _, r := range s.routed().Routes() {
		routed = append(routed, Line{Method: r.Method, Path: r.Path})
	}
	return pages, routed
}
