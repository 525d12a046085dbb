package web_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

func TestAPI_openapiDescribesWhatIsAnswered(t *testing.T) {
	b := newPortal(t, secureSite).browser()
	raw := b.get("/api/openapi.yaml")
	var spec object
	if err := yaml.Unmarshal([]byte(raw.body), &spec); err != nil {
		t.Fatal(err)
	}
	s := schemas{spec}
	for path, targets := range map[string][]string{
		"/api/v1/platforms": {"/api/v1/platforms", "/api/v1/platforms?lang=en", "/api/v1/platforms?lang=fr"},
		"/api/v1/platforms/{platform}/recommendation": {recommendation, recommendation + "?safety=none&phone=suspended",
			recommendation + "?safety=coached&lang=en",
			recommendation + "?phone=x", "/api/v1/platforms/x/recommendation",
			strings.Replace(recommendation, "alipay", "wechatpay", 1) + "?safety=none&face=yes&card=bound&phone=works",
			live, live + "?safety=none&phone=works&email=yes", live + "?safety=none&phone=recent&saved=yes&email=yes&lang=en",
			live + "?safety=stolen", live + "?face=yes"},
	} {
		for _, target := range targets {
			a := b.get(target)
			answers := s.at("paths", path, "get", "responses", fmt.Sprint(a.status), "content", a.header.Get("Content-Type"),
				"schema")
			if answers == nil {
				t.Errorf("%s: %d %s is not described", target, a.status, a.header.Get("Content-Type"))
				continue
			}
			var value any
			if err := json.Unmarshal([]byte(a.body), &value); err != nil {
				t.Fatal(err)
			}
			for _, bad := range s.misfits("$", answers, value) {
				t.Errorf("%s: %s", target, bad)
			}
		}
	}
	example := object{"type": "object", "required": []any{"a"}, "properties": object{"a": object{"type": "integer"}}}
	for _, wrong := range []any{object{}, object{"a": "x"}, object{"a": 1.0, "b": 1.0}, []any{}} {
		if len(s.misfits("$", example, wrong)) == 0 {
			t.Errorf("%v should not fit", wrong)
		}
	}
}

// schemas reads the part of JSON Schema that openapi.yaml uses, and no key that it does not describe fits.
type schemas struct{ spec object }

func (s schemas) at(keys ...string) object {
	here := s.spec
	for _, key := range keys {
		next, _ := s.resolve(here)[key].(object)
		here = next
	}
	return here
}

func (s schemas) resolve(o object) object {
	ref, ok := o["$ref"].(string)
	if !ok {
		return o
	}
	return s.at(strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
}

func (s schemas) misfits(at string, schema object, value any) []string {
	schema = s.resolve(schema)
	if choices, ok := schema["oneOf"].([]any); ok {
		fitting := 0
		for _, choice := range choices {
			if len(s.misfits(at, choice.(object), value)) == 0 {
				fitting++
			}
		}
		if fitting != 1 {
			return []string{fmt.Sprintf("%s fits %d of the choices: %v", at, fitting, value)}
		}
		return nil
	}
	if allowed, ok := schema["enum"].([]any); ok && !slices.Contains(allowed, value) {
		return []string{fmt.Sprintf("%s: %v is none of %v", at, value, allowed)}
	}
	var bad []string
	switch v := value.(type) {
	case nil:
		return misfit(schema["type"] != "null", at, value)
	case string:
		return misfit(schema["type"] != "string", at, value)
	case float64:
		return misfit(schema["type"] != "integer" || v != float64(int(v)), at, value)
	case []any:
		bad = misfit(schema["type"] != "array", at, value)
		for i, item := range v {
			items, _ := schema["items"].(object)
			bad = append(bad, s.misfits(fmt.Sprintf("%s[%d]", at, i), items, item)...)
		}
	case object:
		bad = misfit(schema["type"] != "object", at, value)
		required, _ := schema["required"].([]any)
		for _, key := range required {
			if _, ok := v[key.(string)]; !ok {
				bad = append(bad, fmt.Sprintf("%s.%v is missing", at, key))
			}
		}
		properties, _ := schema["properties"].(object)
		others, open := schema["additionalProperties"].(object)
		for key, item := range v {
			described, ok := properties[key].(object)
			if !ok && open {
				described, ok = others, true
			}
			if !ok {
				bad = append(bad, fmt.Sprintf("%s.%s is not described", at, key))
				continue
			}
			bad = append(bad, s.misfits(at+"."+key, described, item)...)
		}
	}
	return bad
}

func misfit(wrong bool, at string, value any) []string {
	if wrong {
		return []string{fmt.Sprintf("%s: %v is of another type", at, value)}
	}
	return nil
}
