// Package insight counts what the operator may know of how the portal helps: how far people come, how long it takes, what
// stops them, what is kept of what was promised. It counts by day and by ids of the content, and there is no person in it.
//
// Nothing of it is on the way of somebody who recovers:
//   - Keeper.Follow reads the entries of the audit trail that are new since it last looked, some at a time, and adds them
//     to the counts of their days. How far it read is kept in the same transaction as the counts, so each entry counts
//     once, also with several processes. Then it looks up again what other tables know: letters and shared links.
//     A job calls it each minute; whoever lives by another clock (the demo's history) makes a Keeper with that clock and
//     calls Follow as often as they like.
//   - Keeper.Count takes what leaves no trace at all: guided steps, stop pages, searches, votes. It adds in memory, and
//     Keeper.Flush, called each minute and at the end, writes. A process that is killed loses a minute of that.
//
// Report turns counts into what may be shown. Numbers under five are hidden and all others are rounded to five, so that no
// difference between two numbers says anything about a few people; shares and totals are made of the rounded numbers.
package insight
