package i18n_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"zhaohui/internal/i18n"
)

const root = "../../"

func load(t *testing.T) *i18n.Catalog {
	t.Helper()
	c, err := i18n.Load(os.DirFS(root + "content"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestLanguages(t *testing.T) {
	want := []i18n.Language{{Code: "zh", Tag: "zh-CN", Name: "中文"}, {Code: "en", Tag: "en", Name: "English", Prefix: "/en"}}
	if diff := cmp.Diff(want, load(t).Languages()); diff != "" {
		t.Error(diff)
	}
}

func TestAllLanguagesHaveTheSameKeys(t *testing.T) {
	c := load(t)
	for _, l := range c.Languages() {
		if diff := cmp.Diff(c.Keys(i18n.Default), c.Keys(l.Code)); diff != "" {
			t.Errorf("%s: %s", l.Code, diff)
		}
	}
}

// asked finds w.T("key"; a key made of a fixed start and a value, T("demo.channel-" +
// counts as a use of every key that begins so.
var asked = regexp.MustCompile(`\bT\(\s*"([a-z][a-z0-9.-]*)"(\s*\+)?`)

// TestEveryKeyIsUsedAndEveryUsedKeyExists reads the sources that print words.
func TestEveryKeyIsUsedAndEveryUsedKeyExists(t *testing.T) {
	keys := load(t).Keys(i18n.Default)
	used := map[string]bool{"language.tag": true, "language.name": true, "language.prefix": true}
	for _, folder := range []string{"templates", "web", "cmd"} {
		for file, text := range sources(t, root+folder) {
			for _, m := range asked.FindAllStringSubmatch(text, -1) {
				known := false
				for _, k := range keys {
					if k == m[1] || m[2] != "" && strings.HasPrefix(k, m[1]) {
						known = true
						used[k] = used[k] || folder == "templates"
					}
				}
				if !known {
					t.Errorf("%s asks for %q, which no words file has", file, m[1])
				}
			}
			for _, k := range keys {
				if folder == "templates" && strings.Contains(text, `"`+k+`"`) { // handed on to T
					used[k] = true
				}
			}
		}
	}
	u := readUses(t)
	for _, k := range keys {
		if !used[k] && !u.asked(k) {
			t.Errorf("nobody asks for %q", k)
		}
	}
}

func sources(t *testing.T, folder string) map[string]string {
	t.Helper()
	texts := map[string]string{}
	err := filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(name, "_templ.go") || !slices.Contains([]string{".templ", ".go"}, filepath.Ext(name)) {
			return err
		}
		text, err := os.ReadFile(name)
		texts[name] = string(text)
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return texts
}

// halfWidth is punctuation that must be full-width beside Chinese.
var halfWidth = regexp.MustCompile(`\p{Han}[,:;?!()]|[,:;?!()]\p{Han}`)

func TestChinesePunctuationIsFullWidth(t *testing.T) {
	w := load(t).Words("zh")
	for _, k := range load(t).Keys("zh") {
		if text := w.T(k); halfWidth.MatchString(text) {
			t.Errorf("%s: half-width punctuation in %q", k, text)
		}
	}
}

func TestWordsFillInValuesAndPlurals(t *testing.T) {
	c := catalog(t, map[string]string{
		"zh": "hi = '您好{{.Name}}'\nonly = '只有中文'\n[steps]\nother = '{{.n}} 步'",
		"en": "hi = 'Hello {{.Name}}'\n[steps]\none = '{{.n}} step'\nother = '{{.n}} steps'",
	})
	en := c.Words("en")
	for _, tc := range []struct {
		words i18n.Words
		key   string
		pairs []any
		want  string
	}{
		{en, "hi", []any{"Name", "Li"}, "Hello Li"},
		{en, "steps", []any{"n", 1}, "1 step"},
		{en, "steps", []any{"n", 2}, "2 steps"},
		{c.Words("zh"), "steps", []any{"n", 1}, "1 步"},
		{en, "only", nil, "只有中文"},
		{c.Words("xx"), "hi", []any{"Name", "李"}, "您好李"},
		{en, "nobody.has-it", nil, "nobody.has-it"},
		{i18n.Words{}, "hi", nil, "hi"},
	} {
		if got := tc.words.T(tc.key, tc.pairs...); got != tc.want {
			t.Errorf("%s %v: got %q, want %q", tc.key, tc.pairs, got, tc.want)
		}
	}
	if en.Code() != "en" || en.Tag() != "en" || en.Prefix() != "/en" {
		t.Errorf("en says it is %q %q %q", en.Code(), en.Tag(), en.Prefix())
	}
}

func TestLoadRefusesWhatCannotWork(t *testing.T) {
	for name, files := range map[string]fstest.MapFS{
		"no default language": {"words/en.toml": {Data: []byte("[language]\ntag='en'")}},
		"no tag":              {"words/zh.toml": {Data: []byte("hi='您好'")}},
		"not TOML":            {"words/zh.toml": {Data: []byte("[[[")}},
	} {
		if _, err := i18n.Load(files); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func catalog(t *testing.T, texts map[string]string) *i18n.Catalog {
	t.Helper()
	files := fstest.MapFS{}
	for code, text := range texts {
		text += "\n[language]\ntag = '" + code + "'\nname = '" + code + "'\n"
		files["words/"+code+".toml"] = &fstest.MapFile{Data: []byte(text)}
	}
	c, err := i18n.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The words of a proof method stand in the method's own folder and are read into the same book.
func TestMethodsBringTheirWords(t *testing.T) {
	files := fstest.MapFS{
		"words/zh.toml":                        {Data: []byte("hi = '您好'\n[language]\ntag = 'zh-CN'\nname = '中文'")},
		"words/en.toml":                        {Data: []byte("hi = 'Hello'\n[language]\ntag = 'en'\nname = 'English'")},
		"platforms/wallet/methods/sms/zh.toml": {Data: []byte("name = '短信'\n[sms-code]\ntitle = '填数字'\n[field.code]\nlabel = '数字'")},
		"platforms/wallet/methods/sms/en.toml": {Data: []byte("name = 'text'")},
	}
	c, err := i18n.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Words("zh").T("method.sms.field.code.label"); got != "数字" {
		t.Errorf("label: %q", got)
	}
	if got := c.Words("en").T("method.sms.name"); got != "text" {
		t.Errorf("name: %q", got)
	}
	if got := c.Words("en").T("method.sms.sms-code.title"); got != "填数字" {
		t.Errorf("a word that a language lacks: %q", got)
	}
	for key, want := range map[string]string{"hi": "words/en.toml", "method.sms.sms-code.title": "platforms/wallet/methods/sms/en.toml",
		"nobody": "words/en.toml"} {
		if got := c.File("en", key); got != want {
			t.Errorf("%s belongs into %s, not %s", key, want, got)
		}
	}
	files["platforms/wallet/methods/sms/en.toml"] = &fstest.MapFile{Data: []byte("[[[")}
	if _, err := i18n.Load(files); err == nil || !strings.Contains(err.Error(), "methods/sms/en.toml") {
		t.Errorf("a broken file: %v", err)
	}
}
