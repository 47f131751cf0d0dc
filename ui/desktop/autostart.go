// Package desktop is what the program may use of the desktop it runs on: whether
// there is a tray, and an entry that starts the program with the desktop. It is the
// one place that writes such an entry, and only when the person asked for it.
package desktop

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Autostart is the entry that starts the program with the desktop: a file in the
// person's own folders on Linux and macOS, a value of the registry on Windows.
type Autostart struct {
	ID      string   // the program's name to the desktop
	Name    string   // as people call it
	Command []string // the program with its whole path, and its arguments
	Folder  string   // where the entry lies, for tests; empty: where the desktop looks
}

// entryFile is an entry that is a file.
type entryFile struct {
	path string
	text string
}

// enabled reports whether the file is there, and does not say that it is off.
func (e entryFile) enabled() (bool, error) {
	text, err := os.ReadFile(e.path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("reading what starts with the desktop: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		switch strings.TrimSpace(line) {
		case "Hidden=true", "X-GNOME-Autostart-enabled=false":
			return false, nil
		}
	}
	return true, nil
}

// set writes the file, or deletes it.
func (e entryFile) set(on bool) error {
	if !on {
		if err := os.Remove(e.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("deleting what starts with the desktop: %w", err)
		}
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(e.path), 0o755); err != nil {
		return fmt.Errorf("making the folder of what starts with the desktop: %w", err)
	}
	if err := os.WriteFile(e.path, []byte(e.text), 0o644); err != nil {
		return fmt.Errorf("writing what starts with the desktop: %w", err)
	}
	return nil
}

// desktopEntry is the entry of desktops that follow freedesktop.org.
func (a Autostart) desktopEntry(folder string) entryFile {
	var command []string
	for _, arg := range a.Command {
		command = append(command, execArgument(arg))
	}
	return entryFile{filepath.Join(folder, a.ID+".desktop"),
		"[Desktop Entry]\nType=Application\nName=" + a.Name + "\nIcon=" + a.ID + "\nExec=" + strings.Join(command, " ") +
			"\nTerminal=false\nX-GNOME-Autostart-enabled=true\n"}
}

// execArgument quotes an argument as the Desktop Entry Specification wants it: in
// quotation marks, within which some characters need a backslash; and a backslash
// is written twice in any value of such a file.
func execArgument(arg string) string {
	escaped := strings.NewReplacer(`\`, `\\\\`, `"`, `\\"`, "`", "\\\\`", `$`, `\\$`, "%", "%%", "\n", `\n`).Replace(arg)
	return `"` + escaped + `"`
}

// launchAgent is the entry of macOS.
func (a Autostart) launchAgent(folder string) entryFile {
	var b strings.Builder
	text := func(s string) string {
		var escaped strings.Builder
		_ = xml.EscapeText(&escaped, []byte(s)) // fails where the writer does
		return escaped.String()
	}
	b.WriteString(xml.Header + `<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">` +
		"\n<plist version=\"1.0\">\n<dict>\n\t<key>Label</key>\n\t<string>" + text(a.ID) + "</string>\n\t<key>ProgramArguments</key>\n\t<array>\n")
	for _, arg := range a.Command {
		b.WriteString("\t\t<string>" + text(arg) + "</string>\n")
	}
	b.WriteString("\t</array>\n\t<key>RunAtLoad</key>\n\t<true/>\n</dict>\n</plist>\n")
	return entryFile{filepath.Join(folder, a.ID+".plist"), b.String()}
}

// commandLine is the command as Windows takes it apart: a quotation mark within an
// argument, and the backslashes before it, need a backslash each.
func (a Autostart) commandLine() string {
	var all []string
	for _, arg := range a.Command {
		var b strings.Builder
		slashes := 0
		for _, r := range arg {
			switch r {
			case '\\':
				slashes++
			case '"':
				b.WriteString(strings.Repeat(`\`, slashes+1))
				slashes = 0
			default:
				slashes = 0
			}
			b.WriteRune(r)
		}
		all = append(all, `"`+b.String()+strings.Repeat(`\`, slashes)+`"`)
	}
	return strings.Join(all, " ")
}
