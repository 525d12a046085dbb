package web

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// ticketsOnPage is how many tickets a page of the queue lists.
const ticketsOnPage = 30

// queueTab is one way to cut the queue. What was decided is for who answers for it.
type queueTab struct {
	id      string
	filter  support.QueueFilter
	count   func(support.QueueCounts) int
	decided bool
	mine    bool
}

// queueTabs stand in this order; the first is shown where none is named.
var queueTabs = []queueTab{
	{id: "all", count: func(n support.QueueCounts) int { return n.Open }},
	{id: "mine", mine: true, count: func(n support.QueueCounts) int { return n.Mine }},
	{id: "second", filter: support.QueueFilter{Second: true}, count: func(n support.QueueCounts) int { return n.Second }},
	{id: "asked", filter: support.QueueFilter{State: support.TicketAsked}, count: func(n support.QueueCounts) int { return n.Asked }},
	{id: "overdue", filter: support.QueueFilter{Overdue: true}, count: func(n support.QueueCounts) int { return n.Overdue }},
	{id: "approved", filter: support.QueueFilter{State: support.TicketApproved}, decided: true},
	{id: "refused", filter: support.QueueFilter{State: support.TicketRefused}, decided: true},
	{id: "closed", filter: support.QueueFilter{State: support.TicketClosed}, decided: true},
}

// tabsOf are those that an agent has a use for.
func tabsOf(a *support.Agent) []queueTab {
	var all []queueTab
	for _, tab := range queueTabs {
		if tab.mine && !a.May(support.RightReview) || tab.decided && !overlooks(a) {
			continue
		}
		all = append(all, tab)
	}
	return all
}

// overlooks says that somebody answers for what others decided, or looks it over.
func overlooks(a *support.Agent) bool { return a.May(support.RightLead) || a.May(support.RightAudit) }

// cut is the part of the queue that an address names. What it does not know, it leaves out.
func (s *Site) cut(v *visit) (tab queueTab, f support.QueueFilter) {
	tabs := tabsOf(v.agent.Agent)
	tab = tabs[0]
	for _, t := range tabs {
		if t.id == v.QueryParam("show") {
			tab = t
		}
	}
	f = tab.filter
	if tab.mine {
		f.Claimed = v.agent.Agent.ID
	}
	if k, ok := s.Tickets.Kind(v.QueryParam("kind")); ok {
		f.Kind = k.ID
	}
	return tab, f
}

// cutQuery is the same as an address.
func cutQuery(tab, kind, after string) string {
	query := url.Values{}
	for name, value := range map[string]string{"show": tab, "kind": kind, "after": after} {
		if value != "" && value != queueTabs[0].id {
			query.Set(name, value)
		}
	}
	return query.Encode()
}

// showTickets is the queue.
func (s *Site) showTickets(v *visit) error {
	tab, f := s.cut(v)
	list, next, err := s.Tickets.Queue(v.Request().Context(), f, v.QueryParam("after"), ticketsOnPage)
	if len(wrong(err)) > 0 { // an address that was cut off: from the beginning
		return v.see(v.to(queuePath, cutQuery(tab.id, f.Kind, "")))
	}
	if err != nil {
		return err
	}
	view, err := s.queueView(v, tab, f)
	if err != nil {
		return err
	}
	if view.Rows, err = s.ticketRows(v, list); err != nil {
		return err
	}
	if next != "" {
		view.More = ui.Link{Text: v.words.T("ticket.queue.more"), URL: v.to(queuePath, cutQuery(tab.id, f.Kind, next))}
	}
	view.Notice = s.ticketSaid(v)
	return s.fresh(v, 200, templates.TicketQueue(view))
}

// keptQueues are the parts of the queue that an agent keeps, over the others.
func (s *Site) keptQueues(v *visit, tab queueTab, f support.QueueFilter, view *templates.TicketQueueView) error {
	if s.Filters == nil {
		return nil
	}
	query, err := url.ParseQuery(cutQuery(tab.id, f.Kind, ""))
	if err != nil {
		return err
	}
	bar, err := s.filterBar(v, "tickets", query)
	view.Above = templates.FilterLine(v.words, bar)
	return err
}

