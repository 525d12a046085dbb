package insight

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// Durations are kept in buckets, four to each doubling: what is read from them is exact to about a tenth.
const (
	perDoubling = 4
	lastBucket  = 99 // a year
)

// Bucket is the bucket of a duration.
func Bucket(d time.Duration) string {
	n := 0
	if s := d.Seconds(); s > 1 {
		n = min(int(math.Log2(s)*perDoubling), lastBucket)
	}
	return fmt.Sprintf("%02d", n)
}

// Times are durations by bucket.
type Times [lastBucket + 1]int64

func (t *Times) add(bucket string, n int64) {
	if i, err := strconv.Atoi(bucket); err == nil && i >= 0 && i <= lastBucket {
		t[i] += n
	}
}

// Total is how many there are.
func (t *Times) Total() (n int64) {
	for _, one := range t {
		n += one
	}
	return n
}

// Quantile is the time that a share of all did not exceed; 0 if there are too few to say.
func (t *Times) Quantile(share float64) time.Duration {
	total := t.Total()
	if enough := int64(math.Ceil(Few / (1 - share))); total < max(enough, 2*Few) {
		return 0
	}
	rank, passed := int64(math.Ceil(share*float64(total))), int64(0)
	for i, n := range t {
		if passed += n; passed >= rank {
			return time.Duration(math.Exp2((float64(i)+0.5)/perDoubling) * float64(time.Second))
		}
	}
	return 0
}

// Within is how many took at least one time and less than another; the ends are moved to the nearest bucket.
func (t *Times) Within(from, to time.Duration) (n int64) {
	for i, one := range t {
		if at := time.Duration(math.Exp2((float64(i)+0.5)/perDoubling) * float64(time.Second)); at >= from && at < to {
			n += one
		}
	}
	return n
}
