package ui

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"zhaohui/internal/i18n"
)

func words(t *testing.T, code string) i18n.Words {
	t.Helper()
	c, err := i18n.Load(os.DirFS("../../content"))
	if err != nil {
		t.Fatal(err)
	}
	return c.Words(code)
}

func html(t *testing.T, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTitlesBreakOnlyAtTheirMarks(t *testing.T) {
	if got := html(t, Broken(words(t, "zh"), Cut("点“支付密码”|这一行"))); got != "点“支付密码”<wbr>这一行" {
		t.Error(got)
	}
	if got := html(t, Broken(words(t, "zh"), Cut("通过了，|11 月 26 日 10:20 设密码"))); got != "通过了，<wbr>11\u00a0月\u00a026\u00a0日\u00a010:20 设密码" {
		t.Error("a number is cut from its unit:", got)
	}
	if got := html(t, Broken(words(t, "en"), Cut("Tap |the row"))); got != "Tap the row" {
		t.Error(got)
	}
	if got := Cut("先试刷脸，|几分钟就好").String(); got != "先试刷脸，几分钟就好" {
		t.Error(got)
	}
}

func TestChineseLabelsAreMarkedOnEnglishPages(t *testing.T) {
	if got := html(t, Text(words(t, "en"), "Tap 我的 <Me>")); got != `Tap <span lang="zh-CN">我的</span> &lt;Me&gt;` {
		t.Error(got)
	}
	if got := html(t, Text(words(t, "zh"), "点 <我的>")); got != "点 &lt;我的&gt;" {
		t.Error(got)
	}
	if label, meaning := gloss(words(t, "en"), "账号与安全 Account & security"); label != "账号与安全" || meaning != "Account & security" {
		t.Errorf("%q %q", label, meaning)
	}
}

// TestLargeTextCropsTheSketch keeps the ringed row and its neighbours.
func TestLargeTextCropsTheSketch(t *testing.T) {
	rows := func(tap int) []Row {
		all := make([]Row, 5)
		if tap >= 0 {
			all[tap].Tapped = true
		}
		return all
	}
	for _, tc := range []struct {
		name       string
		screen     Screen
		group, row int
		far        bool
	}{
		{"ringed row", Screen{Kind: "list", Groups: [][]Row{rows(-1), rows(3)}}, 1, 3, false},
		{"neighbour", Screen{Kind: "list", Groups: [][]Row{rows(-1), rows(3)}}, 1, 2, false},
		{"two rows off", Screen{Kind: "list", Groups: [][]Row{rows(-1), rows(3)}}, 1, 1, true},
		{"other group", Screen{Kind: "list", Groups: [][]Row{rows(-1), rows(3)}}, 0, -1, true},
		{"own group", Screen{Kind: "list", Groups: [][]Row{rows(-1), rows(3)}}, 1, -1, false},
		{"tab ringed, first rows", Screen{Kind: "list", Groups: [][]Row{rows(-1), rows(-1)}}, 0, 1, false},
		{"tab ringed, later group", Screen{Kind: "list", Groups: [][]Row{rows(-1), rows(-1)}}, 1, -1, true},
		{"tiles stay together", Screen{Kind: "grid", Groups: [][]Row{rows(4)}}, 0, 0, false},
	} {
		if got := tc.screen.far(tc.group, tc.row); got != tc.far {
			t.Errorf("%s: left out %v", tc.name, got)
		}
	}
}

func TestDataCannotEndItsElement(t *testing.T) {
	if got := (Page{Data: `{"name":"</script><b>"}`}).jsonLD(); strings.Contains(got, "</script><b>") {
		t.Error(got)
	}
	if got := (Page{Data: "not json"}).jsonLD(); got != "" {
		t.Error(got)
	}
}
