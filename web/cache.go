package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"

	"github.com/a-h/templ"
	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/klauspost/compress/gzip"
)

// pageCacheEntries bounds the cache: about 4 KB an entry.
const pageCacheEntries = 2048

// pageCache keeps rendered pages compressed. A guided page follows from its address, language and text size alone and
// holds nothing secret, so the work of rendering and compressing it is done once.
type pageCache struct {
	entries *lru.Cache[string, *entry]
}

type entry struct {
	zipped []byte
	etag   []string
}

func newPageCache(size int) (*pageCache, error) {
	entries, err := lru.New[string, *entry](size)
	return &pageCache{entries: entries}, err
}

var (
	htmlType    = []string{"text/html; charset=utf-8"}
	gzipped     = []string{"gzip"}
	varyOn      = []string{"Accept-Encoding, Cookie"}
	revalidated = []string{"private, no-cache"}
	neverKept   = []string{"no-store"}
)

// cached answers with a page out of the cache; build makes it if it is not there. The key is the page's address and
// whatever else it depends on; language and text size are added here.
func (s *Site) cached(v *visit, key string, build func() templ.Component) error {
	elder := "-"
	if v.progress.Elder {
		elder = "+"
	}
	key = v.words.Code() + elder + key
	e, ok := s.pages.entries.Get(key)
	if !ok {
		var err error
		if e, err = compressed(v, build()); err != nil {
			return err
		}
		s.pages.entries.Add(key, e)
	}
	return s.send(v, http.StatusOK, e, revalidated)
}

// fresh renders a page that belongs to this visit alone.
func (s *Site) fresh(v *visit, status int, page templ.Component) error {
	e, err := compressed(v, page)
	if err != nil {
		return err
	}
	return s.send(v, status, e, neverKept)
}

// compressed renders into a buffer first, so that a failing page never leaves half of itself behind.
func compressed(v *visit, page templ.Component) (*entry, error) {
	var out bytes.Buffer
	zip, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if err := page.Render(v.Request().Context(), zip); err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	if err := zip.Close(); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	sum := sha256.Sum256(out.Bytes())
	return &entry{zipped: bytes.Clone(out.Bytes()), etag: []string{`"` + hex.EncodeToString(sum[:8]) + `"`}}, nil
}

func (s *Site) send(v *visit, status int, e *entry, keep []string) error {
	header := v.Response().Header()
	header["Content-Type"], header["Vary"], header["Cache-Control"] = htmlType, varyOn, keep
	if status == http.StatusOK && keep[0] != neverKept[0] {
		header["Etag"] = e.etag
		if match := v.Request().Header["If-None-Match"]; len(match) > 0 && strings.Contains(match[0], e.etag[0]) {
			v.Response().WriteHeader(http.StatusNotModified)
			return nil
		}
	}
	if accept := v.Request().Header["Accept-Encoding"]; len(accept) > 0 && strings.Contains(accept[0], "gzip") {
		header["Content-Encoding"] = gzipped
		v.Response().WriteHeader(status)
		_, err := v.Response().Write(e.zipped)
		return err
	}
	zip, err := gzip.NewReader(bytes.NewReader(e.zipped))
	if err != nil {
		return fmt.Errorf("decompress: %w", err)
	}
	var page bytes.Buffer
	if _, err := page.ReadFrom(zip); err != nil {
		return fmt.Errorf("decompress: %w", err)
	}
	v.Response().WriteHeader(status)
	_, err = v.Response().Write(page.Bytes())
	return err
}
