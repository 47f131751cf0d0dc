package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/alecthomas/kong"
)

func TestHelpIsPrintedForEveryCommand(t *testing.T) {
	parser, err := kong.New(&commands{}, kong.Vars{"version": "", "data_dir": ""})
	if err != nil {
		t.Fatal(err)
	}
	for _, flag := range []string{"--help", "-h"} {
		got := program(t, flag)
		if got.code != 0 || got.fault != nil || got.err != "" {
			t.Errorf("%s: exit code %d, %v, %q on standard error", flag, got.code, got.fault, got.err)
		}
		for _, want := range []string{"Usage: openinterest", "snapshot", "screenshot", "--rest-url", "--stream-url", "--proxy", "doctor",
			"--data-dir", "--demo", "--lang", "--theme", "--log-level", "--version"} {
			if !strings.Contains(got.out, want) {
				t.Errorf("%s does not mention %s:\n%s", flag, want, got.out)
			}
		}
	}
	for _, command := range parser.Model.Children {
		got := program(t, command.Name, "--help")
		if got.code != 0 || got.fault != nil || !strings.Contains(got.out, "Usage: openinterest "+command.Name) {
			t.Errorf("%s --help: exit code %d, %v:\n%s", command.Name, got.code, got.fault, got.out)
		}
		for _, f := range command.Flags {
			if !f.Hidden && (f.Help == "" || !strings.Contains(got.out, "--"+f.Name)) {
				t.Errorf("%s --help does not explain --%s", command.Name, f.Name)
			}
		}
	}
}

func TestVersionIsThatOfTheManifest(t *testing.T) {
	var manifest struct {
		Languages []string
		Details   struct {
			Icon, Name, ID, Version string
			Build                   int
		}
	}
	if _, err := toml.DecodeFile(filepath.FromSlash("../../FyneApp.toml"), &manifest); err != nil {
		t.Fatal(err)
	}
	if got := program(t, "--version"); got.code != 0 || got.out != "openinterest "+manifest.Details.Version+"\n" {
		t.Errorf("--version prints %q and exits with %d; FyneApp.toml has %s", got.out, got.code, manifest.Details.Version)
	}
	m, d := metadata(), manifest.Details
	if m.ID != d.ID || m.Name != d.Name || m.Version != d.Version || m.Build != d.Build {
		t.Errorf("the window says it is %+v, FyneApp.toml %+v", m, d)
	}
	icon, err := os.ReadFile(filepath.Join("../..", filepath.FromSlash(d.Icon)))
	if err != nil || string(icon) != string(m.Icon.Content()) {
		t.Errorf("the window's icon is not %s (%v)", d.Icon, err)
	}
}

