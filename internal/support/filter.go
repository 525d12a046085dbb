package support

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"zhaohui/internal/problem"
)

// Filter is a search that an agent keeps under a name, for one page of the desk.
type Filter struct {
	ID    string
	Agent string
	Page  string // of the desk: "tickets", "audit", "links"
	Name  string
	Query string // encoded; ids, states and days
	Made  time.Time
}

// How many searches an agent keeps, and how long their parts are.
const (
	mostFilters = 20
	filterName  = 24 // signs
	filterQuery = 400
)

// FilterStore keeps them.
type FilterStore interface {
	// Filters are those of an agent, by page and time.
	Filters(ctx context.Context, agent string) ([]Filter, error)
	// AddFilter keeps one; problem.Conflict if the agent has one of that name for the page, problem.Throttled if there are most
	// already.
	AddFilter(ctx context.Context, f Filter, most int) error
	// RemoveFilter removes an agent's own; nothing happens if it is not there.
	RemoveFilter(ctx context.Context, agent, id string) error
}

// Filters are the searches that agents keep.
type Filters struct {
	store FilterStore
	now   func() time.Time
}

// NewFilters makes them.
func NewFilters(store FilterStore, now func() time.Time) *Filters { return &Filters{store, now} }

// Of lists those of an agent for a page.
func (s *Filters) Of(ctx context.Context, agent, page string) ([]Filter, error) {
	all, err := s.store.Filters(ctx, agent)
	if err != nil {
		return nil, fmt.Errorf("list searches: %w", err)
	}
	var own []Filter
	for _, f := range all {
		if f.Page == page {
			own = append(own, f)
		}
	}
	return own, nil
}

// Keep keeps a search under a name. Its query is what the page read out of an address, never more.
func (s *Filters) Keep(ctx context.Context, agent, page, name string, query url.Values) error {
	name = strings.Join(strings.Fields(printable(name)), " ")
	encoded := query.Encode()
	switch {
	case name == "":
		return fmt.Errorf("keep a search: %w", invalid("name", "required"))
	case utf8.RuneCountInString(name) > filterName:
		return fmt.Errorf("keep a search: %w", invalid("name", "long"))
	case Private(name):
		return fmt.Errorf("keep a search: %w", invalid("name", "private"))
	case len(encoded) > filterQuery:
		return fmt.Errorf("keep a search: %w", invalid("query", "long"))
	}
	f := Filter{ID: newID(), Agent: agent, Page: page, Name: name, Query: encoded, Made: s.now()}
	switch err := s.store.AddFilter(ctx, f, mostFilters); problem.KindOf(err) {
	case problem.KindUnknown:
		if err != nil {
			return fmt.Errorf("keep a search: %w", err)
		}
		return nil
	case problem.KindConflict:
		return fmt.Errorf("keep a search: %w", invalid("name", "taken"))
	case problem.KindThrottled:
		return fmt.Errorf("keep a search: %w", invalid("name", "full"))
	default:
		return fmt.Errorf("keep a search: %w", err)
	}
}

// Drop removes an agent's own search.
func (s *Filters) Drop(ctx context.Context, agent, id string) error {
	if err := s.store.RemoveFilter(ctx, agent, id); err != nil {
		return fmt.Errorf("drop a search: %w", err)
	}
	return nil
}
