// Package throttle says how often something may be done. It does not count: whoever keeps the counts does so in one
// atomic statement, before what is limited happens (requirement R4).
package throttle

import (
	"time"

	"zhaohui/internal/problem"
)

// Limit allows Max uses of a key in any stretch of Within. Within 0 counts uses in a row, until the key is cleared.
// A key holds no personal data: it is made of ids and blind indexes.
type Limit struct {
	Key    string
	Max    int
	Within time.Duration
}

// Refused is the limit that was reached; nothing was counted. It is a problem.Throttled.
type Refused struct {
	Limit Limit
	Until time.Time // when the next use is allowed; zero if only clearing opens it
}

func (r Refused) Error() string { return "limit reached: " + r.Unwrap().Error() }

// Unwrap gives the kind of problem.
func (r Refused) Unwrap() error { return problem.Throttled{Until: r.Until} }
