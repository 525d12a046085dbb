package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/content"
	"zhaohui/internal/i18n"
	"zhaohui/internal/support"
)

func TestLink_listRevokeRetire(t *testing.T) {
	t.Parallel()
	files := contentFiles("", nil)
	loaded, _ := content.Load(files, time.Now())
	words, err := i18n.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	r, err := openRecords(t.Context(), databaseSettings{Data: t.TempDir()}, time.Now, quietLog())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.db.Close() })
	var out bytes.Buffer
	l := &linkRecords{Links: r.links(loaded, words, time.Now), out: &out}
	made := func(target support.Target) string {
		link, err := l.Make(t.Context(), support.NewLink{Agent: "anna", Target: target})
		if err != nil {
			t.Fatal(err)
		}
		return link.Code
	}
	article := made(support.Target{Kind: support.ToArticle, Slug: "locked"})
	step := made(support.Target{Kind: support.ToStep, Platform: "alipay", Channel: "backup-password", Step: "finish"})
	face := made(support.Target{Kind: support.ToChannel, Platform: "alipay", Channel: "face", Query: "phone=works"})
	says := func(do string, err error, want ...string) {
		t.Helper()
		if err != nil {
			t.Errorf("%s: %v", do, err)
		}
		for _, text := range want {
			text, not := strings.CutPrefix(text, "not ")
			if strings.Contains(out.String(), text) == not {
				t.Errorf("%s: %q is there: %v\n%s", do, text, !not, out.String())
			}
		}
		out.Reset()
	}
	list := &linkList{Limit: 10}
	says("list", list.list(t.Context(), l), support.ShowCode(article), "/help/locked", "/p/alipay/backup-password/finish", "anna")
	list.Channel = "face"
	says("list a channel", list.list(t.Context(), l), support.ShowCode(face), "not "+support.ShowCode(step), "not phone=works")
	list = &linkList{Limit: 10, linkChoice: linkChoice{Changed: true}}
	says("list what changed", list.list(t.Context(), l), "CODE", "not "+support.ShowCode(article))

	err = (&linkRevoke{Code: []string{"7777-7777", strings.ToLower(support.ShowCode(article))}}).revoke(t.Context(), l)
	if err == nil || !strings.Contains(err.Error(), "number 1: there is no such link") || strings.Contains(err.Error(), "number 2") {
		t.Errorf("revoke: %v", err)
	}
	if link, _ := l.Find(t.Context(), article); link.Why != support.WhyRevoked {
		t.Errorf("revoked, it is %+v", link)
	}
	says("retire", (&linkRetire{linkChoice: linkChoice{Platform: "alipay"}}).retire(t.Context(), l), "links retired: 2\n")
	says("retire what changed", (&linkRetire{linkChoice: linkChoice{Changed: true}}).retire(t.Context(), l), "links retired: 0\n")
	for _, c := range []*linkRetire{{}, {All: true, linkChoice: linkChoice{Platform: "alipay"}}} {
		if err := c.Run(nil); err == nil {
			t.Errorf("%+v retires without a clear word", c)
		}
	}
	if report, err := r.trail.Verify(t.Context(), nil); err != nil || report.Entries != 5 {
		t.Errorf("the trail has %d entries, %v; want three made, one revoked, one batch", report.Entries, err)
	}
}
