package insight

import (
	"context"
	"errors"
	"maps"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Key is what is counted: ids of the content, codes and days, nothing that anybody typed but what Search lets pass.
type Key struct {
	Day      string // "2026-11-22" where the operator is
	Measure  string
	Platform string // "" if it belongs to none
	A, B     string // as the measure says
}

// Counts are additions.
type Counts map[Key]int64

// The measures, with what their A and B are.
const (
	Reached      = "reached"       // live: channel, step of the funnel; on the day when the case began
	Took         = "took"          // live: channel, bucket of the time from the beginning to the end; likewise
	Ended        = "ended"         // live: how a case ended, the step where it stood; "" for those that are done
	Tried        = "tried"         // live: method, "begun" "passed" "wrong" or why it failed
	Walked       = "walked"        // guided: channel, "finished" or "failed"
	StepDone     = "step-done"     // guided: channel, step
	StepFailed   = "step-failed"   // guided: channel, step
	StopShown    = "stop"          // guided: stop page
	Ticket       = "ticket"        // kind, what happened to it
	Refused      = "refused"       // ticket's kind, reason
	Promise      = "promise"       // ticket's kind, "kept" or "broken"
	TicketTook   = "ticket-took"   // ticket's kind, bucket of the time from sending to the decision
	Letter       = "letter"        // channel, state; on the day when it was written
	Link         = "link"          // kind, "made" "opened" "started" "finished" "failed" "scam"; on the day when it was made
	Vote         = "vote"          // article, "yes" or "no"
	searchHashed = "search"        // hash
	searchText   = "search-phrase" // hash, words: only once enough people searched for them
)

// mostWaiting bounds what waits in memory for the next minute; what comes beyond is not counted.
const mostWaiting = 5000

// Count adds to the counts of now, in memory. Ids that do not look like ids count as "other".
func (k *Keeper) Count(measure, platform, a, b string) {
	k.add(Key{k.day(k.config.Now()), measure, id(platform), id(a), id(b)})
}

// CountVote adds a vote on an article to a day.
func (k *Keeper) CountVote(day, slug string, helpful bool) {
	k.add(Key{Day: day, Measure: Vote, A: id(slug), B: map[bool]string{true: "yes", false: "no"}[helpful]})
}

// CountSearch counts words that nothing was found for. It takes only what can hardly be somebody's: short, no digit, no sign.
// The words are kept as a keyed hash until enough people looked for the same.
func (k *Keeper) CountSearch(query string) {
	words := strings.ToLower(strings.Join(strings.Fields(query), " "))
	if !plain(words) {
		return
	}
	hash := k.config.Hash("search:" + words)
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.phrases) < mostPhrases || k.phrases[hash] != "" {
		k.phrases[hash] = words
		k.waiting[Key{Day: k.day(k.config.Now()), Measure: searchHashed, A: hash}]++
	}
}

const (
	mostPhrases  = 200 // a minute
	longestWords = 40
)

// plain says whether words may be counted at all.
func plain(words string) bool {
	return words != "" && utf8.RuneCountInString(words) <= longestWords && strings.IndexFunc(words, func(r rune) bool {
		return !unicode.IsLetter(r) && r != ' ' && r != '-' && r != '\''
	}) < 0
}

func (k *Keeper) add(key Key) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if _, known := k.waiting[key]; known || len(k.waiting) < mostWaiting {
		k.waiting[key]++
	}
}

// Flush writes what waits in memory. What could not be written waits on.
func (k *Keeper) Flush(ctx context.Context) error {
	k.mu.Lock()
	counts, phrases := k.waiting, k.phrases
	k.waiting, k.phrases = Counts{}, map[string]string{}
	k.mu.Unlock()
	if len(counts) == 0 {
		return nil
	}
	since := k.day(k.config.Now().Add(-phraseLife))
	more := func(sums map[string]int64) Counts { return named(sums, phrases, k.day(k.config.Now())) }
	err := k.config.Store.AddInsight(ctx, counts, more, SumOf{Measure: searchHashed, Since: since, A: keys(phrases)})
	if err != nil {
		k.mu.Lock()
		defer k.mu.Unlock()
		for key, n := range counts {
			if _, known := k.waiting[key]; known || len(k.waiting) < mostWaiting {
				k.waiting[key] += n
			}
		}
		maps.Copy(k.phrases, phrases)
		return errors.Join(errors.New("write counts"), err)
	}
	return nil
}

// phraseLife is the time in which enough people have to search for the same.
const phraseLife = 90 * 24 * time.Hour

// named are the words of those hashes that enough people searched for.
func named(sums map[string]int64, phrases map[string]string, day string) Counts {
	counts := Counts{}
	for hash, words := range phrases {
		if sums[hash] >= Few {
			counts[Key{Day: day, Measure: searchText, A: hash, B: words}] = 1
		}
	}
	return counts
}

func keys(phrases map[string]string) []string {
	var all []string
	for hash := range phrases {
		all = append(all, hash)
	}
	return all
}

var anID = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

// id keeps what looks like an id of the content or a code.
func id(s string) string {
	if s == "" || anID.MatchString(s) {
		return s
	}
	return "other"
}
