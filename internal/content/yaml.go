package content

import (
	"errors"
	"io/fs"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"zhaohui/internal/guide"
)

// decode reads a YAML file strictly: an unknown key is a mistake with a line. It returns the document's node too,
// for the lines of what is wrong with values.
func (l *loader) decode(file string, into any) (*yaml.Node, bool) {
	raw, err := fs.ReadFile(l.files, file)
	if err != nil {
		l.report(file, 0, "cannot be read: %v", errors.Unwrap(err))
		return nil, false
	}
	return l.decodeBytes(file, 0, raw, into)
}

func (l *loader) decodeBytes(file string, offset int, raw []byte, into any) (*yaml.Node, bool) {
	node := &yaml.Node{}
	if err := yaml.Unmarshal(raw, node); err != nil {
		l.yamlError(file, offset, err)
		return node, false
	}
	unknown := unknownKeys(node, reflect.TypeOf(into).Elem())
	if len(unknown) > 0 {
		l.yamlError(file, offset, &yaml.TypeError{Errors: unknown})
	}
	l.keepValues(node)
	if node.Kind != 0 {
		if err := node.Decode(into); err != nil {
			l.yamlError(file, offset, err)
			return node, false
		}
	}
	if len(unknown) > 0 {
		return node, false
	}
	if !l.checked {
		l.collect(file, offset, node)
	}
	return node, true
}

// keepValues keeps the texts that decoding takes over from nodes.
func (l *loader) keepValues(node *yaml.Node) {
	if node.Kind == yaml.ScalarNode {
		node.Value = l.keep(node.Value)
	}
	for i, child := range node.Content {
		if node.Kind != yaml.MappingNode || i%2 == 1 { // keys are mostly the names of fields
			l.keepValues(child)
		}
	}
}

var decodesItself = reflect.TypeFor[yaml.Unmarshaler]()

// unknownKeys finds the keys that a type has no field for. yaml's own check would read the file a second time: it works
// on text only, and lines need the node.
func unknownKeys(node *yaml.Node, t reflect.Type) []string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if reflect.PointerTo(t).Implements(decodesItself) {
		return nil // and is strict itself
	}
	var unknown []string
	switch {
	case node.Kind == yaml.DocumentNode, node.Kind == yaml.SequenceNode && t.Kind() == reflect.Slice:
		if node.Kind == yaml.SequenceNode {
			t = t.Elem()
		}
		for _, child := range node.Content {
			unknown = append(unknown, unknownKeys(child, t)...)
		}
	case node.Kind == yaml.MappingNode && t.Kind() == reflect.Map:
		for i := 1; i < len(node.Content); i += 2 {
			unknown = append(unknown, unknownKeys(node.Content[i], t.Elem())...)
		}
	case node.Kind == yaml.MappingNode && t.Kind() == reflect.Struct:
		for i := 0; i+1 < len(node.Content); i += 2 {
			key := node.Content[i]
			field, ok := fieldOf(t, key.Value)
			if !ok {
				unknown = append(unknown, lineText(key.Line, "field "+key.Value+" is not known here"))
				continue
			}
			unknown = append(unknown, unknownKeys(node.Content[i+1], field.Type)...)
		}
	}
	return unknown
}

// fieldOf finds the field that a key is read into: its tag, or its name in small letters.
func fieldOf(t reflect.Type, key string) (reflect.StructField, bool) {
	for i := range t.NumField() {
		field := t.Field(i)
		if name, _, _ := strings.Cut(field.Tag.Get("yaml"), ","); name == key || name == "" && strings.ToLower(field.Name) == key {
			return field, field.IsExported()
		}
	}
	return reflect.StructField{}, false
}

var yamlLine = regexp.MustCompile(`line (\d+): (.*)`)

func (l *loader) yamlError(file string, offset int, err error) {
	found := yamlLine.FindAllStringSubmatch(err.Error(), -1)
	if len(found) == 0 {
		l.report(file, 0, "%v", err)
	}
	for _, m := range found {
		line, _ := strconv.Atoi(m[1])
		text, _, _ := strings.Cut(m[2], " not found in type")
		if text != m[2] {
			text += " is not known here"
		}
		l.report(file, line+offset, "%s", text)
	}
}

// collect notes every text of a file for the checks on language.
func (l *loader) collect(file string, offset int, node *yaml.Node) {
	if node.Kind == yaml.ScalarNode {
		l.note(textAt{file: file, lang: langOf(file), text: node.Value, line: node.Line + offset})
	}
	for _, child := range node.Content {
		l.collect(file, offset, child)
	}
}

// langOf reads the language off a file's name: zh.md → zh; data files have none.
func langOf(file string) string {
	base := file[strings.LastIndexByte(file, '/')+1:]
	if code, ext, ok := strings.Cut(base, "."); ok && (len(code) <= 3 || strings.Contains(code, "-")) && (ext == "md" || ext == "yaml") {
		return code
	}
	return ""
}

// lineOf finds the line of a key in a mapping, going down the keys.
func lineOf(node *yaml.Node, keys ...string) int {
	for node != nil && node.Kind == yaml.DocumentNode && len(node.Content) > 0 {
		node = node.Content[0]
	}
	line := 1
	for _, key := range keys {
		found := false
		for i := 0; node != nil && node.Kind == yaml.MappingNode && i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == key {
				line, node, found = node.Content[i].Line, node.Content[i+1], true
				break
			}
		}
		if !found {
			return line
		}
	}
	return line
}

// lineOfItem finds the line of an entry of a list that stands under a key of the document.
func lineOfItem(node *yaml.Node, key string, i int) int {
	if node.Kind == yaml.DocumentNode && len(node.Content) > 0 {
		node = node.Content[0]
	}
	for k := 0; k+1 < len(node.Content); k += 2 {
		if list := node.Content[k+1]; node.Content[k].Value == key && i < len(list.Content) {
			return list.Content[i].Line
		}
	}
	return lineOf(node, key)
}

// clause is a line of a rule as it is written: question → value or values.
type clause map[string][]string

func clauses(in []clause, order func(string) int) []guide.Clause {
	var out []guide.Clause
	for _, line := range in {
		var c guide.Clause
		for _, question := range sortedBy(line, order) {
			c = append(c, guide.Term{Question: question, Values: line[question]})
		}
		out = append(out, c)
	}
	return out
}

// date is a day; YAML would make a time of it only sometimes.
type date struct{ time.Time }

func (d *date) UnmarshalYAML(node *yaml.Node) error {
	t, err := time.Parse("2006-01-02", node.Value)
	d.Time = t
	return err
}
