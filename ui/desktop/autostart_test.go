package desktop

import (
	"encoding/xml"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// odd has everything that must be quoted somewhere.
var odd = Autostart{ID: "org.example.Program", Name: "Program", Command: []string{`/opt/a "b" $c\d`, "--data-dir", "/home/百分 100%&`x`\\", "--minimised"}}

func TestAFileIsWrittenAndDeleted(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "not", "there", "yet")
	for _, e := range []entryFile{odd.desktopEntry(folder), odd.launchAgent(folder)} {
		for _, on := range []bool{false, true, true, false, false} {
			if err := e.set(on); err != nil {
				t.Fatal(err)
			}
			if got, err := e.enabled(); got != on || err != nil {
				t.Errorf("%s: set to %v, enabled is %v, %v", filepath.Base(e.path), on, got, err)
			}
		}
	}
}

func TestWhatThePersonTurnedOffInTheDesktopIsOff(t *testing.T) {
	e := odd.desktopEntry(t.TempDir())
	for _, line := range []string{"Hidden=true", "X-GNOME-Autostart-enabled=false"} {
		if err := os.WriteFile(e.path, []byte("[Desktop Entry]\n"+line+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if on, err := e.enabled(); on || err != nil {
			t.Errorf("%s: enabled is %v, %v", line, on, err)
		}
	}
}

func TestAFolderThatCannotBeMadeIsSaid(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := odd.desktopEntry(filepath.Join(file, "autostart")).set(true); err == nil || !strings.Contains(err.Error(), "starts with the desktop") {
		t.Errorf("got %v", err)
	}
}

// The value of Exec is unescaped twice: as any value, then as a quoted argument.
func TestADesktopEntryKeepsOddCharacters(t *testing.T) {
	var line string
	for l := range strings.Lines(odd.desktopEntry("").text) {
		if after, ok := strings.CutPrefix(l, "Exec="); ok {
			line = strings.TrimSuffix(after, "\n")
		}
	}
	value := strings.ReplaceAll(line, `\\`, `\`)
	want := []string{}
	for _, arg := range odd.Command {
		quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "`", "\\`", `$`, `\$`, "%", "%%").Replace(arg)
		want = append(want, `"`+quoted+`"`)
	}
	if value != strings.Join(want, " ") {
		t.Errorf("Exec is %s, want %s", value, strings.Join(want, " "))
	}
	if _, err := exec.LookPath("desktop-file-validate"); err != nil {
		t.Log("desktop-file-validate is not here to look at the entry too")
		return
	}
	e := odd.desktopEntry(t.TempDir())
	if err := e.set(true); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("desktop-file-validate", e.path).CombinedOutput(); err != nil {
		t.Errorf("desktop-file-validate: %v\n%s", err, out)
	}
}

func TestALaunchAgentKeepsOddCharacters(t *testing.T) {
	var plist struct {
		Arguments []string `xml:"dict>array>string"`
		Label     string   `xml:"dict>string"`
	}
	if err := xml.Unmarshal([]byte(odd.launchAgent("").text), &plist); err != nil {
		t.Fatal(err)
	}
	if strings.Join(plist.Arguments, "\n") != strings.Join(odd.Command, "\n") || plist.Label != odd.ID {
		t.Errorf("got %+v", plist)
	}
}

func TestACommandLineOfWindows(t *testing.T) {
	got := Autostart{Command: []string{`C:\Program Files\x.exe`, `say "hi"`, `D:\data\`}}.commandLine()
	if want := `"C:\Program Files\x.exe" "say \"hi\"" "D:\data\\"`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestThisSystemsEntry(t *testing.T) {
	a := odd
	if runtime.GOOS == "windows" {
		a.Folder = `Software\OpenInterestTracker\Test` // of the registry, not what Windows starts
	} else {
		a.Folder = t.TempDir()
	}
	for _, on := range []bool{true, false} {
		if err := a.Set(on); err != nil {
			t.Fatal(err)
		}
		if got, err := a.Enabled(); got != on || err != nil {
			t.Errorf("set to %v, enabled is %v, %v", on, got, err)
		}
	}
}
