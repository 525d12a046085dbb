package support_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
)

func TestAdd_saysWhatIsWrong(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		d.lin()
		for _, c := range []struct {
			add  support.New
			want string
		}{
			{support.New{Name: "Ｌin", Roles: []support.Role{support.RoleAgent}}, "name=taken"},
			{support.New{Name: "x", Roles: []support.Role{support.RoleAgent}}, "name=form"},
			{support.New{Name: "-x", Roles: []support.Role{support.RoleAgent}}, "name=form"},
			{support.New{Name: "two words", Roles: []support.Role{support.RoleAgent}}, "name=form"},
			{support.New{Name: "nul\x00", Shown: "nul", Roles: []support.Role{support.RoleAgent}}, "name=form"},
			{support.New{Name: strings.Repeat("x", 65), Roles: []support.Role{support.RoleAgent}}, "name=form shown=form"},
			{support.New{Name: "wang"}, "roles=required"},
			{support.New{Name: "wang", Roles: []support.Role{"agent", "admin"}}, "roles=required"},
			{support.New{Name: "wang", Shown: "two\nlines", Roles: []support.Role{support.RoleLead}}, "shown=form"},
			{support.New{Name: "王小明", Roles: []support.Role{support.RoleLead, support.RoleAgent, support.RoleLead}}, ""},
		} {
			_, err := d.Add(t.Context(), c.add)
			invalid, _ := errors.AsType[problem.Invalid](err)
			var got []string
			for _, field := range slices.Sorted(maps.Keys(invalid.Fields)) {
				got = append(got, field+"="+invalid.Fields[field])
			}
			if strings.Join(got, " ") != c.want || err != nil && c.want == "" {
				t.Errorf("%+v: %v, want %q", c.add, err, c.want)
			}
		}
		list, err := d.Agents(t.Context())
		d.must(err)
		if len(list) != 2 || list[0].Name != "lin" || list[0].Shown != "林小雨" || !slices.Equal(list[1].Roles, []support.Role{"agent",
			"lead"}) {
			t.Errorf("there are %+v", list)
		}
	})
}

func TestP1_rolesOfTheOperatorsSignInCountAnewEachTime(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		ctx := t.Context()
		who := support.Identity{Issuer: "https://id.example", Subject: "u-1", Name: "lin", Shown: "林\x00小雨",
			Roles: []support.Role{"agent", "staff"}}
		d.lin() // has the same name, and is somebody else
		token, err := d.SignInBy(ctx, who, office)
		d.must(err)
		p, err := d.Who(ctx, token)
		d.must(err)
		if p.Agent.Local() || !p.Agent.May(support.RightAssist) || p.Agent.May(support.RightLead) || len(p.Agent.Roles) != 1 {
			t.Errorf("signed in: %+v", p.Agent)
		}
		local, err := d.Find(ctx, "lin")
		d.must(err)
		if local.ID == p.Agent.ID {
			t.Fatal("an identity took a local agent over")
		}
		_, err = d.BeginPasskey(ctx, token)
		d.is(err, problem.KindNotFound, "a passkey for who signs in elsewhere")
		who.Roles = []support.Role{"lead"}
		lead, err := d.SignInBy(ctx, who, office)
		d.must(err)
		_, err = d.Who(ctx, token)
		d.is(err, problem.KindExpired, "the session with other roles")
		p, err = d.Who(ctx, lead)
		d.must(err)
		if !p.Agent.May(support.RightLead) {
			t.Error("the new role does not count")
		}
		_, err = d.SignIn(ctx, p.Agent.ID, "", office)
		d.is(err, problem.KindInvalid, "a password where there is none")
		d.is(d.Change(ctx, p.Agent.ID, []support.Role{"auditor"}, ""), problem.KindDenied, "roles from here")
		who.Roles = []support.Role{"staff"}
		_, err = d.SignInBy(ctx, who, office)
		d.is(err, problem.KindDenied, "without a role that we know")
		_, err = d.Who(ctx, lead)
		d.is(err, problem.KindExpired, "the session of before")
		who.Roles = []support.Role{"agent"}
		d.must(d.Disable(ctx, p.Agent.ID, ""))
		_, err = d.SignInBy(ctx, who, office)
		d.is(err, problem.KindDenied, "somebody who was disabled here")
		_, err = d.SignInBy(ctx, support.Identity{Issuer: "https://id.example", Subject: "u-2", Roles: []support.Role{"x"}}, office)
		d.is(err, problem.KindDenied, "somebody new without a role")
		_, err = d.SignInBy(ctx, support.Identity{Subject: "u-2", Roles: []support.Role{"lead"}}, office)
		d.is(err, problem.KindDenied, "somebody from nowhere")
		if list, err := d.Agents(ctx); err != nil || len(list) != 2 {
			t.Errorf("%d agents, %v", len(list), err)
		}
	})
}

func TestToken_isOfOneAgentUntilItIsRevoked(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		ctx := t.Context()
		a, _ := d.lin()
		one, err := d.Token(ctx, a.ID, "")
		d.must(err)
		other, err := d.Token(ctx, a.ID, "")
		d.must(err)
		if len(one) != 40 || one == other {
			t.Errorf("%d signs", len(one))
		}
		for _, token := range []string{one, other} {
			if got, err := d.ByToken(ctx, token); err != nil || got.ID != a.ID {
				t.Errorf("%v, %v", got, err)
			}
		}
		_, err = d.Who(ctx, one)
		d.is(err, problem.KindNotFound, "a program's token at the console")
		d.is(d.SignOut(ctx, one), problem.KindUnknown, "signing out with it")
		if n, err := d.RevokeTokens(ctx, a.ID, ""); err != nil || n != 2 {
			t.Errorf("%d revoked, %v", n, err)
		}
		_, err = d.ByToken(ctx, one)
		d.is(err, problem.KindNotFound, "a token that was revoked")
		last, err := d.Token(ctx, a.ID, "")
		d.must(err)
		d.must(d.Disable(ctx, a.ID, ""))
		_, err = d.ByToken(ctx, last)
		d.is(err, problem.KindNotFound, "a token of somebody who is disabled")
		_, err = d.Token(ctx, a.ID, "")
		d.is(err, problem.KindDenied, "a new one for them")
	})
}

