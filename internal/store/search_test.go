package store_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"zhaohui/internal/help"
	"zhaohui/internal/problem"
	"zhaohui/internal/store"
)

var _ help.Index = (*store.Search)(nil)

var made = []help.Document{
	{Key: "article/suspended", Lang: "zh", Kind: help.KindArticle, ID: "suspended", Title: "手机号停机了怎么办", Words: []string{"补卡"}, Text: "能。刷脸不用收短信。", Passages: []string{"能。刷脸不用收短信。"}},
	{Key: "article/face", Lang: "zh", Kind: help.KindArticle, ID: "face", Title: "刷脸总是不过", Words: []string{"光线太暗"}, Text: "停机也能刷脸。停机不要紧。换亮的地方，重置更快。", Passages: []string{"停机也能刷脸。", "换亮的地方。"}},
	{Key: "article/which", Lang: "zh", Kind: help.KindArticle, ID: "which", Title: "支付密码还是登录密码", Words: []string{"银行", "重置"}, Text: "六位数字的是支付密码。"},
	{Key: "channel/alipay/face", Lang: "zh", Kind: help.KindChannel, Platform: "alipay", ID: "face", Title: "在应用里设新密码", Words: []string{"支付宝"}, Text: "盗"},
	{Key: "article/face", Lang: "en", Kind: help.KindArticle, ID: "face", Title: "The face check fails", Words: []string{"too dark"}, Text: "Try brighter places, or your linked cards."},
}

func open(tb testing.TB) *store.Search {
	tb.Helper()
	search, err := store.OpenSearch(made, [][]string{{"", "怎么办"}, {"停机", "欠费", "suspended"}, {"刷脸", "人脸", "face"}})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { search.Close() })
	return search
}

func ids(hits []help.Hit) string {
	var list []string
	for _, hit := range hits {
		list = append(list, strings.TrimPrefix(hit.Platform+"/"+hit.ID, "/"))
	}
	return strings.Join(list, " ")
}

func TestSearch_finds(t *testing.T) {
	search := open(t)
	for _, tt := range []struct{ name, lang, query, want string }{
		{"title before text", "zh", "停机", "suspended face"},
		{"a synonym", "zh", "欠费", "suspended face"},
		{"a word of another language", "zh", "face", "face suspended"},
		{"all terms before some", "zh", "停机 光线", "face suspended"},
		{"any two characters", "zh", "机也", "face"},
		{"one character", "zh", "盗", "alipay/face"},
		{"characters apart, if nothing else", "zh", "录登", "which"},
		{"a part of an unknown run", "zh", "登录不进", "which"},
		{"words that say nothing are no matter", "zh", "登录怎么办", "which"},
		{"pinyin", "zh", "zhifumima", "which"},
		{"pinyin cut at syllables", "zh", "zhi fu mi ma", "which alipay/face"},
		{"pinyin not finished", "zh", "zhifumim", "which"},
		{"pinyin of a synonym", "zh", "renlian", "face suspended"},
		{"initials", "zh", "zfmm", "which"},
		{"the other reading of a character", "zh", "chongzhi", "which"},
		{"and its initials with others", "zh", "yinhang", "which"},
		{"full width and capitals", "zh", "ＺＦＭＭ", "which"},
		{"the other forms of a word", "en", "card", "face"},
		{"its own language only", "en", "dark", "face"},
		{"nothing", "zh", "", ""},
		{"punctuation", "zh", "\"'*():^-+{}；。", ""},
		{"words of the index's own language", "zh", "NEAR(a b) AND NOT title:x OR *", ""},
		{"nothing like it", "zh", "宇宙飞船", ""},
		{"a language that is not kept", "fr", "停机", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			hits, err := search.Search(t.Context(), tt.lang, tt.query, 10)
			if err != nil {
				t.Fatal(err)
			}
			if hits == nil {
				t.Error("nothing found is nil, not empty")
			}
			if got := ids(hits); got != tt.want {
				t.Errorf("%s finds %q, want %q", tt.query, got, tt.want)
			}
		})
	}
}

func TestSearch_hitShowsWhy(t *testing.T) {
	hits, err := open(t).Search(t.Context(), "zh", "欠费", 1)
	if err != nil || len(hits) != 1 {
		t.Fatalf("%v, %v", hits, err)
	}
	if hit := hits[0]; hit.Kind != help.KindArticle || hit.Title != "手机号停机了怎么办" || len(hit.Passage) == 0 {
		t.Errorf("hit %+v", hit)
	}
}

func TestG1_searchRefusesNumbers(t *testing.T) {
	hits, err := open(t).Search(t.Context(), "zh", "我的卡 6222 0200", 10)
	if problem.KindOf(err) != problem.KindInvalid || len(hits) != 0 {
		t.Errorf("%v, %v", hits, err)
	}
	if err != nil && strings.Contains(err.Error(), "6222") {
		t.Errorf("the error repeats what was typed: %v", err)
	}
}

// An in-memory database lives as long as its connection: a visitor who leaves must not take it with them.
func TestSearch_survivesVisitorsWhoLeave(t *testing.T) {
	search := open(t)
	gone, leave := context.WithCancel(t.Context())
	leave()
	if _, err := search.Search(gone, "zh", "停机", 10); problem.KindOf(err) != problem.KindUnavailable {
		t.Errorf("error %v", err)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 20 {
				ctx, leave := context.WithCancel(context.Background())
				go leave()
				_, _ = search.Search(ctx, "zh", "停机", 10)
			}
		})
	}
	all.Wait()
	if hits, err := search.Search(t.Context(), "zh", "停机", 10); err != nil || len(hits) != 2 {
		t.Errorf("%v, %v", hits, err)
	}
}

func TestOpenSearch_refusesTwoDocumentsOfOneName(t *testing.T) {
	if _, err := store.OpenSearch([]help.Document{made[0], made[0]}, nil); err == nil {
		t.Error("accepted")
	}
}

// Whatever is typed, the index understands the question.
func FuzzSearch(f *testing.F) {
	search := open(f)
	for _, query := range []string{"停机", `"`, `a"b`, "title:停机", "NEAR(", "*", "-停机", "zhifumim", "xianxianxianq", "\ue000", "停\x00机", "'; DROP TABLE search0; --", "^停机 + OR", "ｆａｃｅ＊"} {
		f.Add(query)
	}
	f.Fuzz(func(t *testing.T, query string) {
		for _, lang := range []string{"zh", "en"} {
			hits, err := search.Search(context.Background(), lang, query, 5)
			if err != nil && !help.Secretive(query) {
				t.Errorf("%q: %v", query, err)
			}
			if hits == nil || len(hits) > 5 {
				t.Errorf("%q: %d hits", query, len(hits))
			}
		}
	})
}
