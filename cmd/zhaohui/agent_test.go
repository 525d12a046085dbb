package main

import (
	"bytes"
	"context"
	"log/slog"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"zhaohui/internal/support"
)

// agentRun runs the command as an operator types it, on a folder of the test, and gives what it says.
func agentRun(t *testing.T, data string, args ...string) (said string, err error) {
	t.Helper()
	var c struct {
		Agent agentCommand `cmd:""`
	}
	var out bytes.Buffer
	c.Agent.out = &out
	parser, err := kong.New(&c)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := parser.Parse(append([]string{"agent", "--data=" + data, "--public-url=https://help.example"}, args...))
	if err != nil {
		return "", err
	}
	err = parsed.Run()
	return out.String(), err
}

// anDesk is the desk that the command works on, as serve would open it.
func anDesk(t *testing.T, data string) *support.Desk {
	t.Helper()
	r, err := openRecords(context.Background(), databaseSettings{Data: data}, time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.db.Close() })
	return r.desk(&url.URL{Scheme: "https", Host: "help.example"}, "", time.Now)
}

var enrolAddress = regexp.MustCompile(`(?m)^https://help\.example/agent/enrol/([A-Za-z0-9_-]{43})$`)

func TestAgent_commands(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	run := func(args ...string) string {
		t.Helper()
		said, err := agentRun(t, data, args...)
		if err != nil {
			t.Fatalf("%v: %v", args, err)
		}
		return said
	}
	address := enrolAddress.FindStringSubmatch(run("add", "Lin", "--shown=林小雨", "--role", "agent", "--role", "reviewer"))
	if address == nil {
		t.Fatal("no address is printed")
	}
	desk := anDesk(t, data)
	if a, err := desk.Enrolment(t.Context(), address[1]); err != nil || a.Shown != "林小雨" {
		t.Fatal(a, err)
	}
	for _, step := range []struct {
		args []string
		want string
	}{
		{[]string{"list"}, "agent reviewer  not enrolled  0"},
		{[]string{"roles", "lin", "lead", "auditor"}, "lin is now: lead auditor\n"},
		{[]string{"list"}, "lead auditor"},
		{[]string{"disable", "lin"}, "lin cannot sign in any more"},
		{[]string{"list"}, "disabled"},
		{[]string{"enable", "lin"}, "lin may sign in again\n"},
		{[]string{"enrol", "LIN"}, "https://help.example/agent/enrol/"},
		{[]string{"sessions", "end", "lin"}, "sessions of lin ended: 0\n"},
		{[]string{"token", "lin"}, "shown this once:\n"},
		{[]string{"token", "lin", "--revoke"}, "tokens of lin ended: 1\n"},
	} {
		if said := run(step.args...); !strings.Contains(said, step.want) {
			t.Errorf("%v says %q, want %q", step.args, said, step.want)
		}
	}
	token := strings.TrimSpace(strings.SplitN(run("token", "lin"), "\n", 2)[1])
	if a, err := desk.ByToken(t.Context(), token); err != nil || a.Name != "lin" || len(token) != 40 {
		t.Errorf("the token %d long is of %v, %v", len(token), a, err)
	}
}

func TestAgent_saysWhatIsWrong(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	for _, c := range []struct{ args, want string }{
		{"add lin", "name at least one role: agent, reviewer, lead, auditor"},
		{"add lin --role boss", "name at least one role"},
		{"add x --role agent", "a name has 2 to 64"},
		{"add lin --role agent", ""},
		{"add LIN --role agent", "has this name already"},
		{"roles lin boss", "name at least one role"},
		{"roles lin", "expected \"<role> ...\""},
		{"disable wang", "nobody has this name"},
		{"disable lin", ""},
		{"enrol lin", "somebody who is disabled"},
		{"token lin", "somebody who is disabled"},
	} {
		_, err := agentRun(t, data, strings.Fields(c.args)...)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.args, err, c.want)
		}
	}
}
