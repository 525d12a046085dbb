package support

import (
	"context"
	"errors"
	"fmt"

	"zhaohui/internal/problem"
)

// Names are what colleagues read of agents, by id. Who is not there any more is left out.
func (d *Desk) Names(ctx context.Context, ids ...string) (map[string]string, error) {
	names := map[string]string{}
	for _, id := range ids {
		if id == "" || names[id] != "" {
			continue
		}
		a, err := d.deps.Store.Agent(ctx, id)
		switch {
		case err == nil:
			names[id] = a.Shown
		case !errors.Is(err, problem.NotFound):
			return nil, fmt.Errorf("names of agents: %w", err)
		}
	}
	return names, nil
}
