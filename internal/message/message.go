// Package message writes the letters of a recovery and hands them to whoever carries them. It decides what a letter
// says, whether it is still worth sending and when to give up. It does not know why a letter is sent, to whom else, or
// how often somebody may ask for one; what is kept of it, and when it is tried again, is its caller's business.
package message

import (
	"context"
	"time"

	"zhaohui/internal/recovery"
)

// The channels.
const (
	SMS  = "sms"
	Mail = "mail"
)

// Channels are all channels.
var Channels = []string{SMS, Mail}

// Purposes are all purposes; a test compares them with those that package recovery names.
var Purposes = []recovery.Purpose{recovery.PurposeCode, recovery.PurposeLink, recovery.PurposeCard, recovery.PurposeStarted,
	recovery.PurposeHold, recovery.PurposeReady, recovery.PurposeDone, recovery.PurposeStopped, recovery.PurposeCodes,
	recovery.PurposeTicketAsked, recovery.PurposeTicketRefused, recovery.PurposeTicketApproved}

// Outgoing is a letter that was written and waits to be sent. To, Subject and Text are secret; they are empty once the
// letter was sent or given up.
type Outgoing struct {
	ID      string // ours; providers get it too, so that they can tell a letter that comes twice
	Channel string
	To      string // +8613800138000, name@host
	Purpose string
	Lang    string
	Subject string // of a mail
	Text    string
	Created time.Time
	Tries   int
	State   recovery.DeliveryState // empty counts as queued
}

// Store keeps letters.
type Store interface {
	// Outgoing reads a letter; problem.NotFound.
	Outgoing(ctx context.Context, id string) (Outgoing, error)
	// Mark notes how far a letter got and, unless it is queued, erases what is secret in it.
	Mark(ctx context.Context, id string, state recovery.DeliveryState, providerID string, at time.Time) error
}

// Dead is a letter that was given up, for the operator to look at.
type Dead struct {
	ID, Channel, Purpose string
	At                   time.Time
	Tries                int
}

// Sender carries the letters of one channel. It may be asked for several at once.
type Sender interface {
	// Send returns once somebody else has taken the letter over, with their name for it if they gave one. It fails with
	// Permanent if trying again is useless; any other error is temporary. No error repeats address or text.
	Send(ctx context.Context, o Outgoing) (providerID string, err error)
}

// Permanent says that a letter was refused for good: the address does not exist, or wants nothing from us.
type Permanent struct{ Reason string } // never with address or text

func (e Permanent) Error() string { return "refused for good: " + e.Reason }
