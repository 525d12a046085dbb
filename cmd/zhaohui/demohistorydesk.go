package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"zhaohui/internal/guide"
	"zhaohui/internal/insight"
	"zhaohui/internal/support"
)

// What the desk of the past does in a week, about.
const (
	appealsAWeek = 6
	linksADay    = 5
)

// people at the desk, as content/demo/agents.json names them.
const (
	pastAgent    = "agent"
	pastReviewer = "reviewer"
	pastLead     = "lead"
)

// desks plans what the desk does, and what people of the guided half leave behind: nothing but counts.
func (h *history) desks() {
	for day := range h.length {
		date := h.from.AddDate(0, 0, day)
		for range h.about(appealsAWeek / 7.) {
			h.at(h.hour(date), h.appeal)
		}
		if weekday := date.Weekday(); weekday != time.Saturday && weekday != time.Sunday {
			for range h.about(linksADay) {
				h.at(h.hour(date), h.share)
			}
		}
		for range 4 {
			h.at(h.hour(date), h.guided)
		}
		h.at(date.Add(23*time.Hour), h.count)
	}
}

// about is a number that is so much on average.
func (h *history) about(mean float64) int {
	n := int(mean)
	if h.random.Float64() < mean-float64(n) {
		n++
	}
	return n
}

// count brings the counts of insight up to date.
func (h *history) count(ctx context.Context) error {
	return errors.Join(h.keeper.Flush(ctx), h.keeper.Follow(ctx))
}

// guided counts some people who were led through an official app: some steps each, to the end or to where it did not go on.
func (h *history) guided(context.Context) error {
	var platforms []*guide.Platform
	for _, p := range h.content.Platforms {
		if !p.Live {
			platforms = append(platforms, p)
		}
	}
	for range 3 + h.random.IntN(8) {
		p := platforms[h.random.IntN(len(platforms))]
		c := p.Channels[int(float64(len(p.Channels))*h.random.Float64()*h.random.Float64())] // the first ones are for most
		for i, step := range c.AllSteps() {
			if h.random.IntN(100) < 6 {
				h.keeper.Count(insight.StepFailed, p.ID, c.ID, step.ID)
				h.keeper.Count(insight.Walked, p.ID, c.ID, "failed")
				break
			}
			h.keeper.Count(insight.StepDone, p.ID, c.ID, step.ID)
			if i == len(c.AllSteps())-1 {
				h.keeper.Count(insight.Walked, p.ID, c.ID, "finished")
			}
			if h.random.IntN(100) < 7 { // closed the page
				break
			}
		}
	}
	if articles := h.content.Help.Articles; h.random.IntN(100) < 60 {
		a := articles[h.random.IntN(len(articles))%12]
		h.keeper.CountVote(h.now().In(h.zone).Format(time.DateOnly), a.Slug, h.random.IntN(100) < 78)
	}
	if h.random.IntN(100) < 25 {
		h.keeper.CountSearch([]string{"花呗怎么关", "公积金", "换绑手机号要多久", "医保密码", "社保卡密码"}[h.random.IntN(5)])
	}
	if stops := h.content.Stops; h.random.IntN(100) < 10 {
		ids := make([]string, 0, len(stops))
		for id := range stops {
			ids = append(ids, id)
		}
		slices.Sort(ids)
		h.keeper.Count(insight.StopShown, platforms[0].ID, ids[h.random.IntN(len(ids))], "")
	}
	return nil
}

// share is a link that an agent sends, and what its customer does with it.
func (h *history) share(ctx context.Context) error {
	agent, err := h.desk.Find(ctx, pastAgent)
	if err != nil {
		return err
	}
	p := h.content.Platforms[h.random.IntN(len(h.content.Platforms))]
	c := p.Channels[h.random.IntN(min(4, len(p.Channels)))]
	link, err := h.links.Make(ctx, support.NewLink{Agent: agent.ID, Lang: "zh", Target: support.Target{Kind: support.ToChannel, Platform: p.ID,
		Channel: c.ID}})
	if err != nil {
		return err
	}
	marks := []support.Mark{{Started: true}, {Finished: true}}
	if h.random.IntN(100) < 20 {
		marks[1] = support.Mark{Failed: true}
	}
	reached := h.random.IntN(100)
	when := h.now().Add(time.Duration(1+h.random.IntN(90)) * time.Minute)
	if reached < 82 {
		h.at(when, func(ctx context.Context) error {
			_, err := h.links.Open(ctx, link.Code)
			return err
		})
	}
	for i, mark := range marks {
		if reached < []int{66, 47}[i] {
			h.at(when.Add(time.Duration(2+i*7)*time.Minute), func(ctx context.Context) error {
				_, err := h.links.Note(ctx, link.Code, mark)
				return err
			})
		}
	}
	if pattern := []string{"caller", "caller", "screen", "fee"}; reached >= 48 && reached < 52 { // began, and then told the agent
		h.at(when.Add(time.Hour), func(ctx context.Context) error {
			return h.links.Scam(ctx, link.Code, pattern[reached-48], support.Actor(agent.ID))
		})
	}
	return nil
}

// appeal is somebody who has nothing left: they tell what they know, and people decide.
func (h *history) appeal(ctx context.Context) error {
	who := h.idle()
	if who == nil || h.tickets == nil {
		return nil
	}
	v := h.visitor(who)
	v.channel, v.thief, v.wandered, v.leaves, v.careless = "sms", false, false, -1, 0
	return v.takeUp(ctx, func(wait func(time.Duration) bool) { v.runAppeal(ctx, wait) })
}

func (v *visitor) runAppeal(ctx context.Context, wait func(time.Duration) bool) {
	if !v.begin(ctx) || !wait(v.thinking()) {
		return
	}
	sight, err := v.service.Look(ctx, v.key)
	if v.gone(err) {
		return
	}
	if _, err = v.step(ctx, sight); v.gone(err) || !wait(v.thinking()) {
		return
	}
	t, _, err := v.tickets.Begin(ctx, support.NewTicket{Kind: "appeal", Case: v.key.Case, Key: v.key.Case, Lang: "zh"})
	if v.gone(err) || !wait(v.thinking()) || !v.tell(ctx, t, wait, 55+v.random.IntN(40)) {
		return
	}
	if v.random.IntN(100) < 12 { // thought better of it
		return
	}
	if t, err = v.tickets.Send(ctx, v.key.Case, t.ID); v.gone(err) {
		return
	}
	for range 6 { // enough for a question, two people and a silence
		if !wait(v.workload()) {
			return
		}
		if t, err = v.decide(ctx, t); v.gone(err) {
			return
		}
		switch t.State {
		case support.TicketOpen: // a second person looks
		case support.TicketAsked:
			if v.random.IntN(100) < 25 { // no answer: people have to decide without it
				if !wait(8 * 24 * time.Hour) {
					return
				}
				continue
			}
			if !wait(time.Duration(4+v.random.IntN(50))*time.Hour) || !v.tell(ctx, t, wait, 80) {
				return
			}
			if t, err = v.tickets.Send(ctx, v.key.Case, t.ID); v.gone(err) {
				return
			}
		case support.TicketApproved:
			if wait(74*time.Hour + v.workload()) {
				v.run(ctx, wait)
			}
			return
		default:
			return
		}
	}
}

// tell answers so many of a hundred questions of the form.
func (v *visitor) tell(ctx context.Context, t *support.Ticket, wait func(time.Duration) bool, share int) bool {
	answers := []struct {
		ask   string
		typed map[string]string
	}{{"first-device", map[string]string{"model": "红米手机", "since": "2019-08"}}, {"places", map[string]string{"place": "家里和单位", "when": "这几年"}},
		{"phones", map[string]string{"phone": "1990003" + v.who.phone[7:]}}, {"registered", map[string]string{"month": "2018-05"}},
		{"top-ups", map[string]string{"day": "2026-03-02", "yuan": "200"}}, {"usual-use", map[string]string{"use": "买菜，坐地铁，交水电费"}},
		{"mail-prefix", map[string]string{"prefix": "past"}}}
	for _, a := range answers {
		if !t.MayAnswer(a.ask) || v.random.IntN(100) >= share && t.State == support.TicketDraft {
			continue
		}
		if _, err := v.tickets.Save(ctx, v.key.Case, t.ID, a.ask, a.typed); v.gone(err) || !wait(v.thinking()) {
			return false
		}
	}
	return true
}

// workload is how long a ticket waits for people: until they are at work, now and then longer than was promised.
func (h *history) workload() time.Duration {
	until := h.now().Add(time.Duration(2+h.random.ExpFloat64()*9) * time.Hour)
	if h.random.IntN(100) < 10 {
		until = until.Add(60 * time.Hour)
	}
	for {
		local := until.In(h.zone)
		if weekend := local.Weekday() == time.Saturday || local.Weekday() == time.Sunday; !weekend && local.Hour() >= 9 && local.Hour() < 18 {
			return until.Sub(h.now())
		}
		until = until.Add(time.Hour)
	}
}

// decide is what a reviewer makes of a ticket: a second one if the first agreed.
func (h *history) decide(ctx context.Context, t *support.Ticket) (*support.Ticket, error) {
	name := pastReviewer
	if t.Detail.Approvals != nil {
		name = pastLead
	}
	agent, err := h.desk.Find(ctx, name)
	if err != nil {
		return t, fmt.Errorf("reviewer: %w", err)
	}
	if t, err = h.tickets.Claim(ctx, agent, t.ID); err != nil {
		return t, err
	}
	if _, _, err := h.tickets.View(ctx, agent, t.ID, "decide"); err != nil {
		return t, err
	}
	k, _ := h.tickets.Kind(t.Kind)
	j := support.Judgement{Checks: map[string]string{}, Compared: "video"}
	for _, c := range k.Checks {
		j.Checks[c.ID] = support.CheckMatch
	}
	chance := h.random.IntN(100)
	switch {
	case name == pastReviewer && chance < 22 && len(t.Detail.Rounds) == 0:
		return h.tickets.AskMore(ctx, agent, t.ID, []string{k.Asks[0].ID, k.Asks[3].ID}, nil)
	case name == pastReviewer && chance < 45:
		j.Checks[k.Checks[0].ID], j.Compared = support.CheckUnclear, ""
		return h.tickets.Refuse(ctx, agent, t.ID, support.Refusing{Judgement: j, Reason: k.Refusals.Reasons[h.random.IntN(3)],
			Remedies: k.Refusals.Remedies[:2], Papers: k.Refusals.Papers[:1]})
	}
	return h.tickets.Approve(ctx, agent, t.ID, j)
}
