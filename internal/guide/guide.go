// Package guide decides how a person gets back in on a platform whose recovery is run by the platform itself:
// which question to ask next, which channels fit what was said and in which order, and where a walk goes on.
//
// It is pure: everything follows from the platform's data and the answers. It knows no HTTP, no storage, no
// person, and never sees anything secret; answers are words from a closed list.
package guide

import "time"

// Platform is one payment product whose customers are helped.
type Platform struct {
	ID        string
	Live      bool // recovered by the portal itself, not by the platform
	Order     int
	Hosts     []string // hosts that pages may link to, always with a leaving notice
	Contacts  []Contact
	App       App
	Questions []Question // in the order they are asked
	Channels  []*Channel // ranked ones in order of preference, then asides
	Last      string     // the channel every ladder ends at
	Texts     map[string]PlatformText

	safety     string // the question whose answers can stop
	questionAt map[string]int
	channelAt  map[string]*Channel
	naming     [maxQuestions]uint64 // by question: bit i, the rules of channel i name it
}

// Contact is an official line.
type Contact struct {
	ID  string
	Tel string
}

// App is what the platform's own app looks like in every sketch.
type App struct {
	Title string
	Tabs  []Row
}

// Question is something the chooser asks. Its values are a closed list; "unsure" never rules a channel out.
type Question struct {
	ID      string
	Values  []string
	Stop    []string // values that end in a stop page (requirement G4)
	Row     bool     // stands on the first screen, never asked alone
	Usual   string   // what an unanswered question counts as; "" means unknown
	Ask     []Clause // asked alone only if these lines hold
	Picture string
}

// Confidence says how sure a fact is.
type Confidence string

// The three degrees of confidence, and what they mean for a recommendation: an unconfirmed channel never "fits",
// it fits perhaps, and never comes first while a better-known one is possible.
const (
	Official    Confidence = "official"
	Reported    Confidence = "reported"
	Unconfirmed Confidence = "unconfirmed"
)

// Source is where a fact comes from.
type Source struct {
	ID, Title, Publisher, Date, Kind string
}

// Channel is one way to get back in.
type Channel struct {
	ID         string
	Rows       []string // rows of the coverage table
	Replaces   []string // ids of channels that are gone: links to them lead here
	Confidence Confidence
	Checked    time.Time
	Sources    []Source
	Minutes    [2]int // the person's own time, from–to
	WaitHours  int    // waiting for somebody else, at most
	Hours      string // when it is open, "" = always
	Human      bool   // an official person
	Older      bool   // an older route: it fits perhaps at most
	Aside      bool   // useful, but no way to reset: offered, never ranked
	Situation  bool   // for a situation in which nothing is to be reset: listed apart
	When       []Clause
	Needs      []Clause
	Lead       []Clause
	Steps      []Step
	Branches   []Branch
	Live       *Live // how the portal itself runs it; nil for a walk
	Texts      map[string]ChannelText

	because [maxQuestions]uint16 // by question: bit i, a text says why value i suits
}

// Live is a channel that the portal runs itself: it ends in proofs, not in steps.
type Live struct {
	Methods []string // any one of them is the channel's own proof
	With    []string // methods for the second proof, in the order they are suggested
	Second  int      // how many of the last lines of Needs are about the second proof
}

// Clause is one line of a rule: it holds if any of its terms holds.
type Clause []Term

// Term names a question and the values that satisfy it.
type Term struct {
	Question string
	Values   []string

	question int
	allowed  uint16 // bit i: value i satisfies
	unsure   uint16 // bit of "unsure", when it does not satisfy
	unsaid   Fit    // what it is while the question is unanswered
}

// Step is one screen of a walk.
type Step struct {
	ID        string
	Path      []string // labels from the start to here, as they stand in the app
	Screen    *Screen
	Checklist bool
}

// Branch is another run of screens that leads to the same end, for other versions of the app.
type Branch struct {
	ID    string
	From  string // the step that offers it
	To    string // the step it joins, "" if it ends the walk
	Steps []Step
}

// Screen is a phone sketch. All strings stand as they do on the phone.
type Screen struct {
	Kind    string
	Title   string
	Right   string
	Text    string
	URL     string
	Groups  [][]Row
	Buttons []string
	Tabs    []Row
	Tap     string // the label that is ringed; "frame" in a camera
}

// Row is one line or tile of a screen.
type Row struct {
	Icon, Label, Note string
}

// PlatformText is a platform in one language.
type PlatformText struct {
	Name, Hint, Intro string
	Contacts          map[string]ContactText
	Warning           Note
	Freeze            Note
	Labels            map[string]string
	Questions         map[string]QuestionText
}

// ContactText names an official line.
type ContactText struct{ Name, Note string }

// Note is a heading with a text: HTML made from Markdown in Freeze, plain in Warning.
type Note struct{ Title, Text string }

// QuestionText is a question in one language. Need says what a channel that depends on it requires.
type QuestionText struct {
	Text, Short, Why, Need string
	Row                    string // how the first screen names it, folded
	Values                 map[string]ValueText
}

// ValueText is an answer in one language; Said completes "you said …".
type ValueText struct{ Text, Hint, Said string }

// ChannelText is a channel in one language. Strings with break marks ("|") are titles. HTML fields are ready to print.
type ChannelText struct {
	Title, Name, Headline, Summary string
	Have, Risks                    []string
	Because                        map[string]string // "question=value" → why it suits
	IfNot                          string
	Happens                        []string // what happens, in order: a live channel has no steps to list
	Asks                           []Ask    // what a live channel asks for, and why
	IntroHTML                      string
	Labels                         map[string]string
	Steps                          map[string]StepText
}

// Ask is one thing that a live channel asks a person for, with the reason.
type Ask struct{ What, Why string }

// StepText is a step in one language.
type StepText struct {
	Title         string
	HTML, SeeHTML string
	Else          []ElseText
	List          []string // HTML of the items that can be ticked
	Line          int      // where it begins in its file
}

// ElseText is something else the person may see. Step names the step that it leads to, "" for advice alone.
type ElseText struct{ HTML, Text, Step string }

// Channel finds a channel by id.
func (p *Platform) Channel(id string) (*Channel, bool) {
	c, ok := p.channelAt[id]
	return c, ok
}

// Question finds a question by id.
func (p *Platform) Question(id string) (Question, bool) {
	i, ok := p.questionAt[id]
	if !ok {
		return Question{}, false
	}
	return p.Questions[i], true
}

// Safety is the question that comes before any channel (requirement G4).
func (p *Platform) Safety() Question { return p.Questions[p.questionAt[p.safety]] }

// Label is how a label of the app reads in a language: the label itself, with its meaning behind it where the
// language is another one.
func (p *Platform) Label(c *Channel, lang, label string) string {
	if gloss := p.Gloss(c, lang, label); gloss != "" {
		return label + " " + gloss
	}
	return label
}

// Gloss is the meaning of a label in a language, "" where none is kept.
func (p *Platform) Gloss(c *Channel, lang, label string) string {
	if gloss := c.Texts[lang].Labels[label]; gloss != "" {
		return gloss
	}
	return p.Texts[lang].Labels[label]
}
