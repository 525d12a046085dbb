// Package i18n decides which words a page of a language shows. It knows the
// word files (words/<code>.toml, one a language, each naming itself under
// [language]) and nothing of pages, platforms or articles.
package i18n

import (
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"

	"github.com/BurntSushi/toml"
	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// Default is the code of the language whose addresses have no prefix and
// whose words stand in where another language lacks one.
const Default = "zh"

// Language is one language a page can be read in.
type Language struct {
	Code   string // name of its files: "zh", "en"
	Tag    string // for the lang attribute: "zh-CN", "en"
	Name   string // as its own readers write it: "中文", "English"
	Prefix string // before every address: "", "/en"
}

// Catalog holds the words of all languages. It never changes after Load.
type Catalog struct {
	books []*book // the default language first, the others by code
}

// book is the words of one language.
type book struct {
	Language
	plain     map[string]string // texts without a value to fill in, the most
	keys      map[string]string // all keys, plain or not, each with the file it stands in
	localizer *goi18n.Localizer
}

// Load reads words/*.toml, and the words of the proof methods into the same
// books: platforms/<platform>/methods/<id>/<code>.toml, under method.<id>. It
// fails if the default language is missing or a file cannot be read, has no
// language.tag, or holds a text that does not parse.
func Load(fsys fs.FS) (*Catalog, error) {
	names, err := fs.Glob(fsys, "words/*.toml")
	if err != nil {
		return nil, fmt.Errorf("find words: %w", err)
	}
	c := &Catalog{}
	for _, name := range names {
		b, err := read(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		for _, other := range c.books {
			if other.Tag == b.Tag {
				return nil, fmt.Errorf("read %s: language.tag %q is %s's", name, b.Tag, other.Code)
			}
		}
		c.books = append(c.books, b)
	}
	sort.SliceStable(c.books, func(i, j int) bool {
		if a, b := c.books[i].Code == Default, c.books[j].Code == Default; a != b {
			return a
		}
		return c.books[i].Code < c.books[j].Code
	})
	if len(c.books) == 0 || c.books[0].Code != Default {
		return nil, fmt.Errorf("words/%s.toml is missing", Default)
	}
	return c, nil
}

func read(fsys fs.FS, name string) (*book, error) {
	raw, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	b := &book{plain: map[string]string{}, keys: map[string]string{}}
	b.Code = strings.TrimSuffix(path.Base(name), ".toml")
	messages, err := b.add(name, raw, "")
	if err != nil {
		return nil, err
	}
	methods, err := fs.Glob(fsys, "platforms/*/methods/*/"+path.Base(name))
	if err != nil {
		return nil, err
	}
	for _, method := range methods {
		if raw, err = fs.ReadFile(fsys, method); err != nil {
			return nil, err
		}
		more, err := b.add(method, raw, "method."+path.Base(path.Dir(method))+".")
		if err != nil {
			return nil, fmt.Errorf("%s: %w", method, err)
		}
		messages = append(messages, more...)
	}
	b.Tag, b.Name = b.plain["language.tag"], b.plain["language.name"]
	if b.Code != Default {
		b.Prefix = "/" + b.Code
	}
	tag, err := language.Parse(b.Tag)
	if err != nil {
		return nil, fmt.Errorf("language.tag %q: %w", b.Tag, err)
	}
	bundle := goi18n.NewBundle(tag)
	if err := bundle.AddMessages(tag, messages...); err != nil {
		return nil, err
	}
	b.localizer = goi18n.NewLocalizer(bundle, b.Tag)
	return b, nil
}

// add reads the texts of a file into the book, with a prefix before their keys. It returns those that are not plain: a plain
// one would become a template that nobody asks for.
func (b *book) add(name string, raw []byte, prefix string) ([]*goi18n.Message, error) {
	file, err := goi18n.ParseMessageFileBytes(raw, path.Base(name), map[string]goi18n.UnmarshalFunc{"toml": toml.Unmarshal})
	if err != nil {
		return nil, err
	}
	var rest []*goi18n.Message
	for _, m := range file.Messages {
		m.ID = prefix + m.ID
		b.keys[m.ID] = name
		if m.One == "" && !strings.Contains(m.Other, "{{") {
			b.plain[m.ID] = m.Other
			continue
		}
		rest = append(rest, m)
	}
	return rest, nil
}

// File is where a language keeps a key, or should: beside the file of another
// language that has it.
func (c *Catalog) File(code, key string) string {
	for _, b := range c.books {
		if name, ok := b.keys[key]; ok {
			return path.Join(path.Dir(name), code+".toml")
		}
	}
	return "words/" + code + ".toml"
}

// Languages lists what a page can be read in, the default first.
func (c *Catalog) Languages() []Language {
	all := make([]Language, len(c.books))
	for i, b := range c.books {
		all[i] = b.Language
	}
	return all
}

// Words returns the words of a language; an unknown code gets the default.
func (c *Catalog) Words(code string) Words {
	for _, b := range c.books {
		if b.Code == code {
			return Words{own: b, fallback: c.books[0]}
		}
	}
	return Words{own: c.books[0], fallback: c.books[0]}
}

// Keys lists the keys of a language in order.
func (c *Catalog) Keys(code string) []string {
	var keys []string
	for _, b := range c.books {
		if b.Code != code {
			continue
		}
		for k := range b.keys {
			keys = append(keys, k)
		}
	}
	sort.Strings(keys)
	return keys
}