// queueView is the queue's page without its rows.
func (s *Site) queueView(v *visit, tab queueTab, f support.QueueFilter) (templates.TicketQueueView, error) {
	t, me := v.words.T, v.agent.Agent
	counts, err := s.waiting(v)
	if err != nil {
		return templates.TicketQueueView{}, err
	}
	page := withQuery(s.console(v, t("ticket.queue.title"), queuePath), cutQuery(tab.id, f.Kind, ""))
	view := templates.TicketQueueView{AgentPage: page, Kind: f.Kind,
		Heading: t("ticket.queue.heading", "Count", upTo(counts.Open)), Lead: s.pressing(v, counts),
		Find: v.to(queuePath, ""), None: t("ticket.queue.none-" + noneOf(tab))}
	if me.May(support.RightReview) && counts.Open > 0 {
		view.Next = v.to(queuePath+"/next", "")
		view.Keys = append(view.Keys, templates.AgentKey{Key: "n", Text: t("ticket.queue.next")})
	}
	for _, other := range tabsOf(me) {
		text := t("ticket.tab." + other.id)
		if other.count != nil {
			text += " " + upTo(other.count(counts))
		}
		view.Tabs = append(view.Tabs, templates.TicketTab{Text: text, Here: other.id == tab.id,
			URL: v.to(queuePath, cutQuery(other.id, f.Kind, ""))})
	}
	if kinds := s.Tickets.Kinds(); len(kinds) > 1 {
		view.Kinds = append(view.Kinds, templates.TicketTab{Text: t("ticket.queue.every-kind"), Here: f.Kind == "",
			URL: v.to(queuePath, cutQuery(tab.id, "", ""))})
		for _, k := range kinds {
			view.Kinds = append(view.Kinds, templates.TicketTab{Text: s.kindName(v, k.ID), Here: f.Kind == k.ID,
				URL: v.to(queuePath, cutQuery(tab.id, k.ID, ""))})
		}
	}
	return view, s.keptQueues(v, tab, f, &view)
}

// noneOf is what an empty part of the queue is called.
func noneOf(tab queueTab) string {
	if tab.id == "all" || tab.id == "mine" || tab.id == "overdue" {
		return tab.id
	}
	return "else"
}

// pressing says what cannot wait.
func (s *Site) pressing(v *visit, n support.QueueCounts) string {
	var parts []string
	if n.Overdue > 0 {
		parts = append(parts, v.words.T("ticket.queue.overdue", "Count", upTo(n.Overdue)))
	}
	if n.Soon > 0 {
		parts = append(parts, v.words.T("ticket.queue.soon", "Count", upTo(n.Soon)))
	}
	if len(parts) == 0 {
		return v.words.T("ticket.queue.calm")
	}
	return strings.Join(parts, v.words.T("say.comma"))
}

// upTo is a count as the queue knows it.
func upTo(n int) string {
	if n >= 1000 {
		return "999+"
	}
	return strconv.Itoa(n)
}

// waitingCounts is where a request keeps what waits, so that it is counted once.
const waitingCounts = "waiting"

// waiting is what waits for people.
func (s *Site) waiting(v *visit) (support.QueueCounts, error) {
	if counts, ok := v.Get(waitingCounts).(support.QueueCounts); ok {
		return counts, nil
	}
	counts, err := s.Tickets.Counts(v.Request().Context(), v.agent.Agent.ID)
	if err == nil {
		v.Set(waitingCounts, counts)
	}
	return counts, err
}

// waitingAt is how many wait at a place of the menu, "" if nobody counts. A queue that does not answer hides no page.
func (s *Site) waitingAt(v *visit, path string) string {
	if path != queuePath || s.Tickets == nil {
		return ""
	}
	counts, err := s.waiting(v)
	if err != nil {
		s.Log.Warn("the queue cannot be counted", "error", err)
		return ""
	}
	return upTo(counts.Open)
}

// submitNextTicket claims the ticket that is due first.
func (s *Site) submitNextTicket(v *visit) error {
	form, err := v.form("kind")
	if err != nil {
		return err
	}
	kind := ""
	if k, ok := s.Tickets.Kind(form.Get("kind")); ok {
		kind = k.ID
	}
	t, err := s.Tickets.ClaimNext(v.Request().Context(), v.agent.Agent, kind)
	if problem.KindOf(err) == problem.KindNotFound {
		return v.see(v.to(queuePath, "said=none"))
	}
	if err != nil {
		return err
	}
	return v.see(v.to(ticketPath(t.ID), "said=claimed"))
}

// submitTicketNumber leads to the ticket of a number.
func (s *Site) submitTicketNumber(v *visit) error {
	form, err := v.form("number")
	if err != nil {
		return err
	}
	typed := form.Get("number")
	id, err := s.Tickets.Number(v.Request().Context(), v.agent.Agent, typed)
	if err == nil {
		return v.see(v.to(ticketPath(id), ""))
	}
	if problem.KindOf(err) != problem.KindNotFound {
		return fmt.Errorf("number of a ticket: %w", err)
	}
	tab, f := s.cut(v)
	list, _, err := s.Tickets.Queue(v.Request().Context(), f, "", ticketsOnPage)
	if err != nil {
		return err
	}
	view, err := s.queueView(v, tab, f)
	if err == nil {
		view.Rows, err = s.ticketRows(v, list)
	}
	if err != nil {
		return err
	}
	view.Typed, view.Errors = typed, []templates.FieldError{{Field: "number", Text: v.words.T("ticket.queue.no-number")}}
	return s.fresh(v, 422, templates.TicketQueue(view))
}

// ticketSaid is what was just done, by the address that it led to.
func (s *Site) ticketSaid(v *visit) string {
	t := v.words.T
	number, _ := support.ParseTicketNumber(v.QueryParam("of"))
	switch said := v.QueryParam("said"); said {
	case "none", "claimed", "renewed", "opened":
		return t("ticket.said." + said)
	case "agreed", "approved", "refused", "asked", "released":
		if number != "" {
			return t("ticket.said."+said, "Number", support.ShowTicketNumber(number))
		}
	}
	return ""
}
