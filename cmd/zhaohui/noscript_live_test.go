package main

import (
	"bytes"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// reader is a person at a browser that knows no script: it loads pages, keeps cookies, and sends the forms that it finds.
type reader struct {
	t      *testing.T
	site   string
	client *http.Client
	at     *url.URL
	status int
	body   string
	page   *html.Node
	seen   func(r *reader) // called for every page
}

func openReader(t *testing.T, s *liveSite) *reader {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &reader{t: t, site: s.url, client: &http.Client{Jar: jar}}
}

func (r *reader) load(method, address string, form url.Values) {
	r.t.Helper()
	u, err := url.Parse(address)
	if err == nil && r.at != nil {
		u = r.at.ResolveReference(u)
	}
	if err != nil {
		r.t.Fatal(err)
	}
	if !u.IsAbs() {
		u, _ = url.Parse(r.site + address)
	}
	request, err := http.NewRequestWithContext(r.t.Context(), method, u.String(), strings.NewReader(form.Encode()))
	if err != nil {
		r.t.Fatal(err)
	}
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	answer, err := r.client.Do(request)
	if err != nil {
		r.t.Fatalf("%s %s: %v", method, address, err)
	}
	defer answer.Body.Close()
	var body bytes.Buffer
	if _, err := body.ReadFrom(answer.Body); err != nil {
		r.t.Fatal(err)
	}
	r.at, r.status, r.body = answer.Request.URL, answer.StatusCode, body.String()
	if r.page, err = html.Parse(strings.NewReader(r.body)); err != nil {
		r.t.Fatal(err)
	}
	if r.status >= 500 {
		r.t.Fatalf("%s %s: %s", method, address, answer.Status)
	}
	if r.seen != nil {
		r.seen(r)
	}
}

func (r *reader) visit(path string) { r.t.Helper(); r.load(http.MethodGet, path, nil) }

func (r *reader) path() string { return r.at.Path }

// elements finds all with a tag ("" for any) and attributes, each "name" or "name=value".
func elements(n *html.Node, tag string, attributes ...string) (found []*html.Node) {
	if n.Type == html.ElementNode && (tag == "" || n.Data == tag) {
		fits := true
		for _, a := range attributes {
			name, value, exact := strings.Cut(a, "=")
			got, ok := attributeOf(n, name)
			fits = fits && ok && (!exact || got == value)
		}
		if fits {
			found = append(found, n)
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		found = append(found, elements(c, tag, attributes...)...)
	}
	return found
}

func attributeOf(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func attr(n *html.Node, name string) string {
	value, _ := attributeOf(n, name)
	return value
}

// selected understands tag, [name] and [name="value"], one after the other.
func (r *reader) selected(selector string) []*html.Node {
	tag, rest, _ := strings.Cut(selector, "[")
	var attributes []string
	for part := range strings.SplitSeq(rest, "[") {
		if part = strings.TrimSuffix(part, "]"); part != "" {
			attributes = append(attributes, strings.ReplaceAll(part, `"`, ""))
		}
	}
	return elements(r.page, tag, attributes...)
}

func (r *reader) has(selector string) bool { return len(r.selected(selector)) > 0 }

func (r *reader) words(selector string) string {
	var text strings.Builder
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			text.WriteString(n.Data)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	if found := r.selected(selector); len(found) > 0 {
		walk(found[0])
	}
	return strings.Join(strings.Fields(text.String()), " ")
}

func (r *reader) form() *html.Node {
	r.t.Helper()
	all := elements(r.page, "form", "data-step")
	if len(all) != 1 {
		r.t.Fatalf("%s has %d main forms, want one", r.at.Path, len(all))
	}
	return all[0]
}

func (r *reader) step() string {
	if all := elements(r.page, "form", "data-step"); len(all) > 0 {
		return attr(all[0], "data-step")
	}
	return ""
}

// submit sends a form with what it says itself, unless values say otherwise.
func (r *reader) submit(form *html.Node, values map[string]string) {
	r.t.Helper()
	for name := range values {
		if len(elements(form, "", "name="+name)) == 0 {
			r.t.Fatalf("%s has no field %s", r.at.Path, name)
		}
	}
	r.load(http.MethodPost, attr(form, "action"), formOf(form, values))
}

// formOf is what a browser would send of a form.
func formOf(form *html.Node, values map[string]string) url.Values {
	data := url.Values{}
	for _, e := range elements(form, "input") {
		if _, off := attributeOf(e, "disabled"); off || within(e, "disabled") {
			continue
		}
		if _, on := attributeOf(e, "checked"); attr(e, "type") == "radio" && !on {
			continue
		}
		data.Set(attr(e, "name"), attr(e, "value"))
	}
	for name, value := range values {
		data.Set(name, value)
	}
	return data
}

// within says whether an element lies in a fieldset with an attribute.
func within(n *html.Node, attribute string) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if _, ok := attributeOf(p, attribute); ok && p.Data == "fieldset" {
			return true
		}
	}
	return false
}

func (r *reader) fill(values map[string]string) { r.t.Helper(); r.submit(r.form(), values) }

func (r *reader) pick(name, value string) {
	r.t.Helper()
	if len(elements(r.form(), "button", "name="+name, "value="+value)) == 0 {
		r.t.Fatalf("%s has no row %s=%s", r.at.Path, name, value)
	}
	r.submit(r.form(), map[string]string{name: value})
}

func (r *reader) beside(do string, rows ...string) {
	r.t.Helper()
	for _, form := range elements(r.page, "form") {
		if len(elements(form, "input", "name=do", "value="+do)) == 0 {
			continue
		}
		values := map[string]string{}
		if len(rows) > 0 {
			for _, button := range elements(form, "button", "value="+rows[0]) {
				values[attr(button, "name")] = rows[0]
			}
			if len(values) == 0 {
				r.t.Fatalf("%s does not offer %s", r.at.Path, rows[0])
			}
		}
		r.submit(form, values)
		return
	}
	r.t.Fatalf("%s has no form for %s", r.at.Path, do)
}

// slide waits instead: the puzzle needs script.
func (r *reader) slide(*liveSite) {
	r.t.Helper()
	r.submit(r.form(), map[string]string{"instead": "wait"})
}

func (r *reader) caseID() string {
	r.t.Helper()
	for _, form := range elements(r.page, "form") {
		if _, rest, ok := strings.Cut(attr(form, "action"), "/case/"); ok {
			id, _, _ := strings.Cut(rest, "/")
			return id
		}
	}
	r.t.Fatalf("%s does not name its case", r.at.Path)
	return ""
}
