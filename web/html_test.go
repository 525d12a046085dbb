package web_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// document is a parsed page, or a part of one.
type document struct {
	*html.Node
	elements []document // all of them, in order; listed once for a whole page
}

func parsed(tb testing.TB, body string) document {
	tb.Helper()
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		tb.Fatal(err)
	}
	return document{root, elementsOf(root, nil)}
}

func elementsOf(n *html.Node, found []document) []document {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode {
			found = append(found, document{Node: c})
		}
		found = elementsOf(c, found)
	}
	return found
}

// all finds the elements of some names, in order; none means every element.
func (d document) all(names ...string) []document {
	elements := d.elements
	if elements == nil {
		elements = elementsOf(d.Node, nil)
	}
	if len(names) == 0 {
		return elements
	}
	var found []document
	for _, e := range elements {
		if slices.Contains(names, e.Data) {
			found = append(found, e)
		}
	}
	return found
}

// with finds the elements that have an attribute.
func (d document) with(attribute string) []document {
	return d.where(func(e document) bool { return e.has(attribute) })
}

// class finds the elements of a class.
func (d document) class(name string) []document {
	return d.where(func(e document) bool {
		list := e.attr("class")
		return list == name || strings.Contains(" "+list+" ", " "+name+" ")
	})
}

func (d document) where(fits func(document) bool) []document {
	var found []document
	for _, e := range d.all() {
		if fits(e) {
			found = append(found, e)
		}
	}
	return found
}

func (d document) attr(name string) string {
	for _, a := range d.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func (d document) has(name string) bool {
	return slices.ContainsFunc(d.Attr, func(a html.Attribute) bool { return a.Key == name })
}

// text is what can be read in an element: no scripts, no styles.
func (d document) text() string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		switch {
		case n.Type == html.TextNode:
			b.WriteString(n.Data)
		case n.Type == html.ElementNode && (n.Data == "script" || n.Data == "style"):
			return
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
		if n.Type == html.ElementNode && !slices.Contains([]string{"span", "b", "a", "small", "i", "em", "strong", "code",
			"mark"}, n.Data) {
			b.WriteString("\n")
		}
	}
	walk(d.Node)
	return b.String()
}

// links are the addresses of all links in an element.
func (d document) links() []string {
	var all []string
	for _, a := range d.all("a") {
		all = append(all, a.attr("href"))
	}
	return all
}
