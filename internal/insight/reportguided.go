package insight

import "strings"

// guided sums up what was said on guided pages. Steps are in no order here: the content has theirs.
func (s *summing) guided() {
	type walk struct{ finished, failed int64 }
	walks, steps := map[string]walk{}, map[string]map[string]*[2]int64{}
	s.each(Walked, func(k Key, n int64) {
		w := walks[k.Platform+"/"+k.A]
		if k.B == "finished" {
			w.finished += n
		} else {
			w.failed += n
		}
		walks[k.Platform+"/"+k.A] = w
	})
	for i, measure := range []string{StepDone, StepFailed} {
		s.each(measure, func(k Key, n int64) {
			name := k.Platform + "/" + k.A
			if steps[name] == nil {
				steps[name] = map[string]*[2]int64{}
			}
			if steps[name][k.B] == nil {
				steps[name][k.B] = &[2]int64{}
			}
			steps[name][k.B][i] += n
			walks[name] = walk{walks[name].finished, walks[name].failed} // it is in the list also if nobody came to its end
		})
	}
	for _, name := range most(walks, func(w walk) int64 { return w.finished + w.failed }) {
		platform, channel, _ := strings.Cut(name, "/")
		w := Walk{Platform: platform, Channel: channel, Finished: Show(walks[name].finished), Failed: Show(walks[name].failed)}
		for _, id := range most(steps[name], func(n *[2]int64) int64 { return n[0] + n[1] }) {
			n := steps[name][id]
			w.Steps = append(w.Steps, WalkStep{id, Show(n[0]), Show(n[1])})
		}
		s.Walks = append(s.Walks, w)
	}
	s.Stops = s.lines(StopShown, whole)
}

func (s *summing) links() {
	rows := s.table(Link)
	for _, id := range most(rows, at("made")) {
		n := rows[id]
		s.Links = append(s.Links, Links{id, Show(n["made"]), Show(n["opened"]), Show(n["started"]), Show(n["finished"]), Show(n["failed"]),
			Show(n["scam"])})
	}
}

func (s *summing) votes() {
	rows := s.table(Vote)
	for _, slug := range most(rows, func(n map[string]int64) int64 { return n["yes"] + n["no"] }) {
		s.Votes = append(s.Votes, Votes{slug, Show(rows[slug]["yes"]), Show(rows[slug]["no"])})
	}
}

// searches are those that enough people made; all others are not shown at all, as words may name somebody.
func (s *summing) searches() {
	words := map[string]string{}
	s.each(searchText, func(k Key, _ int64) { words[k.A] = k.B })
	sums := map[string]int64{}
	s.each(searchHashed, func(k Key, n int64) {
		if text, ok := words[k.A]; ok {
			sums[text] += n
		}
	})
	for _, text := range most(sums, func(n int64) int64 { return n }) {
		if n := Show(sums[text]); n > 0 {
			s.Searches = append(s.Searches, Line{A: text, N: n})
		}
	}
}
