package store

import (
	"context"
	"fmt"
	"strings"
)

// Versions are those of cases, by id; one that does not exist is missing. One question serves all pages of a process that wait
// for a case to move.
func (s *Cases) Versions(ctx context.Context, ids []string) (map[string]int64, error) {
	versions := make(map[string]int64, len(ids))
	if len(ids) == 0 {
		return versions, nil
	}
	places, args := make([]string, len(ids)), make([]any, len(ids))
	for i, id := range ids {
		places[i], args[i] = fmt.Sprintf("$%d", i+1), id
	}
	rows, err := s.db.read().QueryContext(ctx, `SELECT id, version FROM recovery_case WHERE id IN (`+strings.Join(places, ", ")+`)`, args...)
	if err != nil {
		return nil, failed("look at versions of cases", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var version int64
		if err := rows.Scan(&id, &version); err != nil {
			return nil, failed("look at versions of cases", err)
		}
		versions[id] = version
	}
	return versions, failed("look at versions of cases", rows.Err())
}
