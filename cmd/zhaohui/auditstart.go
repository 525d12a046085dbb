package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"maps"
	"net/url"
	"path"
	"reflect"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"zhaohui/internal/recovery"
	"zhaohui/internal/store"
	"zhaohui/internal/support"
	"zhaohui/web"
)

// Kinds of what a portal says of itself when it starts and something is not as it was recorded last.
const (
	kindContent  = "content-version" // data: a short sum of each part, and of all
	kindSettings = "settings-version"
)

// auditing connects what auditors use, and lets the trail keep which content and settings count from when on.
func (p *portal) auditing(b building, r *records, cases *store.Cases, policy *recovery.Policy, kinds []*support.TicketKind, config *web.Config) {
	config.Trail = support.NewTrail(store.NewTrail(r.trail), b.now)
	clock := b.now
	if b.demo != nil {
		clock = b.demo.erasing
	}
	config.Retention = r.retention(cases, policy, kinds, clock)
	config.Filters = support.NewFilters(store.NewFilters(r.db), b.now)
	p.start = append(p.start, func(ctx context.Context) error {
		ctx, stop := context.WithCancel(ctx)
		done := make(chan struct{})
		p.close = append(p.close, func() error { stop(); <-done; return nil })
		go func() {
			defer close(done)
			select {
			case <-ctx.Done():
				return
			case <-time.After(2 * time.Second): // the first pages go first
			}
			if err := b.recordVersions(ctx, store.NewTrail(r.trail)); err != nil && ctx.Err() == nil {
				p.log.Error("the versions of content and settings cannot be recorded", "error", err)
			}
		}()
		return nil
	})
}

// recordVersions records content and settings if they are not what was recorded last.
func (b building) recordVersions(ctx context.Context, trail *store.Trail) error {
	sums, err := contentSums(b.files)
	if err != nil {
		return fmt.Errorf("record versions: %w", err)
	}
	for _, v := range []struct {
		kind string
		data map[string]string
	}{{kindContent, sums}, {kindSettings, settingsNow(b.settings)}} {
		last, _, err := trail.Search(ctx, support.TrailFilter{Kind: v.kind}, 0, 1)
		if err == nil && (len(last) == 0 || !maps.Equal(last[0].Data, v.data)) {
			err = trail.Record(ctx, recovery.Event{At: b.now(), Kind: v.kind, Actor: "operator", Data: v.data})
		}
		if err != nil {
			return fmt.Errorf("record versions: %w", err)
		}
	}
	return nil
}

// contentSums is a short sum of each part of the content, and of all of it: what a customer was shown on a day can be told
// from the files that have these sums.
func contentSums(files fs.FS) (map[string]string, error) {
	parts, all := map[string]hash.Hash{}, sha256.New()
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		file, err := files.Open(name)
		if err != nil {
			return err
		}
		defer file.Close()
		part := partOf(name)
		if parts[part] == nil {
			parts[part] = sha256.New()
		}
		both := io.MultiWriter(parts[part], all)
		fmt.Fprintf(both, "%s\x00", name)
		_, err = io.Copy(both, file)
		return err
	})
	sums := map[string]string{"all": hex.EncodeToString(all.Sum(nil))}
	for part, sum := range parts {
		sums[part] = hex.EncodeToString(sum.Sum(nil))[:16]
	}
	return sums, err
}

// partOf is what a file belongs to: a platform, or a folder or file at the root.
func partOf(name string) string {
	folders := strings.Split(path.Clean(name), "/")
	if folders[0] == "platforms" && len(folders) > 2 {
		return path.Join(folders[:2]...)
	}
	return folders[0]
}

// settingsNow is every setting by the name of its variable, without what is secret, and the program's version.
func settingsNow(s settings) map[string]string {
	all := map[string]string{"program": programVersion()}
	addSettings(all, reflect.ValueOf(s))
	return all
}

func addSettings(all map[string]string, of reflect.Value) {
	for i := range of.NumField() {
		field := of.Type().Field(i)
		if _, embedded := field.Tag.Lookup("embed"); embedded {
			addSettings(all, of.Field(i))
			continue
		}
		name := field.Tag.Get("name")
		if name == "" {
			name = dashed(field.Name)
		}
		if value := shownSetting(field.Name, of.Field(i)); value != "" {
			all["ZHAOHUI_"+strings.ToUpper(strings.ReplaceAll(name, "-", "_"))] = value
		}
	}
}

var (
	wordStart = regexp.MustCompile(`([a-z0-9])([A-Z])`)
	secretive = regexp.MustCompile(`(Secret|Keyset|Password|Token)$`)
	addressIn = regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*://\S*`)
)

func dashed(name string) string { return strings.ToLower(wordStart.ReplaceAllString(name, "$1-$2")) }

// shownSetting is a value without what is secret: of an address only scheme and host stay.
func shownSetting(name string, value reflect.Value) string {
	text := fmt.Sprint(value.Interface())
	if value.IsZero() {
		return ""
	}
	if secretive.MatchString(name) {
		return "set"
	}
	return addressIn.ReplaceAllStringFunc(text, func(address string) string {
		u, err := url.Parse(address)
		if err != nil {
			return "set"
		}
		return u.Scheme + "://" + u.Host
	})
}

// programVersion is what the program was built of.
func programVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if i := slices.IndexFunc(info.Settings, func(s debug.BuildSetting) bool { return s.Key == "vcs.revision" }); i >= 0 {
		return info.Settings[i].Value
	}
	return info.Main.Version
}
