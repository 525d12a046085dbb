package message

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"text/template"

	"github.com/BurntSushi/toml"

	"zhaohui/internal/recovery"
)

// mainLanguage stands in where a letter asks for a language that has no texts.
const mainLanguage = "zh"

// languages that must be there; an operator may add others.
var languages = []string{mainLanguage, "en"}

// Texts are the texts of all letters in all languages: messages/<language>.toml.
type Texts struct{ books map[string]*book }

// book is the texts of one language.
type book struct {
	clock   clock
	devices map[string]string
	texts   map[string]*template.Template // "shared.stop", "code.sms" …
}

// clock is how times are written: Go's layouts, in which {zone} is replaced.
type clock struct {
	Today, Day string            // without and with the date
	Zones      map[string]string // what people call a time zone
}

// file is a file of texts as it is written.
type file struct {
	Clock   clock
	Devices map[string]string
	Shared  map[string]string
	Letters map[string]letterTexts
}

type letterTexts struct{ Subject, Mail, SMS, Stop string }

// shared are the lines that letters have in common.
var shared = []string{"began", "never", "free", "free-sms", "stop", "call", "call-sms", "origin"}

// LoadTexts reads messages/*.toml. It fails if a text is missing or breaks a rule (doc/messages.md).
func LoadTexts(files fs.FS) (*Texts, error) {
	texts, problems := readTexts(files)
	if len(problems) > 0 {
		return nil, fmt.Errorf("read messages: %w", errors.Join(problems...))
	}
	return texts, nil
}

// Check says everything that is wrong with messages/*.toml.
func Check(files fs.FS) []error {
	_, problems := readTexts(files)
	return problems
}

func readTexts(files fs.FS) (*Texts, []error) {
	names, err := fs.Glob(files, "messages/*.toml")
	if err != nil {
		return nil, []error{fmt.Errorf("find messages: %w", err)}
	}
	t := &Texts{books: map[string]*book{}}
	var problems []error
	for _, name := range names {
		lang := strings.TrimSuffix(path.Base(name), ".toml")
		b, found := readBook(files, name)
		t.books[lang] = b
		problems = append(problems, found...)
	}
	for _, lang := range languages {
		if t.books[lang] == nil {
			problems = append(problems, fmt.Errorf("messages/%s.toml is missing", lang))
		}
	}
	if len(problems) == 0 {
		problems = t.breaches() // only texts that are all there can be tried
	}
	return t, problems
}

func readBook(files fs.FS, name string) (*book, []error) {
	var problems []error
	report := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("%s: %s", name, fmt.Sprintf(format, args...)))
	}
	raw, err := fs.ReadFile(files, name)
	if err != nil {
		report("%v", err)
		return nil, problems
	}
	var f file
	meta, err := toml.NewDecoder(bytes.NewReader(raw)).Decode(&f)
	if err != nil {
		report("%v", err)
		return nil, problems
	}
	for _, key := range meta.Undecoded() {
		report("%s means nothing here", key)
	}
	if f.Clock.Today == "" || f.Clock.Day == "" {
		report("clock: today and day are needed")
	}
	b := &book{clock: f.Clock, devices: f.Devices, texts: map[string]*template.Template{}}
	add := func(key, text string) {
		parsed, err := template.New(key).Parse(strings.TrimSpace(text))
		if err != nil {
			report("%s: %v", key, err)
		}
		b.texts[key] = parsed
	}
	for _, key := range shared {
		if f.Shared[key] == "" {
			report("shared.%s is missing", key)
		}
		add("shared."+key, f.Shared[key])
	}
	for key := range f.Shared {
		if !slices.Contains(shared, key) {
			report("shared.%s means nothing here", key)
		}
	}
	for purpose := range f.Letters {
		if !slices.Contains(Purposes, recovery.Purpose(purpose)) {
			report("letters.%s: there is no such purpose", purpose)
		}
	}
	for _, purpose := range Purposes {
		texts := f.Letters[string(purpose)]
		for part, text := range map[string]string{"subject": texts.Subject, Mail: texts.Mail, SMS: texts.SMS} {
			if strings.TrimSpace(text) == "" {
				report("letters.%s.%s is missing", purpose, part)
			}
			add(string(purpose)+"."+part, text)
		}
		if texts.Stop != "" {
			add(string(purpose)+".stop", texts.Stop)
		}
	}
	return b, problems
}

// in is the texts of a language.
func (t *Texts) in(lang string) *book {
	if b := t.books[lang]; b != nil {
		return b
	}
	return t.books[mainLanguage]
}
