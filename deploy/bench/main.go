// Command bench measures how fast and how small the portal is, against baselines of its own, and writes the figures
// down. It stands beside the script that runs it (deploy/bench.sh) and not under cmd, because nobody installs it; it
// alone may import what a usual stack is made of, and nothing of the portal imports it.
package main

import (
	"fmt"
	"log"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

type commands struct {
	Run      runCommand      `cmd:"" help:"Measure everything and write the report."`
	Bare     bareCommand     `cmd:"" help:"Baseline: net/http with the bytes of a page compressed once."`
	Ordinary ordinaryCommand `cmd:"" help:"Baseline: Echo, templ, gzip for each answer, gorilla's own cookie codec."`
	Starts   startsCommand   `cmd:"" help:"Begin cases: in a plain transaction each and many at once, with few and with many open."`
	Lookups  lookupsCommand  `cmd:"" help:"Find accounts by their names, among few and among many."`
	Fill     fillCommand     `cmd:"" help:"Fill a data folder for the demo with many tickets and a long trail, to look at."`
	Resets   resetsCommand   `cmd:"" help:"Set passwords, and make bare hashes."`
}

type runCommand struct {
	Portal  string        `help:"The portal's binary." required:""`
	Source  string        `help:"The portal's source." required:""`
	Report  string        `help:"Markdown file whose part between the markers is rewritten." required:""`
	Command string        `help:"What the report calls the command that makes it." default:"make bench"`
	Rounds  int           `help:"Rounds; each measures every server once." default:"7"`
	For     time.Duration `help:"Length of one measurement." default:"2s"`
	Only    []string      `help:"Measure only these and write nothing." enum:"speed,sizes,start,memory,starts,lookups,resets,pages,desk,questions"`
}

func main() {
	log.SetFlags(0)
	var c commands
	ctx := kong.Parse(&c, kong.Name("bench"))
	if err := ctx.Run(); err != nil {
		log.Fatal(err)
	}
}

// Run measures one thing after the other: nothing runs beside what is measured.
func (c *runCommand) Run() error {
	if c.Rounds < 5 {
		return fmt.Errorf("rounds: %d are too few to trust a median, 5 are the least", c.Rounds)
	}
	var rows []row
	for _, m := range []struct {
		name    string
		measure func() ([]row, error)
	}{{"speed", c.speed}, {"sizes", c.sizes}, {"start", c.start}, {"memory", c.memory}, {"starts", c.starts}, {"lookups", c.lookups}, {"resets", c.resets},
		{"pages", c.pages}, {"desk", c.desk}, {"questions", c.questions}} {
		if len(c.Only) > 0 && !slices.Contains(c.Only, m.name) {
			continue
		}
		begun := time.Now()
		more, err := m.measure()
		if err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		say("%s took %.0f s", m.name, time.Since(begun).Seconds())
		rows = append(rows, more...)
	}
	report := table(rows) + "\n" + c.about()
	fmt.Println("\n" + report)
	if len(c.Only) == 0 {
		if err := write(c.Report, report); err != nil {
			return err
		}
	}
	var missed []string
	for _, r := range rows {
		if !r.reached(r.must) {
			missed = append(missed, r.measure)
		}
	}
	if len(missed) > 0 {
		return fmt.Errorf("must is not reached: %s", strings.Join(missed, "; "))
	}
	return nil
}

func say(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }
