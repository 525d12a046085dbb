package audit

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"strconv"
)

// LogHead writes where the trail ends to the log, which is kept elsewhere: `audit head seq=… mac=…`. It belongs into a
// job that runs often, such as every ten minutes: what was written since the last logged head is protected by the key
// alone.
func LogHead(ctx context.Context, trail interface {
	Head(context.Context) (Head, error)
}, log *slog.Logger) error {
	head, err := trail.Head(ctx)
	if err != nil {
		return fmt.Errorf("log the head of the audit trail: %w", err)
	}
	if head.Seq > 0 {
		log.InfoContext(ctx, "audit head", "seq", head.Seq, "mac", head.Text())
	}
	return nil
}

// headInLog finds a head in a line of log, as slog's text, as JSON or bare. It must be the message itself: a head inside of
// a quoted value was written by somebody else.
var headInLog = regexp.MustCompile(`(?:^audit head |msg="audit head" |"msg":"audit head",)` +
	`"?seq"?[=:](\d+)[ ,]"?mac"?[=:]"?([A-Za-z0-9_-]+)`)

// ParseHeads finds all heads in a log, or in a file with only such lines. Other lines are left out.
func ParseHeads(log io.Reader) ([]Mark, error) {
	var heads []Mark
	lines := bufio.NewReader(log)
	for {
		line, err := lines.ReadString('\n')
		if found := headInLog.FindStringSubmatch(line); found != nil {
			seq, bad := strconv.ParseInt(found[1], 10, 64)
			mac, worse := base64.RawURLEncoding.DecodeString(found[2])
			if err := errors.Join(bad, worse); err != nil {
				return nil, fmt.Errorf("read logged heads: %q: %w", found[0], err)
			}
			heads = append(heads, Mark{seq, mac})
		}
		if errors.Is(err, io.EOF) {
			return heads, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read logged heads: %w", err)
		}
	}
}
