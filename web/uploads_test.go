package web

import (
	"fmt"
	"testing"
)

// Each upload holds a picture in memory: so many at once over all cases, however many networks they come from.
func TestW8_uploadsOfAllCasesHaveAnEnd(t *testing.T) {
	var u uploads
	var leave func()
	for i := range mostUploads {
		var err error
		if leave, err = u.enter(fmt.Sprint("case", i), fmt.Sprint("network", i)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := u.enter("one more", "elsewhere"); err == nil {
		t.Errorf("%d at once", mostUploads+1)
	}
	leave()
	if _, err := u.enter("one more", "elsewhere"); err != nil {
		t.Errorf("a place that was given back: %v", err)
	}
}
