package web

import (
	"cmp"
	"context"
	"slices"

	"zhaohui/internal/insight"
	"zhaohui/internal/support"
	"zhaohui/templates"
)

// scams are the links of the report's days that were reported as a scam, by pattern, fit to be shown: the most frequent
// patterns first, those that look alike in the order in which agents are asked for them.
func (s *Site) scams(ctx context.Context, r *insight.Report, platform string) ([]insight.Line, error) {
	if s.Links == nil {
		return nil, nil
	}
	counts, err := s.Links.Scams(ctx, r.From, platform)
	if err != nil {
		return nil, err
	}
	var lines []insight.Line
	for _, pattern := range support.Patterns {
		if n := insight.Show(int64(counts[pattern])); n != 0 {
			lines = append(lines, insight.Line{A: pattern, N: n})
		}
	}
	slices.SortStableFunc(lines, func(x, y insight.Line) int { return cmp.Compare(y.N.Size(), x.N.Size()) })
	return lines, nil
}

// reported says by what customers were deceived, as agents reported it of links.
func (n *numbers) reported() templates.InsightSection {
	return n.lines("scams", n.scams, func(l insight.Line) string { return n.t("link.scam.is-" + l.A) }, "pattern", "reported")
}
