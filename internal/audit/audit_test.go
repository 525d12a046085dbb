package audit_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"zhaohui/internal/audit"
	"zhaohui/internal/vault"
)

var start = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)

// trail is a chain in memory.
type trail struct {
	chain   *audit.Chain
	entries []audit.Kept
	head    audit.Head
}

// write adds n entries; every third has personal data.
func (tr *trail) write(n int) {
	for range n {
		e := audit.Entry{At: start.Add(time.Duration(tr.head.Seq) * time.Minute), Kind: "proof-passed", Case: "c1", Actor: "customer",
			Data: map[string]string{"method": "sms", "tries": fmt.Sprint(tr.head.Seq)}}
		var person *audit.Person
		if tr.head.Seq%3 == 2 {
			p := audit.NewPerson(map[string]string{"ip": "192.0.2.1"})
			person, e.PersonDigest = &p, tr.chain.Digest(p)
		}
		e = tr.chain.Link(tr.head.Mark, e)
		tr.entries = append(tr.entries, audit.Kept{Entry: e, Person: person})
		tr.head.Mark = audit.Mark{Seq: e.Seq, MAC: e.MAC}
		tr.head.Sum = tr.chain.SignHead(tr.head.Mark)
	}
}

func (tr *trail) verify(logged ...audit.Mark) (audit.Report, error) {
	return tr.chain.Verify(each(tr.entries), tr.head, logged)
}

func (tr *trail) mark(seq int) audit.Mark {
	return audit.Mark{Seq: int64(seq), MAC: tr.entries[seq-1].MAC}
}

