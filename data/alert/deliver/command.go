package deliver

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Words are the words of a command line: parted by spaces, or held together by double
// or single quotation marks. There is nothing else to it, so that a path of Windows
// needs no care; who wants a shell's ways writes a shell: sh -c '…'.
func Words(line string) ([]string, error) {
	var words []string
	var word strings.Builder
	var mark rune
	inside := false
	for _, r := range line {
		switch {
		case mark != 0 && r == mark:
			mark = 0
		case mark == 0 && (r == '"' || r == '\''):
			mark, inside = r, true
		case mark == 0 && unicode.IsSpace(r):
			if inside {
				words = append(words, word.String())
			}
			word.Reset()
			inside = false
		default:
			word.WriteRune(r)
			inside = true
		}
	}
	if inside {
		words = append(words, word.String())
	}
	if mark != 0 || len(words) == 0 || words[0] == "" {
		return nil, &Failure{Kind: BadCommand}
	}
	return words, nil
}

// longestVariable is what a system takes in one variable of the environment, less some.
const longestVariable = 100_000

// environment is a message as variables: what one needs is there without reading JSON.
func environment(m Message) (variables []string, evidence []byte, err error) {
	evidence, err = json.Marshal(m)
	if err != nil {
		return nil, nil, err
	}
	set := func(name, value string) {
		if value = strings.ReplaceAll(value, "\x00", ""); len(value) <= longestVariable {
			variables = append(variables, name+"="+value)
		}
	}
	set("ALERT_TITLE", m.Title)
	set("ALERT_TEXT", m.Text)
	set("ALERT_TIME", m.Time.UTC().Format(time.RFC3339))
	set("ALERT_COUNT", strconv.Itoa(len(m.Alerts)))
	if len(m.Alerts) == 1 {
		set("ALERT_SYMBOL", m.Alerts[0].Symbol)
		set("ALERT_RULE", m.Alerts[0].Rule.ID)
	}
	set("ALERT_JSON", string(evidence))
	return variables, evidence, nil
}

// run runs a command with a message, in its environment and on its standard input,
// once. The error is a *Failure.
func (d *Deliverer) run(ctx context.Context, line string, m Message) error {
	words, err := Words(line)
	if err != nil {
		return err
	}
	name := filepath.Base(words[0])
	path, err := exec.LookPath(words[0])
	if err != nil {
		return &Failure{Kind: NoProgram, Where: name}
	}
	variables, evidence, err := environment(m)
	if err != nil {
		return &Failure{Kind: Exited, Where: name, Detail: err.Error()}
	}
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(d.o.Patience, commandTakes))
	defer cancel()
	var said limited
	cmd := exec.CommandContext(ctx, path, words[1:]...)
	cmd.Env = append(os.Environ(), variables...)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(evidence), &said
	cmd.WaitDelay = time.Second // what it started may hold its output open
	err = cmd.Run()
	exit := new(exec.ExitError)
	switch {
	case err == nil, errors.Is(err, exec.ErrWaitDelay) && ctx.Err() == nil:
		return nil
	case ctx.Err() != nil:
		return &Failure{Kind: NoTime, Where: name}
	case errors.As(err, &exit):
		return &Failure{Kind: Exited, Where: name, Status: exit.ExitCode(), Detail: said.firstLine()}
	}
	return &Failure{Kind: Exited, Where: name, Status: -1, Detail: err.Error()}
}

// limited keeps the beginning of what is written to it.
type limited struct{ text bytes.Buffer }

const mostSaid = 4096

// Write implements io.Writer.
func (l *limited) Write(p []byte) (int, error) {
	if room := mostSaid - l.text.Len(); room > 0 {
		l.text.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

// firstLine is the first line, as much of it as a sentence can take.
func (l *limited) firstLine() string {
	line, _, _ := strings.Cut(strings.TrimSpace(l.text.String()), "\n")
	if runes := []rune(strings.ToValidUTF8(strings.TrimSpace(line), "")); len(runes) > 160 {
		return string(runes[:160]) + "…"
	} else {
		return string(runes)
	}
}
