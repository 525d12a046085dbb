// Package static decides how the portal's own files reach a browser: under a
// name that changes with the content, so that they can be kept for ever, and
// compressed once. It knows nothing of pages.
package static

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

//go:embed *.css *.js *.svg
var files embed.FS

// Prefix is where the files are served.
const Prefix = "/static/"

// Set is a set of files under content-hashed names. It is safe for use by many.
type Set struct {
	prefix string
	urls   map[string]string // name → address
	assets map[string]*asset // hashed name → file
}

// own holds the embedded files.
var own = must(New(files, Prefix))

// URL is the address of an embedded file: "zhaohui.css" →
// "/static/zhaohui.3f2a91bc.css". An unknown name panics: it is a typing
// mistake that the first page shows.
func URL(name string) string {
	u, ok := own.urls[name]
	if !ok {
		panic("static: no file " + name)
	}
	return u
}

// Handler serves the embedded files; mount it at Prefix.
func Handler() http.Handler { return own }

// New reads every file of fsys, folders included, to be served below prefix. An
// operator's overlay (a theme, a logo) is a Set of its own.
func New(fsys fs.FS, prefix string) (*Set, error) {
	s := &Set{prefix: prefix, urls: map[string]string{}, assets: map[string]*asset{}}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		if path.Ext(name) == ".css" {
			body = lean(body)
		}
		sum := sha256.Sum256(body)
		hash := hex.EncodeToString(sum[:4])
		ext := path.Ext(name)
		hashed := strings.TrimSuffix(name, ext) + "." + hash + ext
		s.urls[name] = prefix + hashed
		s.assets[hashed] = &asset{body: body, kind: contentType(ext), etag: hex.EncodeToString(sum[:16])}
		return nil
	})
	return s, err
}

// URL is the address of a file of the set, "" if there is none.
func (s *Set) URL(name string) string { return s.urls[name] }

// ServeHTTP answers GET and HEAD for hashed names; any other name is not found.
func (s *Set) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		return
	}
	a, ok := s.assets[strings.TrimPrefix(r.URL.Path, s.prefix)]
	if !ok {
		http.NotFound(w, r)
		return
	}
	a.serve(w, r)
}

func contentType(ext string) string {
	switch ext {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	if kind := mime.TypeByExtension(ext); kind != "" {
		return kind
	}
	return "application/octet-stream"
}

func must(s *Set, err error) *Set {
	if err != nil {
		panic("static: " + err.Error())
	}
	return s
}
