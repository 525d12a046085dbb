package message

import (
	"bytes"
	"encoding/json"
	"time"
)

// Record is a letter as file: and the demo's outbox write it.
type Record struct {
	At      time.Time `json:"at"`
	Channel string    `json:"channel"`
	To      string    `json:"to"`
	Purpose string    `json:"purpose"`
	Lang    string    `json:"lang"`
	Text    string    `json:"text"`
}

func record(o Outgoing, at time.Time) Record {
	at = at.UTC().Truncate(time.Second)
	return Record{At: at, Channel: o.Channel, To: o.To, Purpose: o.Purpose, Lang: o.Lang, Text: o.Text}
}

// encode writes one line of JSON that a person can read: links keep their ampersands.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return b.Bytes(), err
}
