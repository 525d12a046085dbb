package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"zhaohui/internal/support"
)

// conditions collects the parts of a WHERE with their values.
type conditions struct {
	parts  []string
	values []any
}

// add adds a part in which every ? stands for the next value.
func (c *conditions) add(part string, values ...any) {
	for _, value := range values {
		c.values = append(c.values, value)
		part = strings.Replace(part, "?", fmt.Sprintf("$%d", len(c.values)), 1)
	}
	c.parts = append(c.parts, part)
}

func queueOf(f support.QueueFilter, at time.Time) *conditions {
	c := &conditions{}
	switch {
	case f.Second: // only open ones: see ticketValues
		c.add(`approvals > 0`)
	case f.State == "" || f.State == support.TicketOpen || f.State == support.TicketClaimed:
		c.add(`state = 'open'`)
	default:
		c.add(`state = ?`, string(f.State))
	}
	if f.Kind != "" {
		c.add(`kind = ?`, f.Kind)
	}
	if f.State == support.TicketClaimed || f.Claimed != "" {
		c.add(`claimed_for > ?`, millis(at))
		c.add(`claimed_for > 0`) // says to the planner which index does
	}
	if f.Claimed != "" {
		c.add(`claimed_by = ?`, f.Claimed)
	}
	if f.Overdue {
		c.add(`due < ?`, millis(at))
	}
	return c
}

// queueQuery reads a page through an index that has the order, so that it takes no longer on the last page.
func queueQuery(f support.QueueFilter, at time.Time, after support.QueuePlace, limit int) (string, []any) {
	c := queueOf(f, at)
	if after.ID != "" {
		c.add(`(due, id) > (?, ?)`, after.Due, after.ID)
	}
	c.values = append(c.values, limit)
	return fmt.Sprintf(`SELECT %s FROM ticket WHERE %s ORDER BY due, id LIMIT $%d`, ticketColumns, strings.Join(c.parts, " AND "),
		len(c.values)), c.values
}

// Queue lists tickets by the time they are due, after a place.
func (s *Tickets) Queue(ctx context.Context, f support.QueueFilter, at time.Time, after support.QueuePlace,
	limit int) ([]*support.Ticket, error) {
	query, values := queueQuery(f, at, after, limit)
	rows, err := s.db.read().QueryContext(ctx, query, values...)
	if err != nil {
		return nil, failed("list tickets", err)
	}
	defer rows.Close()
	var list []*support.Ticket
	for rows.Next() {
		t, err := readTicket(rows)
		if err != nil {
			return nil, failed("list tickets", err)
		}
		list = append(list, t)
	}
	return list, failed("list tickets", rows.Err())
}

// CountQueue looks at no more than most rows of each count.
func (s *Tickets) CountQueue(ctx context.Context, agent string, at time.Time, most int) (support.QueueCounts, error) {
	var n support.QueueCounts
	soon := queueOf(support.QueueFilter{}, at)
	soon.add(`due >= ?`, millis(at))
	soon.add(`due < ?`, millis(at.Add(time.Hour)))
	for _, one := range []struct {
		into *int
		of   *conditions
	}{
		{&n.Open, queueOf(support.QueueFilter{}, at)}, {&n.Overdue, queueOf(support.QueueFilter{Overdue: true}, at)}, {&n.Soon, soon},
		{&n.Mine, queueOf(support.QueueFilter{Claimed: agent}, at)}, {&n.Second, queueOf(support.QueueFilter{Second: true}, at)},
		{&n.Asked, queueOf(support.QueueFilter{State: support.TicketAsked}, at)},
	} {
		if agent == "" && one.into == &n.Mine {
			continue
		}
		where := strings.Join(one.of.parts, " AND ")
		one.of.values = append(one.of.values, most)
		err := s.db.read().QueryRowContext(ctx, fmt.Sprintf(`SELECT COUNT(*) FROM (SELECT 1 FROM ticket WHERE %s LIMIT $%d) AS seen`,
			where, len(one.of.values)), one.of.values...).Scan(one.into)
		if err != nil {
			return n, failed("count tickets", err)
		}
	}
	return n, nil
}
