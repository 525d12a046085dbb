//go:build !race

package web_test

// How often times are compared (requirement R15), and how much slower this build is.
const (
	tries    = 200
	slowness = 1
)
