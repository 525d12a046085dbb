//go:build race

package web_test

// Under the race detector everything takes longer: fewer tries, and more room.
const (
	tries    = 40
	slowness = 10
)
