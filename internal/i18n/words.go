package i18n

import (
	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
)

// Words is the interface words of one language. The zero value knows none and
// answers every key with the key itself.
type Words struct {
	own, fallback *book
}

// Code is the language's short name, as in the names of its files.
func (w Words) Code() string { return w.language().Code }

// Tag is what the lang attribute says.
func (w Words) Tag() string { return w.language().Tag }

// Prefix stands before every address of a page in this language.
func (w Words) Prefix() string { return w.language().Prefix }

func (w Words) language() Language {
	if w.own == nil {
		return Language{}
	}
	return w.own.Language
}

// T returns the text of a key. The pairs are names and values to fill in; the
// value named "n" also picks the plural form. A key that the language lacks is
// taken from the default language; one that nobody has comes back as it is.
func (w Words) T(key string, pairs ...any) string {
	if text, ok := w.own.text(key, pairs); ok {
		return text
	}
	if text, ok := w.fallback.text(key, pairs); ok {
		return text
	}
	return key
}

func (b *book) text(key string, pairs []any) (string, bool) {
	if b == nil {
		return "", false
	}
	if text, ok := b.plain[key]; ok {
		return text, true
	}
	if _, ok := b.keys[key]; !ok {
		return "", false
	}
	values := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if name, ok := pairs[i].(string); ok {
			values[name] = pairs[i+1]
		}
	}
	ask := &goi18n.LocalizeConfig{MessageID: key, TemplateData: values}
	if n, ok := values["n"]; ok {
		ask.PluralCount = n
	}
	text, err := b.localizer.Localize(ask)
	return text, err == nil
}
