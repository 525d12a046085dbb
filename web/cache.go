package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/a-h/templ"
	"github.com/andybalholm/brotli"
	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/klauspost/compress/gzip"

	"zhaohui/internal/guide"
	"zhaohui/static"
)

// What the cache may hold at most: bytes of compressed pages, and addresses whose page is known.
const (
	maxPageBytes   = 4 << 20
	maxTargets     = 4096
	maxTargetBytes = 256 // a longer address goes the long way
)

// pageCache keeps rendered pages compressed. A guided page follows from its key alone and holds nothing secret, so the
// work of rendering and compressing it is done once. In front of it stands what was learned of addresses, so that most
// requests need neither routing nor parsing.
type pageCache struct {
	pages   *lru.Cache[pageKey, *entry]
	bytes   atomic.Int64
	targets *lru.Cache[string, target]
}

// pageKey is everything that a page depends on.
type pageKey struct {
	address string // with the language, without what does not count
	elder   bool
	ticked  uint32
	coding  string
	day     int32 // a page says how old its facts are
}

// target is what the address of a request says, whoever asks.
type target struct {
	address string
	ticks   ticksOf
	observe func(status int, took time.Duration)
}

// ticksOf names the step whose ticks a page shows; none if it is the zero value.
type ticksOf struct{ platform, channel, step string }

func (t ticksOf) in(p *guide.Progress) uint32 {
	if t.step == "" {
		return 0
	}
	walk, _ := p.Walk(t.platform, t.channel)
	return walk.Ticked(t.step)
}

type entry struct {
	body         []byte
	coding       []string
	etag, length []string
}

func newPageCache() (*pageCache, error) {
	c := &pageCache{}
	var err error
	if c.targets, err = lru.New[string, target](maxTargets); err != nil {
		return nil, err
	}
	c.pages, err = lru.NewWithEvict(maxPageBytes/512, func(_ pageKey, e *entry) { c.bytes.Add(-int64(len(e.body))) })
	return c, err
}

// add keeps a page, and lets go of those that nobody asked for the longest.
func (c *pageCache) add(key pageKey, e *entry) {
	if known, _ := c.pages.ContainsOrAdd(key, e); known { // by another request at the same time
		return
	}
	for c.bytes.Add(int64(len(e.body))); c.bytes.Load() > maxPageBytes; {
		if _, _, ok := c.pages.RemoveOldest(); !ok {
			return
		}
	}
}

var (
	htmlType    = []string{"text/html; charset=utf-8"}
	sameOrigin  = []string{"same-origin"}
	revalidated = []string{"private, no-cache"}
	neverKept   = []string{"no-store"}
)

// cached answers with a page out of the cache; build makes it if it is not there. The address is the page's canonical
// one; language, text size, ticks and day are added here.
func (s *Site) cached(v *visit, address string, build func() templ.Component) error {
	t := target{address: v.words.Code() + address, ticks: v.ticks, observe: v.observe}
	key := s.pageKey(v.Request(), t, &v.progress)
	e, ok := s.pages.pages.Get(key)
	if !ok {
		var err error
		if e, err = compressed(v, key.coding, build()); err != nil {
			return err
		}
		s.pages.add(key, e)
	}
	if uri := v.Request().RequestURI; len(uri) <= maxTargetBytes {
		s.pages.targets.Add(uri, t)
	}
	_, err := send(v.Response(), v.Request(), http.StatusOK, e, revalidated)
	return err
}

// again answers a request whose address was answered out of the cache before, if the page is still there. The guards in
// front have run; what is left out is routing and the reading of answers, which give the same result every time.
func (s *Site) again(w http.ResponseWriter, r *http.Request) bool {
	t, ok := s.pages.targets.Get(r.RequestURI)
	if !ok {
		return false
	}
	started := time.Now()
	progress := s.progress.read(r)
	e, ok := s.pages.pages.Get(s.pageKey(r, t, &progress))
	if !ok {
		return false
	}
	status, _ := send(w, r, http.StatusOK, e, revalidated) // it fails only for a reader who has gone
	t.observe(status, time.Since(started))
	return true
}

func (s *Site) pageKey(r *http.Request, t target, p *guide.Progress) pageKey {
	return pageKey{address: t.address, elder: p.Elder, ticked: t.ticks.in(p), coding: codingFor(r), day: int32(s.Now().Unix() / (24 * 60 * 60))}
}

// fresh renders a page that belongs to this visit alone.
func (s *Site) fresh(v *visit, status int, page templ.Component) error {
	e, err := compressed(v, codingFor(v.Request()), page)
	if err != nil {
		return err
	}
	_, err = send(v.Response(), v.Request(), status, e, neverKept)
	return err
}

const (
	brotliCoding = "br"
	gzipCoding   = "gzip"
)

// codingFor picks the smallest form that the browser takes, "" for none.
func codingFor(r *http.Request) string {
	accept := r.Header["Accept-Encoding"]
	if len(accept) == 0 {
		return ""
	}
	for _, coding := range [...]string{brotliCoding, gzipCoding} {
		if static.Accepts(accept[0], coding) {
			return coding
		}
	}
	return ""
}

// compressor is a writer that can be used again: making one costs more than most pages.
type compressor interface {
	io.WriteCloser
	Reset(io.Writer)
}

// brotliLevel is the last one before time grows faster than size shrinks.
const brotliLevel = 5

var compressors = map[string]*sync.Pool{
	brotliCoding: {New: func() any { return brotli.NewWriterLevel(nil, brotliLevel) }},
	gzipCoding: {New: func() any {
		zip, err := gzip.NewWriterLevel(nil, gzip.BestCompression)
		if err != nil {
			panic(err) // only for a level that does not exist
		}
		return zip
	}},
}

// compressed renders into a buffer first, so that a failing page never leaves half of itself behind.
func compressed(v *visit, coding string, page templ.Component) (*entry, error) {
	var html, out bytes.Buffer
	if err := page.Render(v.Request().Context(), &html); err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	e := &entry{}
	if pool := compressors[coding]; pool != nil {
		writer := pool.Get().(compressor)
		defer pool.Put(writer)
		writer.Reset(&out)
		_, err := writer.Write(html.Bytes())
		if err := errors.Join(err, writer.Close()); err != nil {
			return nil, fmt.Errorf("compress: %w", err)
		}
		e.coding = []string{coding}
	} else {
		out = html
	}
	sum := sha256.Sum256(out.Bytes())
	e.body, e.etag, e.length = bytes.Clone(out.Bytes()), []string{`"` + hex.EncodeToString(sum[:8]) + `"`}, []string{strconv.Itoa(out.Len())}
	return e, nil
}

// send answers with a page, or says that the reader has it already; it returns the status that it sent. Headers are
// set without copying: their names are canonical and nobody changes the values.
func send(w http.ResponseWriter, r *http.Request, status int, e *entry, keep []string) (int, error) {
	header := w.Header()
	header["Content-Type"], header["Cache-Control"] = htmlType, keep // private, and asked for again each time: nothing to vary on
	if keep[0] == neverKept[0] {
		header["Referrer-Policy"] = sameOrigin
	} else if status == http.StatusOK {
		header["Etag"] = e.etag
		if match := r.Header["If-None-Match"]; len(match) > 0 && strings.Contains(match[0], e.etag[0]) {
			w.WriteHeader(http.StatusNotModified)
			return http.StatusNotModified, nil
		}
	}
	if e.coding != nil {
		header["Content-Encoding"] = e.coding
	}
	header["Content-Length"] = e.length // or the server would cut the page into chunks
	w.WriteHeader(status)
	_, err := w.Write(e.body)
	return status, err
}