func each(entries []audit.Kept) iter.Seq2[audit.Kept, error] {
	return func(yield func(audit.Kept, error) bool) {
		for _, e := range entries {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func newTrail(keys *vault.Keyset, n int) *trail {
	tr := &trail{chain: audit.NewChain(keys.Hash("audit"))}
	tr.write(n)
	return tr
}

func TestP4_aSoundTrailIsSound(t *testing.T) {
	tr := newTrail(vault.Generate(), 10)
	report, err := tr.verify(tr.mark(4), tr.mark(10))
	if err != nil {
		t.Fatal(err)
	}
	want := audit.Report{Entries: 10, First: start, Last: start.Add(9 * time.Minute), Head: tr.head, Logged: 2}
	if diff := cmp.Diff(want, report); diff != "" {
		t.Error(diff)
	}
	late := tr.chain.Link(tr.head.Mark, audit.Entry{At: start.AddDate(0, -2, 0), Kind: "proof-passed", Case: "c1", Actor: "customer"})
	tr.entries, tr.head.Mark = append(tr.entries, audit.Kept{Entry: late}), audit.Mark{Seq: late.Seq, MAC: late.MAC}
	tr.head.Sum = tr.chain.SignHead(tr.head.Mark)
	if r, err := tr.verify(); err != nil || !r.First.Equal(late.At) || !r.Last.Equal(start.Add(9*time.Minute)) {
		t.Errorf("with an entry of before, written last: from %v to %v, %v", r.First, r.Last, err)
	}
	if _, err := newTrail(vault.Generate(), 0).verify(); err != nil {
		t.Errorf("an empty trail: %v", err)
	}
}

// Whatever somebody without the key does to the rows is found, and where.
func TestP4_everyChangeIsFound(t *testing.T) {
	keys := vault.Generate()
	for _, tt := range []struct {
		name string
		harm func(tr *trail)
		at   int64
		says string
	}{
		{"a kind", func(tr *trail) { tr.entries[3].Kind = "proof-passeD" }, 4, "changed"},
		{"a time", func(tr *trail) { tr.entries[3].At = tr.entries[3].At.Add(time.Millisecond) }, 4, "changed"},
		{"a case", func(tr *trail) { tr.entries[3].Case = "" }, 4, "changed"},
		{"an actor", func(tr *trail) { tr.entries[3].Actor = "owner" }, 4, "changed"},
		{"a value", func(tr *trail) { tr.entries[3].Data["method"] = "card" }, 4, "changed"},
		{"one value more", func(tr *trail) { tr.entries[3].Data["x"] = "" }, 4, "changed"},
		{"text moved from one column to the next", func(tr *trail) { tr.entries[3].Kind, tr.entries[3].Case = "proof-passedc", "1" }, 4, "changed"},
		{"a digest", func(tr *trail) { tr.entries[2].PersonDigest = "" }, 3, "changed"},
		{"personal data", func(tr *trail) { tr.entries[2].Person.Values["ip"] = "192.0.2.2" }, 3, "personal data was changed"},
		{"personal data where there was none", func(tr *trail) { tr.entries[3].Person = tr.entries[2].Person }, 4, "personal data was changed"},
		{"personal data gone without a word", func(tr *trail) { tr.entries[2].Person = nil }, 3, "personal data is gone"},
		{"a mac", func(tr *trail) { tr.entries[3].MAC[20] ^= 1 }, 4, "changed"},
		{"a mac's key", func(tr *trail) { tr.entries[3].MAC[2] ^= 1 }, 4, "changed"},
		{"no mac", func(tr *trail) { tr.entries[3].MAC = nil }, 4, "changed"},
		{"the mac before", func(tr *trail) { tr.entries[3].Prev[20] ^= 1 }, 4, "changed"},
		{"a number", func(tr *trail) { tr.entries[3].Seq = 40 }, 4, "missing"},
		{"one missing", func(tr *trail) { tr.entries = slices.Delete(tr.entries, 3, 4) }, 4, "missing"},
		{"the first missing", func(tr *trail) { tr.entries = tr.entries[1:] }, 1, "missing"},
		{"all missing", func(tr *trail) { tr.entries = nil }, 1, "missing"},
		{"the last missing", func(tr *trail) { tr.entries = tr.entries[:9] }, 10, "missing"},
		{"the last missing and the head moved back", func(tr *trail) { tr.entries = tr.entries[:9]; tr.head.Mark = tr.mark(9) }, 9, "head"},
		{"one there twice", func(tr *trail) { tr.entries = slices.Insert(tr.entries, 4, tr.entries[3]) }, 4, "twice"},
		{"two swapped with their numbers", func(tr *trail) { tr.entries[3], tr.entries[4] = tr.entries[4], tr.entries[3] }, 4, "missing"},
		{"two swapped without them", func(tr *trail) {
			a, b := &tr.entries[3], &tr.entries[4]
			*a, *b = *b, *a
			a.Seq, b.Seq = b.Seq, a.Seq
		}, 4, "changed"},
		{"one more behind the head", func(tr *trail) { head := tr.head; tr.write(1); tr.head = head }, 11, "after the end"},
		{"the head's number", func(tr *trail) { tr.head.Seq = 9 }, 9, "head"},
		{"the head's mac", func(tr *trail) { tr.head.MAC = tr.mark(9).MAC }, 10, "head"},
		{"no head", func(tr *trail) { tr.head = audit.Head{} }, 1, "after the end"},
		{"an anchor made up over a missing start", func(tr *trail) {
			tr.head.Anchor = audit.Anchor{Mark: tr.mark(3), At: start, Sum: tr.head.Sum}
			tr.entries = tr.entries[3:]
		}, 3, "anchor"},
		{"the rest written again without the key", func(tr *trail) {
			other := newTrail(vault.Generate(), 10)
			tr.entries, tr.head = other.entries, other.head
		}, 10, "head"},
		{"the middle written again without the key", func(tr *trail) { tr.entries[4] = newTrail(vault.Generate(), 10).entries[4] }, 5, "changed"},
		{"one entry written again with the key", func(tr *trail) {
			tr.entries[4].Data["tries"] = "100"
			tr.entries[4].Entry = tr.chain.Link(tr.mark(4), tr.entries[4].Entry)
		}, 6, "does not follow"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tr := newTrail(keys, 10)
			tt.harm(tr)
			_, err := tr.verify()
			broken, ok := errors.AsType[audit.Broken](err)
			if !ok || broken.Seq != tt.at || !strings.Contains(broken.What, tt.says) {
				t.Errorf("want entry %d %q, got %v", tt.at, tt.says, err)
			}
		})
	}
}

// What the database alone cannot show, the log does.
func TestP4_loggedHeadsFindWhatTheDatabaseCannot(t *testing.T) {
	keys := vault.Generate()
	tr := newTrail(keys, 10)
	short := newTrail(keys, 0)
	short.entries, short.head.Mark = tr.entries[:7], tr.mark(7)
	short.head.Sum = short.chain.SignHead(short.head.Mark) // an older copy of the head row
	if _, err := short.verify(); err != nil {
		t.Fatalf("the test needs a trail that looks sound: %v", err)
	}
	if _, err := short.verify(tr.mark(5), tr.mark(9)); err == nil || err.Error() != "entry 8: is missing: the log knows entry 9" {
		t.Errorf("cut, with an old head: %v", err)
	}
	other := newTrail(keys, 0)
	other.entries, other.head = slices.Clone(tr.entries[:4]), audit.Head{Mark: tr.mark(4)}
	other.entries[3].Actor = "agent" // somebody with the key writes it again from here
	other.entries[3].Entry = other.chain.Link(tr.mark(3), other.entries[3].Entry)
	other.head.Mark = other.mark(4)
	other.write(6)
	if _, err := other.verify(); err != nil {
		t.Fatalf("the test needs a trail that looks sound: %v", err)
	}
	if _, err := other.verify(tr.mark(2), tr.mark(6)); err == nil || !strings.HasPrefix(err.Error(), "entry 6: is not what the log says") {
		t.Errorf("rewritten with the key: %v", err)
	}
	if _, err := newTrail(keys, 0).verify(tr.mark(1)); err == nil {
		t.Error("a trail that was begun anew is not found")
	}
}

func TestP4_theChainGoesOnOverAChangeOfKeys(t *testing.T) {
	keys := vault.Generate()
	tr := newTrail(keys, 5)
	next := keys.Rotated()
	tr.chain = audit.NewChain(next.Hash("audit"))
	tr.write(5)
	if _, err := tr.verify(); err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(tr.entries[4].MAC[:5], tr.entries[5].MAC[:5]) || !bytes.HasPrefix(tr.entries[5].MAC, next.Prefixes()[0]) {
		t.Error("a MAC must name its key")
	}
	newest, err := vault.Parse(strings.SplitAfterN(next.String(), "\n", 3)[1])
	if err != nil {
		t.Fatal(err)
	}
	tr.chain = audit.NewChain(newest.Hash("audit"))
	if _, err := tr.verify(); err == nil || !strings.Contains(err.Error(), "not in the keyset") {
		t.Errorf("without the old key: %v", err)
	}
}

func TestP4_erasedPersonalDataLeavesNothingToGuess(t *testing.T) {
	keys := vault.Generate()
	tr := newTrail(keys, 10)
	before := start.Add(5 * time.Minute)
	for i := range tr.entries {
		if tr.entries[i].At.Before(before) {
			tr.entries[i].Person = nil
		}
	}
	e := tr.chain.Link(tr.head.Mark, audit.Entry{At: start.Add(time.Hour), Kind: audit.KindErased, Actor: "job",
		Data: map[string]string{"before": before.Format(time.RFC3339Nano)}})
	tr.entries = append(tr.entries, audit.Kept{Entry: e})
	tr.head.Mark = audit.Mark{Seq: e.Seq, MAC: e.MAC}
	tr.head.Sum = tr.chain.SignHead(tr.head.Mark)
	report, err := tr.verify()
	if err != nil || report.Erased != 1 {
		t.Fatal(report.Erased, err)
	}
	guess := map[string]string{"ip": "192.0.2.1"}
	if tr.chain.Digest(audit.NewPerson(guess)) == tr.entries[2].PersonDigest || tr.chain.Digest(audit.Person{Values: guess}) == tr.entries[2].PersonDigest {
		t.Error("even with the key a right guess must not be confirmed")
	}
	tr.entries[5].Person = nil // newer than what the trail says
	if _, err := tr.verify(); err == nil || !strings.HasPrefix(err.Error(), "entry 6: its personal data is gone") {
		t.Error(err)
	}
}

func TestP4_anAnchorStandsForWhatWasGivenUp(t *testing.T) {
	tr := newTrail(vault.Generate(), 10)
	old := tr.mark(2)
	tr.head.Anchor = tr.chain.NewAnchor(tr.entries[3].Entry)
	tr.entries = tr.entries[4:]
	report, err := tr.verify(old, audit.Mark{Seq: 4, MAC: tr.head.Anchor.MAC})
	if err != nil || report.Entries != 6 || report.Older != 1 || report.Logged != 1 {
		t.Error(report, err)
	}
	if _, err := tr.verify(audit.Mark{Seq: 4, MAC: old.MAC}); err == nil {
		t.Error("another head at the anchor is not found")
	}
	tr.entries = tr.entries[1:]
	if _, err := tr.verify(); err == nil || err.Error() != "entry 5: is missing" {
		t.Errorf("a cut behind the anchor: %v", err)
	}
}

// What a database would change or refuse must not be signed: it would look like a change for ever.
func TestChain_signsWhatWillBeRead(t *testing.T) {
	chain := audit.NewChain(vault.Generate().Hash("audit"))
	e := chain.Link(audit.Mark{}, audit.Entry{At: start.Add(999 * time.Nanosecond).In(time.FixedZone("CST", 8*3600)), Kind: "a\x00b", Actor: "c\xff",
		Data: map[string]string{"k\xff": "v\x00", "<&>": "王 \u2028"}})
	data, err := audit.DecodeData(audit.EncodeData(e.Data))
	if err != nil {
		t.Fatal(err)
	}
	read := audit.Entry{Seq: e.Seq, At: time.UnixMilli(e.At.UnixMilli()).UTC(), Kind: e.Kind, Actor: e.Actor, Data: data, Prev: []byte{}, MAC: e.MAC}
	if err := chain.Check(audit.Mark{}, read); err != nil {
		t.Error(err)
	}
	if all := e.Kind + e.Actor + audit.EncodeData(e.Data); strings.Contains(all, "\x00") || strings.Contains(all, "\xff") {
		t.Errorf("%+v", e)
	}
}

func TestDecodeData_refusesWhatIsNotWrittenTheOneWay(t *testing.T) {
	for _, column := range []string{"", "{", "null", "[]", `{"a":1}`, `{"a":"1" }`, `{"b":"1","a":"2"}`, `{"a":"1","a":"1"}`, `{"a":"\u0031"}`, "{}\n", "{}{}"} {
		if _, err := audit.DecodeData(column); err == nil {
			t.Errorf("%q was taken", column)
		}
	}
}

func FuzzDecodeData(f *testing.F) {
	f.Add(`{"a":"1","b":"王"}`)
	f.Add(`{}`)
	f.Fuzz(func(t *testing.T, column string) {
		if data, err := audit.DecodeData(column); err == nil && audit.EncodeData(data) != column {
			t.Fatalf("%q is another column for the same data", column)
		}
	})
}

func TestVerify_givesErrorsOfReadingBack(t *testing.T) {
	tr := newTrail(vault.Generate(), 2)
	_, err := tr.chain.Verify(func(yield func(audit.Kept, error) bool) { yield(audit.Kept{}, io.ErrUnexpectedEOF) }, tr.head, nil)
	if !errors.Is(err, io.ErrUnexpectedEOF) || audit.IsBroken(err) {
		t.Error(err)
	}
}

type heads audit.Head

func (h heads) Head(context.Context) (audit.Head, error) { return audit.Head(h), nil }

func TestLogHead_isFoundAgainInEveryKindOfLog(t *testing.T) {
	tr := newTrail(vault.Generate(), 3)
	var log bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		if err := audit.LogHead(t.Context(), heads(tr.head), slog.New(handler)); err != nil {
			t.Fatal(err)
		}
	}
	log.WriteString("audit head " + tr.mark(2).String() + "\nsomething else, audit head seq=9 mac=AAAA\n")
	slog.New(slog.NewTextHandler(&log, nil)).Info("search", "q", `msg="audit head" seq=9 mac=AAAA`)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("search", "q", `"msg":"audit head","seq":9,"mac":"AAAA"`)
	log.WriteString("Nov 22 08:00:00 host zhaohui[7]: level=INFO msg=\"audit head\" " + tr.mark(1).String())
	got, err := audit.ParseHeads(&log)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]audit.Mark{tr.mark(3), tr.mark(3), tr.mark(2), tr.mark(1)}, got); diff != "" {
		t.Error(diff)
	}
	if err := audit.LogHead(t.Context(), heads{}, slog.New(slog.NewTextHandler(&log, nil))); err != nil || log.Len() > 0 {
		t.Error("an empty trail has no head to log", err)
	}
}

func TestPerson_survivesJSON(t *testing.T) {
	chain := audit.NewChain(vault.Generate().Hash("audit"))
	person := audit.NewPerson(map[string]string{"agent": "a\xff\x00b", "ip": "192.0.2.1"})
	raw, err := json.Marshal(person)
	if err != nil {
		t.Fatal(err)
	}
	var read audit.Person
	if err := json.Unmarshal(raw, &read); err != nil || chain.Digest(read) != chain.Digest(person) || !maps.Equal(read.Values, person.Values) {
		t.Error(read, err)
	}
}
