package store

import "time"

// By is the same database for whoever lives by another clock, as those do who write a history. It must not be closed.
func (d *DB) By(now func() time.Time) *DB {
	other := *d
	other.now = now
	return &other
}
