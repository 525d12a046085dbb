package i18n_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"zhaohui/internal/i18n"
)

// uses finds out which words the Go sources ask for. A key may be put together at run time, "method." + id + ".name": then it
// is a pattern, whose open places stand for a word that some source or the content knows.
type uses struct {
	known    map[string]bool // literals of the sources
	content  map[string]bool // ids in the content and in the demo's accounts
	patterns []*regexp.Regexp
	plain    map[string]bool
	lists    map[string]int // heading → its lines
	parts    map[string]bool
}

func readUses(t *testing.T) *uses {
	t.Helper()
	u := &uses{known: map[string]bool{}, content: map[string]bool{}, plain: map[string]bool{}, lists: map[string]int{}, parts: map[string]bool{}}
	for _, folder := range []string{"web", "cmd", "internal/recovery", "internal/wallet", "internal/guide", "internal/message", "internal/support", "internal/insight", "internal/picture", "internal/alert"} {
		for _, f := range parsedFiles(t, root+folder) {
			u.read(f, folder == "web" || folder == "cmd")
		}
	}
	ids := regexp.MustCompile(`[a-z0-9_-]+`)
	err := filepath.WalkDir(root+"content", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !slices.Contains([]string{".yaml", ".json"}, filepath.Ext(name)) {
			return err
		}
		text, err := os.ReadFile(name)
		for _, id := range ids.FindAllString(string(text), -1) {
			u.content[id] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func parsedFiles(t *testing.T, folder string) []*ast.File {
	t.Helper()
	var files []*ast.File
	err := filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		files = append(files, f)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// read takes what a file says; asks is whether it prints words, or only knows what they are about.
func (u *uses) read(f *ast.File, asks bool) {
	named := map[string][]string{} // key := "live.veto.", key = "error.over"
	inside := map[ast.Expr]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			if text, ok := literal(n); ok {
				u.known[text] = true
				if u.plain[text] = u.plain[text] || asks; strings.HasSuffix(text, "-") {
					u.known[strings.TrimSuffix(text, "-")] = true
				}
			}
		case *ast.AssignStmt:
			for i, to := range n.Lhs {
				if id, ok := to.(*ast.Ident); ok && i < len(n.Rhs) {
					if text, ok := literal(n.Rhs[i]); ok {
						named[id.Name] = append(named[id.Name], regexp.QuoteMeta(text))
					}
				}
			}
		case *ast.BinaryExpr:
			if asks && n.Op == token.ADD && !inside[n] {
				u.pattern(n, named, inside)
			}
		case *ast.CallExpr:
			if asks {
				u.call(n, named)
			}
		}
		return true
	})
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

// pattern reads a sum of strings whose first is the beginning of a key.
func (u *uses) pattern(e ast.Expr, named map[string][]string, inside map[ast.Expr]bool) {
	source := shape(e, named, inside)
	if first, _, _ := strings.Cut(strings.TrimPrefix(source, "(?:"), "("); !strings.Contains(first, `\.`) {
		return
	}
	u.patterns = append(u.patterns, regexp.MustCompile("^"+source+"$"))
}

const open = `([a-z0-9_-]+)`

func shape(e ast.Expr, named map[string][]string, inside map[ast.Expr]bool) string {
	inside[e] = true
	if sum, ok := e.(*ast.BinaryExpr); ok && sum.Op == token.ADD {
		return shape(sum.X, named, inside) + shape(sum.Y, named, inside)
	}
	if text, ok := literal(e); ok {
		return regexp.QuoteMeta(text)
	}
	if id, ok := e.(*ast.Ident); ok && len(named[id.Name]) > 0 && strings.Contains(named[id.Name][0], ".") {
		return "(?:" + strings.Join(named[id.Name], "|") + ")"
	}
	return open
}

// call reads l.list("live.done.next", 3), which asks for the heading and its numbered lines, and l.said("lead").
func (u *uses) call(c *ast.CallExpr, named map[string][]string) {
	method, ok := c.Fun.(*ast.SelectorExpr)
	if !ok || len(c.Args) == 0 {
		return
	}
	switch text, isText := literal(c.Args[0]); method.Sel.Name {
	case "said":
		if isText {
			u.parts[text] = true
		}
	case "list":
		if len(c.Args) < 2 {
			return
		}
		n, ok := c.Args[1].(*ast.BasicLit)
		if !ok || n.Kind != token.INT {
			return
		}
		source := "^" + shape(c.Args[0], named, map[ast.Expr]bool{}) + "(?:-[1-" + n.Value + "])?$"
		u.patterns = append(u.patterns, regexp.MustCompile(source))
	}
}

// asked says whether anybody asks for a key.
func (u *uses) asked(key string) bool {
	if u.plain[key] {
		return true
	}
	for _, p := range u.patterns {
		found := p.FindStringSubmatch(key)
		if found != nil && !slices.ContainsFunc(found[1:], func(w string) bool { return !u.knows(key, w) }) {
			return true
		}
	}
	return false
}

func (u *uses) knows(key, w string) bool {
	if u.known[w] || (strings.HasPrefix(key, "say.") || strings.HasPrefix(key, "demo.") || strings.HasPrefix(key, "ticket.") || strings.HasPrefix(key, "appeal.")) && u.content[w] {
		return true
	}
	first, second, ok := strings.Cut(w, "-") // a kind of field and what is wrong with it: "last4-format"
	for ok {
		if u.known[first] && u.known[second] || u.known[first+"-"] && u.known[second] {
			return true
		}
		var more string
		more, second, ok = strings.Cut(second, "-")
		first += "-" + more
	}
	return false
}

// stepsOf are the steps of a proof method, fieldsOf what it asks, as its package writes them.
var (
	stepIn  = regexp.MustCompile(`(?m)^(?:const )?\s*(ID|Step[A-Za-z]*)\s*= "([a-z-]+)"`)
	fieldIn = regexp.MustCompile(`\{Name: "([a-z0-9_]+)", Kind: recovery\.Field`)
)

// TestEveryMethodHasItsWords derives from the sources of each proof method what its pages say, and from the cases' own steps
// what theirs do.
func TestEveryMethodHasItsWords(t *testing.T) {
	have := map[string]bool{}
	for _, k := range load(t).Keys(i18n.Default) {
		have[k] = true
	}
	u, seen := readUses(t), map[string]bool{}
	need := func(key string) {
		if seen[key] = true; !have[key] {
			t.Errorf("%s is missing", key)
		}
	}
	may := func(key string) { seen[key] = true }
	folders, err := filepath.Glob(root + "internal/recovery/method/*/*.go")
	if err != nil || len(folders) == 0 {
		t.Fatal(folders, err)
	}
	methods := map[string]string{}
	for _, name := range folders {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		methods[filepath.Base(filepath.Dir(name))] += string(text)
	}
	for _, m := range slices.Sorted(maps.Keys(methods)) {
		base := "method." + m + "."
		for _, part := range []string{"name", "choose", "choose-hint"} {
			need(base + part)
		}
		steps := map[string]string{}
		for _, found := range stepIn.FindAllStringSubmatch(methods[m], -1) {
			steps[found[1]] = found[2]
		}
		if steps["ID"] != m {
			t.Errorf("the method in folder %s is called %q", m, steps["ID"])
		}
		if _, own := steps["Step"]; own {
			delete(steps, "ID")
		}
		for _, step := range steps {
			need(base + step + ".title")
			need(base + step + ".button")
			for part := range u.parts {
				may(base + step + "." + part)
			}
		}
		for _, found := range fieldIn.FindAllStringSubmatch(methods[m], -1) {
			if found[1] != "track" && found[1] != "instead" && found[1] != "slide" { // parts of the puzzle
				need(base + "field." + found[1] + ".label")
			}
			may(base + "field." + found[1] + ".label")
			may(base + "field." + found[1] + ".hint")
		}
		if m == "questions" { // its fields are the account's own questions
			may(base + "field.answer.label")
			may(base + "field.answer.hint")
		}
	}
	may("method.agent.name")  // proofs without a page of their own: an agent's check,
	may("method.papers.name") // and papers that people compared
	for step := range u.known {
		for part := range u.parts {
			if have["live."+step+"."+part] {
				may("live." + step + "." + part)
			}
		}
	}
	for _, k := range slices.Sorted(maps.Keys(have)) {
		if strings.HasPrefix(k, "method.") && !seen[k] && !slices.ContainsFunc([]string{".error.", ".class.", ".bank."}, func(p string) bool { return strings.Contains(k, p) && u.asked(k) }) {
			t.Errorf("no page says %q", k)
		}
	}
	for _, step := range []string{"account", "first", "next", "password"} {
		need("live." + step + ".title")
	}
	for _, ended := range []string{"stopped", "expired", "replaced"} {
		need("live." + ended + ".title")
		need("live." + ended + ".lead")
	}
}
