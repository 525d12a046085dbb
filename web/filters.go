package web

import (
	"fmt"
	"net/url"
	"slices"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// filterPages are the pages whose searches can be kept, with what their addresses say of a search; places in a list are no part
// of it.
var filterPages = map[string]struct {
	path   string
	fields []string
}{
	"audit":   {"/agent/audit", auditFields},
	"tickets": {"/agent/tickets", []string{"show", "kind"}},
	"links":   {"/agent/links", []string{"platform", "channel", "article", "show"}},
	"insight": {"/agent/insight", []string{"days", "platform"}},
}

// filterValue is how long a part of a search may be.
const filterValue = 64

// searchOn is what of an address is a search on a page.
func searchOn(page string, typed url.Values) url.Values {
	query := url.Values{}
	for _, field := range filterPages[page].fields {
		if value := typed.Get(field); value != "" && len(value) <= filterValue {
			query.Set(field, value)
		}
	}
	return query
}

// filterBar are the searches that the agent keeps for a page, and the one it shows, ready to be kept. Pages put it over their
// tables with FilterLine. query is what the page understood of its address.
func (s *Site) filterBar(v *visit, page string, query url.Values) (templates.FilterBar, error) {
	if s.Filters == nil {
		return templates.FilterBar{}, nil
	}
	saved, err := s.Filters.Of(v.Request().Context(), v.agent.Agent.ID, page)
	if err != nil {
		return templates.FilterBar{}, fmt.Errorf("searches of the page: %w", err)
	}
	bar := templates.FilterBar{Action: v.to("/agent/filters", ""), Page: page}
	query = searchOn(page, query)
	known := false
	for _, f := range saved {
		here := f.Query == query.Encode()
		known = known || here
		bar.Saved = append(bar.Saved, templates.FilterLink{ID: f.ID, Name: f.Name, URL: v.to(filterPages[page].path, f.Query), Here: here})
	}
	if !known {
		bar.Fields = fieldsOf(page, query)
	}
	return bar, nil
}

func fieldsOf(page string, query url.Values) []templates.Field {
	var all []templates.Field
	for _, field := range filterPages[page].fields {
		if query.Has(field) {
			all = append(all, templates.Field{Name: field, Value: query.Get(field)})
		}
	}
	return all
}

// submitFilter keeps a search or drops one, and leads back to its page.
func (s *Site) submitFilter(v *visit) error {
	fields := []string{"page", "name", "drop"}
	for _, p := range filterPages {
		fields = append(fields, p.fields...)
	}
	form, err := v.form(fields...)
	if err != nil {
		return err
	}
	page, ok := filterPages[form.Get("page")]
	if !ok {
		return problem.Invalid{Fields: map[string]string{"form": "unknown-value"}}
	}
	if !s.open(v, page.path) {
		return problem.Denied
	}
	ctx, me := v.Request().Context(), v.agent.Agent.ID
	if id := form.Get("drop"); id != "" {
		if err := s.Filters.Drop(ctx, me, id); err != nil {
			return err
		}
		return v.see(v.to(page.path, ""))
	}
	query := searchOn(form.Get("page"), form)
	err = s.Filters.Keep(ctx, me, form.Get("page"), form.Get("name"), query)
	if mistakes := wrong(err); len(mistakes) > 0 {
		return s.fresh(v, statusOf(err), templates.FilterKeep(s.filterView(v, form.Get("page"), form.Get("name"), query, mistakes)))
	}
	if err != nil {
		return err
	}
	return v.see(v.to(page.path, query.Encode()))
}

// filterView is the form once more, with what is wrong.
func (s *Site) filterView(v *visit, page, name string, query url.Values, mistakes map[string]string) templates.FilterView {
	t := v.words.T
	code := mistakes["name"]
	if !slices.Contains([]string{"required", "long", "private", "taken", "full"}, code) {
		code = "query"
	}
	text := t("filter.wrong." + code)
	path := filterPages[page].path
	if support.Private(name) { // what must not be kept is not shown again either
		name = ""
	}
	return templates.FilterView{AgentPage: s.console(v, t("filter.keep"), path), Errors: []templates.FieldError{{Field: "name", Text: text}},
		Bar:  templates.FilterBar{Action: v.to("/agent/filters", ""), Page: page, Fields: fieldsOf(page, query), Name: name, Error: text},
		Back: ui.Link{Text: t("filter.back"), URL: v.to(path, query.Encode())}}
}
