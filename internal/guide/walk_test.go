package guide_test

import (
	"testing"
	"time"

	"zhaohui/internal/guide"
)

// Every walk can be walked: from the first step to the end, and from the first step of every branch to the end,
// with numbers that only grow and never pass the count.
func TestWalk_everyWayLeadsToTheEnd(t *testing.T) {
	for id, p := range platforms(t) {
		for _, c := range p.Channels {
			if c.Live != nil {
				continue
			}
			starts := []string{c.Steps[0].ID}
			for _, b := range c.Branches {
				starts = append(starts, b.Steps[0].ID)
			}
			for _, start := range starts {
				number, seen := 0, map[string]bool{}
				for step := start; step != ""; {
					place, ok := c.Place(step)
					if !ok {
						t.Fatalf("%s/%s: no step %s", id, c.ID, step)
					}
					if seen[step] {
						t.Fatalf("%s/%s: from %s the walk comes back to %s", id, c.ID, start, step)
					}
					if place.Number > place.Count || place.Branch == nil && place.Number <= number {
						t.Errorf("%s/%s/%s: step %d of %d after %d", id, c.ID, step, place.Number, place.Count, number)
					}
					if place.Branch == nil {
						number = place.Number
					}
					seen[step], step = true, place.Next
				}
			}
		}
	}
}

// "It did not work" leads down the ladder, keeps the answers, and ends at an official person.
func TestAfter_leadsDownToAPerson(t *testing.T) {
	for id, p := range platforms(t) {
		a := p.None().With("safety", "none").With("trouble", "forgot")
		at, seen := a.Recommend().First().ID, map[string]bool{}
		for !seen[at] {
			seen[at] = true
			at = a.After(at).ID
		}
		if at != p.Last {
			t.Errorf("%s: the way down ends at %s, want %s", id, at, p.Last)
		}
		if len(seen) < 3 {
			t.Errorf("%s: only %d rungs", id, len(seen))
		}
	}
}

func walk(channel string, minute int) guide.Walk {
	return guide.Walk{Platform: "alipay", Channel: channel, Step: "open-me", Answers: "trouble=forgot&phone=suspended", State: guide.Going,
		At: time.Unix(int64(1_800_000_000+minute*60), 0).UTC(), Ticks: []guide.Ticks{{Step: "bring", Bits: 0b1011}}}
}

func TestProgress_packsAndUnpacks(t *testing.T) {
	p := guide.Progress{Elder: true}
	p.Keep(walk("face", 1))
	p.Keep(walk("hotline", 2))
	p.Keep(walk("face", 3)) // again: replaces, and comes to the front
	got, err := guide.Unpack(p.Pack(4096))
	if err != nil || len(got.Walks) != 2 || !got.Elder {
		t.Fatal(got, err)
	}
	if w := got.Walks[0]; w.Channel != "face" || !w.At.Equal(walk("", 3).At) || w.Ticked("bring") != 0b1011 || w.Answers != walk("", 0).Answers {
		t.Errorf("%+v", w)
	}
}

func TestProgress_dropsTheOldestForWantOfRoomAndSaysSo(t *testing.T) {
	p := guide.Progress{}
	for i := range 60 {
		p.Keep(walk("channel-"+string(rune('a'+i%26))+string(rune('a'+i/26)), i))
	}
	packed := p.Pack(2500)
	if len(packed) > 2500 {
		t.Fatalf("%d bytes", len(packed))
	}
	got, err := guide.Unpack(packed)
	if err != nil || !got.Dropped || len(got.Walks) == 0 || got.Walks[0].Channel != walk("channel-hc", 59).Channel {
		t.Fatal(len(got.Walks), got.Dropped, err)
	}
}

func TestProgress_forgetsAfterThirtyDays(t *testing.T) {
	p := guide.Progress{}
	old := walk("face", 0)
	p.Keep(old)
	late := walk("hotline", 0)
	late.At = old.At.Add(guide.Lifetime + time.Minute)
	p.Keep(late)
	if len(p.Walks) != 1 || p.Walks[0].Channel != "hotline" {
		t.Error(p.Walks)
	}
}

func FuzzUnpack(f *testing.F) {
	p := guide.Progress{Walks: []guide.Walk{walk("face", 1)}}
	f.Add(p.Pack(4096))
	f.Add([]byte{1, 0, 255, 255, 255})
	f.Fuzz(func(t *testing.T, in []byte) {
		if got, err := guide.Unpack(in); err != nil && (len(got.Walks) > 0 || got.Elder) {
			t.Error("damaged progress was used")
		}
	})
}
