package support

import "time"

// Link is a short address that an agent gives to a customer. It carries no identity and no authority: whoever opens it
// may do what everybody may, and what is counted of it has no person in it.
type Link struct {
	Code    string // see ParseCode
	Agent   string // id, or TokenPrefix and the id of whose token made it
	Lang    string // that its pages are shown in
	Target  Target
	Created time.Time
	Expires time.Time
	MaxUses int       // 0 is no limit
	Retired time.Time // zero while it is good
	Why     string    // it was retired: one of the Why…
	Pattern string    // of the scam, one of Patterns
	Version string    // of what it leads to, when it was made
	Counts  Counts
}

// TokenPrefix stands before the id of an agent whose token made a link.
const TokenPrefix = "token:"

// Why a link was retired.
const (
	WhyRevoked = "revoked" // its agent took it back
	WhyContent = "content" // what it leads to changed
	WhyScam    = "scam"    // whoever opened it is being deceived: they see the stop page
)

// How a link ended that was not retired.
const (
	WhyOver = "over" // its time is over
	WhyUsed = "used" // it was opened as often as it may be
)

// Patterns are the kinds of deceit that are counted.
var Patterns = []string{"caller", "screen", "fee", "hotline", "other"}

// Ended says why a link leads on no more, "" while it does.
func (l Link) Ended(now time.Time) string {
	switch {
	case !l.Retired.IsZero():
		return l.Why
	case !now.Before(l.Expires):
		return WhyOver
	case l.MaxUses > 0 && l.Counts.Opened >= l.MaxUses:
		return WhyUsed
	}
	return ""
}

// By says whether an agent made a link, or a token of theirs did.
func (l Link) By(agent string) bool {
	return agent != "" && (l.Agent == agent || l.Agent == TokenPrefix+agent)
}

// Target is what a link leads to.
type Target struct {
	Kind     string // one of the To…
	Platform string
	Channel  string
	Step     string
	Slug     string // of an article, a page or a stop
	Query    string // what the customer said, as the chooser writes it; never the answer to the safety question
	Case     string // the address of a recovery, which only its owner can open
}

// What a link can lead to, and the fields that its target needs.
const (
	ToArticle  = "article"  // Slug
	ToStep     = "step"     // Platform, Channel, Step; Query if it was said
	ToChannel  = "channel"  // Platform, Channel; Query if it was said
	ToChooser  = "chooser"  // Platform; Query if it was said
	ToCase     = "case"     // Case
	ToPlatform = "platform" // Platform
	ToPage     = "page"     // Slug
	ToStop     = "stop"     // Slug
	ToHelp     = "help"
	ToHome     = "home"
)

// Counts are what became of a link: visits, not people.
type Counts struct {
	Opened, Started, Finished, Failed int
	Steps                             []StepCount // where visits stand or ended, most first
}

// StepCount is how many visits were at a step last.
type StepCount struct {
	Step  string // "platform/channel/step"
	Count int
}

// Mark is what a visit that began with a link did for the first time. Whoever notes it keeps what was noted before.
type Mark struct {
	Started, Finished, Failed bool
	Step                      string // where the visit is now, "platform/channel/step"; "" if that is unchanged
	Left                      string // where it was before, "" if nowhere
}

// NewLink is a link that is to be made.
type NewLink struct {
	Agent   string // see Link
	Lang    string
	Target  Target
	Expires time.Time // zero is a week from now
	MaxUses int
}

// LinkFilter chooses among the links that lead on; an empty field is any.
type LinkFilter struct {
	Agent                         string
	Kind, Platform, Channel, Step string
	Slug                          string
	Changed                       bool      // what they lead to is not what it was when they were made, or is gone
	Before                        time.Time // made before then; zero is any
}
