package main

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/alecthomas/kong"
)

// manCommand prints the man page, made from the command line itself, so that
// the two cannot differ. Packages are made with it; --help has the same for a
// person, so it is hidden.
type manCommand struct{}

// Run is called by kong.
func (*manCommand) Run(parsed *kong.Context, std streams) error {
	p := manPage{w: std.out}
	p.write(parsed.Model)
	return p.err
}

// manPage writes a page in the language of man(7). The first error is kept.
type manPage struct {
	w   io.Writer
	err error
}

func (p *manPage) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

func (p *manPage) write(app *kong.Application) {
	p.line(`.TH OPENINTEREST 1 "" "openinterest %s" "User Commands"`, version)
	p.line(".SH NAME\nopeninterest \\- live open interest of Binance Futures")
	p.line(".SH SYNOPSIS\n.B openinterest\n.RI [ command ] \" \" [ flags ]")
	p.line(".SH DESCRIPTION\n%s", roff(app.Help))
	p.line("Without a command, the window opens.")
	p.line(".SH OPTIONS\nThese belong to every command.")
	p.flags(app.Flags)
	p.line(".SH COMMANDS")
	for _, c := range app.Children {
		if c.Hidden {
			continue
		}
		p.line(".SS %s\n%s", roff(c.Summary()), roff(c.Help))
		p.flags(c.Flags)
	}
	p.line(".SH EXIT STATUS\n0 for success, 2 for a command line that cannot be understood, 1 for everything else.")
	p.line(".SH FILES\nSettings and history lie below\n.IR ~/.local/share/openinterest ,\nor where\n.B \\-\\-data\\-dir\nsays.")
}

func (p *manPage) flags(flags []*kong.Flag) {
	for _, f := range flags {
		if f.Hidden {
			continue
		}
		name := "--" + f.Name
		if f.Short != 0 {
			name = fmt.Sprintf("-%c, %s", f.Short, name)
		}
		if !f.IsBool() && !f.IsCounter() {
			name += "=" + f.FormatPlaceHolder()
		}
		p.line(".TP\n.B %s\n%s", roff(name), roff(home.ReplaceAllString(f.Help, "~")))
	}
}

// home is the folder of whoever makes the page, where a default names it.
var home = regexp.MustCompile(`/(root|home/[^/ ]+)\b`)

// roff escapes a text for man: a hyphen that is typed is a minus there, and a
// line may not begin with a control character.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		text = `\&` + text
	}
	return text
}
