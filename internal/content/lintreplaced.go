package content

import "path"

// lintReplaced looks at what took the place of something that is gone: it must be gone, and by one successor only.
func (l *loader) lintReplaced(c *Content) {
	by := map[string]string{} // what is gone → the file that replaces it
	look := func(file, kind, within, gone string, there bool) {
		before, twice := by[within+"/"+gone]
		switch {
		case !slug.MatchString(gone):
			l.report(file, 1, "replaces: %q is no id", gone)
		case there:
			l.report(file, 1, "replaces: %s %s is still there", kind, gone)
		case twice:
			l.report(file, 1, "replaces: %s replaces %s too", before, gone)
		}
		by[within+"/"+gone] = file
	}
	for _, a := range c.Help.Articles {
		for _, gone := range a.Replaces {
			_, there := c.Help.Article(gone)
			look(path.Join("help", a.Slug, "article.yaml"), "article", "help", gone, there)
		}
	}
	for _, p := range c.Platforms {
		for _, channel := range p.Channels {
			for _, gone := range channel.Replaces {
				_, there := p.Channel(gone)
				look(path.Join("platforms", p.ID, "channels", channel.ID, "channel.yaml"), "channel", p.ID, gone, there)
			}
		}
	}
}
