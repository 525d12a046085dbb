package static

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
)

// asset is one file; its compressed forms are made when first asked for.
type asset struct {
	body []byte
	kind string
	etag string
	br   packed
	gz   packed
}

// packed is a compressed form, made once; empty if it would not be smaller.
type packed struct {
	once sync.Once
	body []byte
}

func (a *asset) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	h.Set("X-Content-Type-Options", "nosniff")
	body, coding := a.pick(r.Header.Get("Accept-Encoding"))
	etag := `"` + a.etag + `"`
	if coding != "" {
		h.Set("Content-Encoding", coding)
		etag = `"` + a.etag + "-" + coding + `"`
	}
	h.Set("ETag", etag)
	if strings.Contains(r.Header.Get("If-None-Match"), a.etag) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(body) // the reader has gone; there is nobody to tell
}

// pick chooses the smallest form that the browser takes.
func (a *asset) pick(accept string) (body []byte, coding string) {
	if Accepts(accept, "br") {
		a.br.once.Do(func() { a.br.body = smaller(a.body, brotliOf(a.body)) })
		if a.br.body != nil {
			return a.br.body, "br"
		}
	}
	if Accepts(accept, "gzip") {
		a.gz.once.Do(func() { a.gz.body = smaller(a.body, gzipOf(a.body)) })
		if a.gz.body != nil {
			return a.gz.body, "gzip"
		}
	}
	return a.body, ""
}

// Accepts reads Accept-Encoding; "q=0" means no.
func Accepts(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if !strings.EqualFold(strings.TrimSpace(name), coding) {
			continue
		}
		q = strings.TrimPrefix(strings.ReplaceAll(q, " ", ""), "q=")
		weight, err := strconv.ParseFloat(q, 64)
		return q == "" || err != nil || weight > 0
	}
	return false
}

func smaller(raw, packed []byte) []byte {
	if len(packed) >= len(raw) {
		return nil
	}
	return packed
}

func brotliOf(raw []byte) []byte {
	var b bytes.Buffer
	w := brotli.NewWriterLevel(&b, brotli.BestCompression)
	_, _ = w.Write(raw) // a buffer takes everything
	_ = w.Close()
	return b.Bytes()
}

func gzipOf(raw []byte) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return raw
	}
	_, _ = w.Write(raw) // a buffer takes everything
	_ = w.Close()
	return b.Bytes()
}
