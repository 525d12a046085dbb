package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"net"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"

	embedded "zhaohui/content"
	"zhaohui/internal/i18n"
	"zhaohui/internal/message"
)

// settings are what serve and demo both take; each is a flag and an environment variable (ZHAOHUI_ADDR …).
type settings struct {
	Addr           string   `help:"Address to listen on." default:"localhost:8080"`
	PublicURL      string   `name:"public-url" help:"Address that people see; http:// and the address by default." placeholder:"URL"`
	Content        string   `help:"Folder laid over the embedded content, with operator.yaml." placeholder:"DIR"`
	AdminAddr      string   `help:"Address for /metrics; none by default." placeholder:"HOST:PORT"`
	TrustedProxies []string `help:"Addresses or networks of proxies whose X-Forwarded-For counts." placeholder:"NET"`
	Maintenance    bool     `help:"Answer every page with the maintenance page."`
	LogLevel       string   `help:"debug, info, warn or error." default:"info"`
	TimeZone       string   `help:"Time zone of the times on pages and in messages." default:"Asia/Shanghai"`

	databaseSettings `embed:""`
	messageSettings  `embed:""`
	supportSettings  `embed:""`
	alertSettings    `embed:""`
}

// messageSettings say how mail and SMS leave.
type messageSettings struct {
	SMTPURL   string `name:"smtp-url" help:"smtps://user:password@host:465 or smtp://…:587, with ?from=name@host." placeholder:"URL"`
	Mail      string `help:"file:PATH writes mails into a file instead." placeholder:"file:PATH"`
	SMS       string `name:"sms" help:"webhook:URL of a gateway, or file:PATH." placeholder:"webhook:URL"`
	SMSSecret string `name:"sms-secret" help:"Secret that the webhook is signed with (whsec_…)." placeholder:"SECRET"`
}

// senders are what carries letters, by channel; what was set wrongly for mail does not hide what was for SMS.
func (m messageSettings) senders() (map[string]message.Sender, []error) {
	senders, problems := map[string]message.Sender{}, []error(nil)
	for _, part := range []message.Settings{{Mail: m.Mail, SMTPURL: m.SMTPURL, Now: time.Now}, {SMS: m.SMS, SMSSecret: m.SMSSecret, Now: time.Now}} {
		found, err := message.ParseSettings(part)
		if err != nil {
			problems = append(problems, err)
		}
		maps.Copy(senders, found)
	}
	return senders, problems
}

type serveCommand struct {
	settings `embed:""`
}

// Run serves until the process is told to stop.
func (c *serveCommand) Run() error {
	return serve(c.settings, nil, nil)
}

type demoCommand struct {
	settings `embed:""`
}

