// Package store keeps things: the index that is searched, and what the portal has to remember in its data folder or
// database. It decides no rules; the domain packages name what they need of it.
package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"zhaohui/internal/help"
	"zhaohui/internal/problem"
)

// Search finds documents with SQLite's full-text index, in memory. It implements help.Index.
//
// The index is built by the first search, not at start: most starts are followed by pages, and an instance that nobody
// searches in needs neither the time nor the memory. It has one connection because every connection to an in-memory
// database has a database of its own.
type Search struct {
	documents []help.Document
	groups    [][]string

	mu    sync.Mutex // held while building
	list  func() []help.Document
	built *index
}

// index is what one build makes.
type index struct {
	db        *sql.DB
	find      map[string]*sql.Stmt // by language
	synonyms  *help.Synonyms
	syllables map[string]bool // every syllable that some document has
}

// The columns of an index, with the weight of a match in each. Text comes last of those that hold words: what stands
// in a title or among the words of a document is what it is about.
var columns = []struct {
	name   string
	weight float64
}{{"title", 10}, {"words", 8}, {"text", 1}, {"single", 2}, {"syllables", 4}, {"initials", 2}}

// SearchLater prepares a search over documents that are listed for the first one: together they are as large as the
// content that they are made of.
func SearchLater(list func() []help.Document, synonyms [][]string) *Search {
	return &Search{list: list, groups: synonyms}
}

// OpenSearch prepares a search over documents. synonyms are the groups of content/help/synonyms.yaml.
func OpenSearch(documents []help.Document, synonyms [][]string) (*Search, error) {
	seen := map[[2]string]bool{}
	for _, d := range documents {
		id := [2]string{d.Lang, d.Key}
		if seen[id] {
			return nil, fmt.Errorf("open search: two documents are %s in %s", d.Key, d.Lang)
		}
		seen[id] = true
	}
	return &Search{documents: documents, groups: synonyms}, nil
}

// Search finds at most limit documents in a language: those with all terms first, then those with some, and if there
// are none those with all the characters. It does not stop for a cancelled context once it runs: that takes less than
// a millisecond, and stopping could cost the connection and the index with it.
func (s *Search) Search(ctx context.Context, lang, query string, limit int) ([]help.Hit, error) {
	hits := []help.Hit{}
	if help.Secretive(query) {
		return hits, fmt.Errorf("search: %w", problem.Invalid{Fields: map[string]string{"q": "digits"}})
	}
	if err := ctx.Err(); err != nil {
		return hits, fmt.Errorf("search: %w: %w", problem.Unavailable, err)
	}
	ix, err := s.index()
	if err != nil {
		return hits, fmt.Errorf("search: %w: %w", problem.Unavailable, err)
	}
	find, ok := ix.find[lang]
	if !ok || limit <= 0 {
		return hits, nil
	}
	q := help.ParseQuery(query, ix.synonyms)
	var found []int
	for _, match := range ix.matches(q) {
		if match.last && len(found) > 0 || len(found) >= limit {
			break
		}
		if found, err = ix.collect(ctx, find, match.expression, found, limit); err != nil {
			return hits, fmt.Errorf("search: %w: %w", problem.Unavailable, err)
		}
	}
	for _, i := range found {
		d := s.documents[i]
		hits = append(hits, help.Hit{Kind: d.Kind, Platform: d.Platform, ID: d.ID, Title: d.Title, Passage: help.Passage(d.Passages, q)})
	}
	return hits, nil
}

// collect appends what one expression finds and was not found before.
func (ix *index) collect(ctx context.Context, find *sql.Stmt, expression string, found []int, limit int) ([]int, error) {
	rows, err := find.QueryContext(context.WithoutCancel(ctx), expression, limit)
	if err != nil {
		return found, err
	}
	defer rows.Close()
	for rows.Next() && len(found) < limit {
		var i int
		if err := rows.Scan(&i); err != nil {
			return found, err
		}
		if !slices.Contains(found, i) {
			found = append(found, i)
		}
	}
	return found, cmp.Or(rows.Err(), rows.Close())
}

// Close frees the index. A later search builds it again.
func (s *Search) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.built == nil {
		return nil
	}
	db := s.built.db
	s.built = nil
	return db.Close()
}

func (s *Search) index() (*index, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.built == nil {
		if s.list != nil {
			s.documents, s.list = s.list(), nil
		}
		built, err := build(s.documents, s.groups)
		if err != nil {
			return nil, fmt.Errorf("build index: %w", err)
		}
		s.built = built
	}
	return s.built, nil
}

func build(documents []help.Document, groups [][]string) (*index, error) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	db.SetMaxIdleConns(1)
	ix := &index{db: db, find: map[string]*sql.Stmt{}, syllables: map[string]bool{}, synonyms: help.NewSynonyms(groups, spellings)}
	if err := ix.fill(documents); err != nil {
		db.Close()
		return nil, err
	}
	return ix, nil
}

// fill makes a table for each language, so that the ranks of one are not those of another. The tables keep no text;
// a row's number is the document's place in the list.
func (ix *index) fill(documents []help.Document) error {
	byLang := map[string][]int{}
	for i, d := range documents {
		byLang[d.Lang] = append(byLang[d.Lang], i)
	}
	var names, marks, weights []string
	for i, c := range columns {
		names = append(names, c.name)
		marks = append(marks, fmt.Sprintf("$%d", i+2))
		weights = append(weights, fmt.Sprint(c.weight))
	}
	tx, err := ix.db.Begin()
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	for n, lang := range slices.Sorted(maps.Keys(byLang)) {
		create := fmt.Sprintf(`CREATE VIRTUAL TABLE search%d USING fts5(%s, content='', tokenize='porter ascii')`, n, strings.Join(names, ", "))
		if _, err := tx.Exec(create); err != nil {
			return err
		}
		insert, err := tx.Prepare(fmt.Sprintf(`INSERT INTO search%d (rowid, %s) VALUES ($1, %s)`, n, strings.Join(names, ", "), strings.Join(marks, ", ")))
		if err != nil {
			return err
		}
		for _, i := range byLang[lang] {
			if _, err := insert.Exec(ix.row(i, documents[i])...); err != nil {
				return err
			}
		}
		if err := insert.Close(); err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	for n, lang := range slices.Sorted(maps.Keys(byLang)) {
		find := fmt.Sprintf(`SELECT rowid FROM search%d WHERE search%d MATCH $1 ORDER BY bm25(search%d, %s), rowid LIMIT $2`, n, n, n, strings.Join(weights, ", "))
		if ix.find[lang], err = ix.db.Prepare(find); err != nil {
			return err
		}
	}
	return nil
}

// row is a document's line of the index, in the order of columns.
func (ix *index) row(i int, d help.Document) []any {
	named := append([]string{d.Title}, d.Words...)
	syllables, initials := pinyinOf(named)
	for _, syllable := range strings.Fields(syllables) {
		if syllable != stop {
			ix.syllables[syllable] = true
		}
	}
	return []any{i, tokens(d.Title), tokens(d.Words...), tokens(d.Text), singles(append(named, d.Text)...), syllables, initials}
}
