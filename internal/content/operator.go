package content

import (
	"io/fs"
	"net/url"

	"go.yaml.in/yaml/v3"
)

const operatorFile = "operator.yaml"

// Operator is who runs the portal: what operator.yaml in the overlay folder says.
type Operator struct {
	Name    Localized // 云帆钱包
	Site    Localized // 支付密码帮助
	Wallet  Localized // what the operator's own wallet is called, if not as the operator
	Letters Localized // what mails and text messages call it, if not as the operator
	Logo    string    // a picture file in the overlay folder: svg or png
	Hotline string    // the operator's own line, "" if none
	Hours   Localized
	Hosts   []string // addresses that are genuinely this portal
	Theme   string   // a style file of tokens in the overlay folder
}

// Localized is a text in several languages, or one text for all.
type Localized map[string]string

// UnmarshalYAML takes a text or a map from language to text.
func (t *Localized) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		*t = Localized{"": node.Value}
		return nil
	}
	m := map[string]string{}
	err := node.Decode(&m)
	*t = m
	return err
}

// In is the text in a language, the Chinese one where it is missing.
func (t Localized) In(lang string) string {
	for _, code := range []string{lang, "", mainLanguage} {
		if text := t[code]; text != "" {
			return text
		}
	}
	return ""
}

// Product is the name of the operator's own wallet.
func (o Operator) Product(lang string) string {
	if name := o.Wallet.In(lang); name != "" {
		return name
	}
	return o.Name.In(lang)
}

// Sender is what mails and text messages call the operator.
func (o Operator) Sender(lang string) string {
	if name := o.Letters.In(lang); name != "" {
		return name
	}
	return o.Name.In(lang)
}

func (l *loader) operator() Operator {
	var o Operator
	if _, ok := l.decode(operatorFile, &o); !ok {
		return o
	}
	if o.Name.In(mainLanguage) == "" {
		l.report(operatorFile, 1, "name is missing")
	}
	if o.Hotline != "" && !telephone.MatchString(o.Hotline) {
		l.report(operatorFile, 1, "hotline: %q is no telephone number", o.Hotline)
	}
	for _, host := range o.Hosts {
		if u, err := url.Parse("https://" + host); err != nil || u.Host != host || host == "" {
			l.report(operatorFile, 1, "hosts: %q is not a bare host like help.example.com", host)
		}
	}
	for _, name := range []string{o.Logo, o.Theme} {
		if name == "" {
			continue
		}
		if _, err := fs.Stat(l.files, name); err != nil {
			l.report(operatorFile, 1, "%s: no such file beside operator.yaml", name)
		}
	}
	return o
}
