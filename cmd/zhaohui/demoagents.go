package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/pquerna/otp/totp"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
	"zhaohui/web"
)

// demoAgent is one of the demo's people at the desk.
type demoAgent struct {
	Name, Shown, Password string
	Roles                 []support.Role
}

// step is how long a code of an authenticator is shown.
const step = 30 * time.Second

// staff lets the demo's people in by the same way as everybody, once.
func (d *demonstration) staff(ctx context.Context, files fs.FS, r *records, desk *support.Desk) error {
	raw, err := fs.ReadFile(files, "agents.json")
	if err != nil {
		return err
	}
	var file struct{ Agents []demoAgent }
	if err := json.Unmarshal(raw, &file); err != nil {
		return fmt.Errorf("agents.json: %w", err)
	}
	for _, a := range file.Agents {
		_, err := desk.Find(ctx, a.Name)
		if errors.Is(err, problem.NotFound) { // else in a folder that was named and filled before
			err = d.hire(ctx, desk, a)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", a.Name, err)
		}
	}
	d.people, d.desk, d.box = file.Agents, desk, r.box
	return nil
}

// hire takes an agent through the enrolment, and signs them out again.
func (d *demonstration) hire(ctx context.Context, desk *support.Desk, a demoAgent) error {
	invitation, err := desk.Add(ctx, support.New{Name: a.Name, Shown: a.Shown, Roles: a.Roles, Lang: "zh"})
	if err != nil {
		return err
	}
	session, err := desk.BeginEnrol(ctx, invitation, support.Client{Kind: "computer"})
	if err != nil {
		return err
	}
	if err := desk.ChoosePassword(ctx, session, a.Password); err != nil {
		return err
	}
	enrolling, err := desk.Enrolling(ctx, session)
	if err != nil {
		return err
	}
	code, err := totp.GenerateCode(enrolling.Authenticator.Key, d.now())
	if err != nil {
		return err
	}
	token, err := desk.ConfirmCode(ctx, session, code)
	if err != nil {
		return err
	}
	return desk.SignOut(ctx, token)
}

// Agents are the demo's people at the desk, with the code that each can sign in with now. A code that was used is never
// right again, so the next one is given then, which the desk takes as well.
func (d *demonstration) Agents(ctx context.Context) ([]web.DemoAgent, error) {
	var list []web.DemoAgent
	for _, person := range d.people {
		a, err := d.desk.Find(ctx, person.Name)
		if err != nil {
			return nil, err
		}
		shown := web.DemoAgent{Name: a.Name, Shown: a.Shown, Password: person.Password}
		for _, role := range a.Roles {
			shown.Roles = append(shown.Roles, string(role))
		}
		if shown.Key, err = support.OpenKey(d.box, a); err == nil && shown.Key != "" {
			at := time.Unix(0, max(d.now().UnixNano(), (a.LastStep+1)*int64(step)))
			shown.Code, err = totp.GenerateCode(shown.Key, at)
		}
		if err != nil {
			return nil, err
		}
		list = append(list, shown)
	}
	return list, nil
}
