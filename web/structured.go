package web

import (
	"encoding/json"
	"fmt"

	"zhaohui/internal/guide"
	"zhaohui/internal/help"
)

// howTo is a channel as structured data (schema.org HowTo).
func howTo(name string, t guide.ChannelText, c *guide.Channel) string {
	type item map[string]any
	var steps []item
	for _, step := range c.Steps {
		st := t.Steps[step.ID]
		steps = append(steps, item{"@type": "HowToStep", "name": unbroken(st.Title)})
	}
	for _, happens := range t.Happens {
		steps = append(steps, item{"@type": "HowToStep", "name": happens})
	}
	return structured(item{"@context": "https://schema.org", "@type": "HowTo", "name": name, "description": t.Summary,
		"totalTime": fmt.Sprintf("PT%dM", c.Minutes[1]), "step": steps})
}

// articleData is an article as structured data: questions with their answers, or something to do in sections.
func articleData(a *help.Article, t help.Text) string {
	type item map[string]any
	if a.Kind == "howto" {
		var steps []item
		for _, s := range t.Sections {
			steps = append(steps, item{"@type": "HowToStep", "name": s.Title, "text": s.Text})
		}
		return structured(item{"@context": "https://schema.org", "@type": "HowTo", "name": unbroken(t.Title),
			"description": t.Answer, "step": steps})
	}
	answer := item{"@type": "Answer", "text": t.Answer}
	return structured(item{"@context": "https://schema.org", "@type": "FAQPage",
		"mainEntity": []item{{"@type": "Question", "name": unbroken(t.Title), "acceptedAnswer": answer}}})
}

func structured(v any) string {
	out, err := json.Marshal(v) // escapes < and > so that nothing in it ends the script element
	if err != nil {
		return ""
	}
	return string(out)
}