func TestP4_everythingAboutAgentsIsInTheTrail(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		ctx := t.Context()
		a, secret := d.lin()
		by := support.Actor("boss")
		token := d.enter(secret)
		p, err := d.Who(ctx, token)
		d.must(err)
		_, err = d.SignIn(ctx, "lin", "a wrong password!", office)
		d.is(err, problem.KindInvalid, "a wrong one")
		_, err = d.Token(ctx, a.ID, by)
		d.must(err)
		_, err = d.RevokeTokens(ctx, a.ID, by)
		d.must(err)
		d.must(d.EndSession(ctx, a.ID, p.Session))
		d.must(d.Change(ctx, a.ID, []support.Role{support.RoleLead}, by))
		d.must(d.Disable(ctx, a.ID, by))
		d.must(d.Disable(ctx, a.ID, by)) // again: nothing happens
		d.must(d.Enable(ctx, a.ID, by))
		_, err = d.Enrol(ctx, a.ID, by)
		d.must(err)
		var got []string
		for _, e := range d.events() {
			got = append(got, e.Kind+" by "+strings.Replace(e.Actor, a.ID, "lin", 1))
			if e.Data["agent"] != a.ID {
				t.Errorf("%s is about %v", e.Kind, e.Data)
			}
			for _, value := range e.Data {
				if strings.Contains(value, "lin") || strings.Contains(value, "林") {
					t.Errorf("%s has a name outside of the personal data: %v", e.Kind, e.Data)
				}
			}
		}
		want := []string{"agent-added by command", "agent-enrolment-made by command", "agent-enrolled by agent:lin",
			"agent-signed-in by agent:lin",
			"agent-signed-out by agent:lin", "agent-signed-in by agent:lin", "agent-sign-in-failed by somebody",
			"agent-token-made by agent:boss",
			"agent-tokens-revoked by agent:boss", "agent-session-ended by agent:lin", "agent-roles-changed by agent:boss",
			"agent-disabled by agent:boss",
			"agent-enabled by agent:boss", "agent-enrolment-made by agent:boss"}
		if !slices.Equal(got, want) {
			t.Errorf("recorded\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if person, err := d.trail.Person(ctx, 1); err != nil || person["name"] != "lin" || person["shown"] != "林小雨" {
			t.Errorf("the names are %v, %v", person, err)
		}
		if _, err := d.trail.Verify(ctx, nil); err != nil {
			t.Error(err)
		}
	})
}

// What is in the database lets nobody in: no column has a password, a key or a token as it is.
func TestW9_noSecretOfAnAgentIsKeptInClear(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		ctx := t.Context()
		a, secret := d.lin()
		api, err := d.Token(ctx, a.ID, "")
		d.must(err)
		whole := d.enter(secret)
		half, err := d.SignIn(ctx, "lin", password, office)
		d.must(err)
		enrol, err := d.Add(ctx, support.New{Name: "wang", Roles: []support.Role{support.RoleAgent}})
		d.must(err)
		enrolling, err := d.BeginEnrol(ctx, enrol, office)
		d.must(err)
		e, err := d.Enrolling(ctx, enrolling)
		d.must(err)
		text := d.dump("agent", "agent_session", "agent_token", "agent_passkey", "audit_entry", "throttle_head", "throttle_use")
		for what, value := range map[string]string{"password": password, "key": secret, "token of a program": api, "session": whole,
			"half session": half,
			"enrolment":    enrol, "session of an enrolment": enrolling, "key of an enrolment": e.Authenticator.Key, "address": "192.0.2"} {
			if strings.Contains(text, value) {
				t.Errorf("the %s is in a table", what)
			}
		}
		if !strings.Contains(text, "wang") {
			t.Error("it looks in the wrong place")
		}
	})
}

// dump is all that some tables hold, one after the other.
func (d *door) dump(tables ...string) string {
	d.t.Helper()
	var b strings.Builder
	for _, table := range tables {
		rows, err := d.db.SQL().Query(`SELECT * FROM ` + table)
		d.must(err)
		columns, err := rows.Columns()
		d.must(err)
		for rows.Next() {
			values := make([]any, len(columns))
			for i := range values {
				values[i] = new([]byte)
			}
			d.must(rows.Scan(values...))
			for _, v := range values {
				b.Write(*v.(*[]byte))
				b.WriteByte('\n')
			}
		}
		d.must(rows.Close())
	}
	return b.String()
}

func TestSpeak_keepsTheRest(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		a, secret := d.lin()
		d.must(d.Speak(t.Context(), a.ID, "en"))
		d.enter(secret)
		if again, err := d.Find(t.Context(), a.ID); err != nil || again.Lang != "en" || again.Created.Add(time.Minute).Before(start) {
			t.Errorf("%+v, %v", again, err)
		}
		_, err := d.Find(t.Context(), "nobody")
		d.is(err, problem.KindNotFound, "somebody who is not there")
	})
}