func TestACommandLineThatCannotBeUnderstoodIsRefused(t *testing.T) {
	picture := filepath.Join(t.TempDir(), "x.png")
	for name, c := range map[string]struct {
		args []string
		says string // in the sentence
	}{
		"unknown flag":          {[]string{"--colour"}, "--colour"},
		"unknown command":       {[]string{"snapshoot"}, "snapshoot"},
		"flag of another":       {[]string{"snapshot", "--tick", "BTCUSDT"}, "--tick"},
		"language":              {[]string{"--lang", "fr"}, `"en"`},
		"theme":                 {[]string{"--theme", "blue"}, `"dark"`},
		"log level":             {[]string{"--log-level", "loud"}, "loud"},
		"REST scheme":           {[]string{"--rest-url", "ftp://example.org"}, "--rest-url"},
		"REST without scheme":   {[]string{"--rest-url", "127.0.0.1:9900"}, "http://"},
		"REST without host":     {[]string{"--rest-url", "http://"}, "--rest-url"},
		"REST nonsense":         {[]string{"snapshot", "--rest-url", "http://[::1"}, "--rest-url"},
		"stream scheme":         {[]string{"--stream-url", "http://127.0.0.1:9900"}, "ws://"},
		"demo and REST":         {[]string{"--demo", "--rest-url", "http://127.0.0.1:9900"}, "--demo"},
		"demo and stream":       {[]string{"snapshot", "--demo", "--stream-url", "ws://127.0.0.1:9900"}, "--demo"},
		"symbol":                {[]string{"events", "--symbol", "BTC/USDT"}, "--symbol"},
		"formula":               {[]string{"export", "--symbol==BTCUSDT"}, "--symbol"},
		"ticked":                {[]string{"screenshot", "-o", picture, "--tick", "BTCUSDT,ETH USDT"}, "--tick"},
		"no symbol to show":     {[]string{"screenshot", "-o", picture, "--symbol", " "}, "--symbol"},
		"REST with a query":     {[]string{"--rest-url", "http://127.0.0.1:9900?key=1"}, "--rest-url"},
		"archive scheme":        {[]string{"--archive-url", "file:///etc"}, "--archive-url"},
		"demo and archive":      {[]string{"--demo", "--archive-url", "http://127.0.0.1:9900"}, "--demo"},
		"format":                {[]string{"snapshot", "--format", "xml"}, `"csv"`},
		"timeout":               {[]string{"snapshot", "--timeout", "soon"}, "--timeout"},
		"no time":               {[]string{"snapshot", "--timeout", "0s"}, "--timeout"},
		"negative time":         {[]string{"snapshot", "--timeout=-3s"}, "--timeout"},
		"no file":               {[]string{"screenshot"}, "--out"},
		"size without a cross":  {[]string{"screenshot", "-o", picture, "--size", "1440"}, "1440x900"},
		"size with more":        {[]string{"screenshot", "-o", picture, "--size", "1440x900px"}, "1440x900"},
		"size too small":        {[]string{"screenshot", "-o", picture, "--size", "10x10"}, "320x240"},
		"size too large":        {[]string{"screenshot", "-o", picture, "--size", "90000x900"}, "8000x8000"},
		"scale too large":       {[]string{"screenshot", "-o", picture, "--scale", "40"}, "--scale"},
		"scale that is nothing": {[]string{"screenshot", "-o", picture, "--scale", "NaN"}, "--scale"},
		"range":                 {[]string{"screenshot", "-o", picture, "--range", "5y"}, "30d"},
		"pane":                  {[]string{"screenshot", "-o", picture, "--pane", "attic"}, `"guide"`},
		"picture without time":  {[]string{"screenshot", "-o", picture, "--timeout", "0s"}, "--timeout"},
	} {
		t.Run(name, func(t *testing.T) {
			got := program(t, c.args...)
			if got.code != 2 || got.fault == nil {
				t.Fatalf("exit code %d, want 2 (%v)", got.code, got.fault)
			}
			if sentence := got.fault.Error(); !strings.Contains(sentence, c.says) || strings.Contains(sentence, "\n") {
				t.Errorf("it says %q, without %q", sentence, c.says)
			}
			if got.out != "" {
				t.Errorf("it printed %q", got.out)
			}
		})
	}
	if _, err := os.Stat(picture); err == nil {
		t.Error("a picture was written all the same")
	}
}

// A password in an address is nobody's to read: not in what is said about it,
// and not in a log.
func TestPasswordsAreNotRepeated(t *testing.T) {
	for _, flag := range []string{"--rest-url", "--stream-url", "--archive-url"} {
		for _, address := range []string{
			"ftp://user:hunter2@example.org", "http://user:hunter2@example.org/x", "ws://user:hunter2@example.org", "https://hunter2@example.org",
			"http://user:hunt%zzhunter2@example.org", "http://user:a/hunter2@example.org", "wss://user:hunter2@[::1", "//user:hunter2@example.org",
		} {
			got := program(t, "snapshot", flag, address, "--log-level", "debug", "--timeout", "1s")
			if got.code != 2 || got.fault == nil || !strings.Contains(got.fault.Error(), flag) {
				t.Errorf("%s %s: exit code %d, %v", flag, address, got.code, got.fault)
			}
			if said := got.out + got.err + got.fault.Error(); strings.Contains(said, "hunter2") {
				t.Errorf("%s %s: it says %q", flag, address, said)
			}
		}
	}
}

// Where nothing is said, the exchange itself is asked, and what was simulated
// is so only on request.
func TestDefaultsAreTheRealExchange(t *testing.T) {
	var c commands
	parser, err := kong.New(&c, kong.Vars{"version": "", "data_dir": ""})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(nil); err != nil {
		t.Fatal(err)
	}
	if c.Demo || c.RestURL != "" || c.StreamURL != "" || c.Lang != "" || c.Theme != "" || c.LogLevel != "warn" {
		t.Errorf("the defaults are %+v", c.globals)
	}
	if dir := c.dataDir(); !regexp.MustCompile(`[/\\]openinterest$`).MatchString(dir) || !filepath.IsAbs(dir) {
		t.Errorf("data is kept in %s", dir)
	}
}