// Run serves an operator that does not exist, with accounts whose secrets everybody can read, and so on loopback only. Unless
// a data folder is named, nothing outlives it.
func (c *demoCommand) Run() error {
	if host, _, err := net.SplitHostPort(c.Addr); err == nil && !loopback(host) {
		return fmt.Errorf("ZHAOHUI_ADDR: the demo shows everybody its secrets, so it listens on this machine only, e.g. localhost:8080, not on %q", c.Addr)
	}
	if c.shared() {
		return errors.New("ZHAOHUI_DATABASE: the demo keeps its accounts in a file of its own")
	}
	if c.Data == "" {
		dir, err := os.MkdirTemp("", "zhaohui-demo-")
		if err != nil {
			return fmt.Errorf("demo folder: %w", err)
		}
		defer os.RemoveAll(dir)
		c.Data = dir
	}
	return serve(c.settings, embedded.Demo(), newDemonstration())
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// open checks every setting and reports all problems at once, then builds the portal.
func open(c settings, extra fs.FS, demo *demonstration) (*portal, error) {
	var level slog.Level
	var problems []error
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		problems = append(problems, fmt.Errorf("ZHAOHUI_LOG_LEVEL: want debug, info, warn or error, got %q", c.LogLevel))
	}
	p := &portal{log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))}
	public, err := publicURL(c)
	if err != nil {
		problems = append(problems, err)
	}
	problems = append(problems, c.addressProblems()...)
	if c.Content != "" {
		if info, err := os.Stat(c.Content); err != nil || !info.IsDir() {
			problems = append(problems, fmt.Errorf("ZHAOHUI_CONTENT: %s is not a folder", c.Content))
			c.Content = ""
		}
	}
	files := contentFiles(c.Content, extra)
	loaded, found := readContent(files, c.Content, extra)
	if bad := found.Errors(); len(bad) > 0 {
		problems = append(problems, bad)
	}
	for _, warning := range found {
		if warning.Warning {
			p.log.Warn("content", "problem", warning.Error())
		}
	}
	if demo == nil && !ownNamed(c.Content) {
		p.log.Warn("operator.yaml is missing: pages and messages carry no name and no hotline of yours", "want", "a folder with operator.yaml in ZHAOHUI_CONTENT")
	}
	words, err := i18n.Load(files)
	if err != nil {
		problems = append(problems, fmt.Errorf("words: %w", err))
	}
	zone, err := time.LoadLocation(c.TimeZone)
	if err != nil {
		problems = append(problems, fmt.Errorf("ZHAOHUI_TIME_ZONE: %q is not a time zone like Asia/Shanghai", c.TimeZone))
	}
	senders, wrong := c.senders()
	problems = append(append(problems, wrong...), c.problems()...)
	poster, err := message.ParseAlerts(c.Alerts, c.AlertsSecret, time.Now)
	if err != nil {
		problems = append(problems, err)
	}
	if _, err := c.openID("", time.Now); err != nil {
		problems = append(problems, err)
	}
	b := building{settings: c, public: public, files: files, content: loaded, words: words, zone: zone, senders: senders, poster: poster, demo: demo,
		now: time.Now}
	if demo != nil {
		b.now, b.senders = demo.now, demo.senders()
	}
	if c.Maintenance && len(problems) == 0 { // nothing is opened that somebody may be working on
		keys, _, err := c.keys()
		if err != nil {
			return nil, c.keyProblem(err)
		}
		return p, p.closed(b, keys)
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	return p, p.build(b)
}

// addressProblems are what is wrong with where the portal listens, and with whom it believes.
func (c settings) addressProblems() (problems []error) {
	if _, _, err := net.SplitHostPort(c.Addr); err != nil {
		problems = append(problems, fmt.Errorf("ZHAOHUI_ADDR: %w", err))
	}
	if _, _, err := net.SplitHostPort(c.AdminAddr); c.AdminAddr != "" && err != nil {
		problems = append(problems, fmt.Errorf("ZHAOHUI_ADMIN_ADDR: %w", err))
	}
	for _, proxy := range c.TrustedProxies {
		if _, _, err := net.ParseCIDR(proxy); err != nil && net.ParseIP(proxy) == nil {
			problems = append(problems, fmt.Errorf("ZHAOHUI_TRUSTED_PROXIES: %q is neither an address nor a network", proxy))
		}
	}
	return problems
}

// publicHost is a host as browsers send it: plain letters (xn--… for others), an address, perhaps a port.
var publicHost = regexp.MustCompile(`^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?$`)

// publicURL is where people reach the portal: nothing but scheme and host.
func publicURL(c settings) (*url.URL, error) {
	text := c.PublicURL
	if host, _, _ := net.SplitHostPort(c.Addr); text == "" {
		if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
			return nil, fmt.Errorf("ZHAOHUI_PUBLIC_URL: say under which address people come, as %q is every address of this machine", c.Addr)
		}
		text = "http://" + c.Addr
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || !publicHost.MatchString(u.Host) || u.User != nil ||
		strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("ZHAOHUI_PUBLIC_URL: want https://host, got %q", text)
	}
	usual := map[string]string{"http": ":80", "https": ":443"}[u.Scheme] // browsers leave it out of Host
	return &url.URL{Scheme: u.Scheme, Host: strings.TrimSuffix(u.Host, usual)}, nil
}

// serve runs until SIGINT or SIGTERM, then lets running requests end.
func serve(c settings, extra fs.FS, demo *demonstration) error {
	collectOften()
	p, err := open(c, extra, demo)
	if p != nil {
		defer p.shut()
	}
	if err != nil {
		return err
	}
	return p.run(c.Addr, c.AdminAddr, p.site.Handler())
}
