package sound

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestSoundsAreWAVFilesThatCanBeHeard(t *testing.T) {
	for name, notes := range made {
		data := wav(notes)
		if string(data[:4]) != "RIFF" || string(data[8:16]) != "WAVEfmt " || string(data[36:40]) != "data" ||
			int(binary.LittleEndian.Uint32(data[4:])) != len(data)-8 || int(binary.LittleEndian.Uint32(data[40:])) != len(data)-44 {
			t.Errorf("%s has the head %q", name, data[:44])
		}
		loudest := int16(0)
		for i := 44; i < len(data); i += 2 {
			loudest = max(loudest, int16(binary.LittleEndian.Uint16(data[i:])))
		}
		if loudest < 8000 || loudest > 32_000 {
			t.Errorf("%s is as loud as %d of 32767", name, loudest)
		}
	}
}

// player puts a program of a name into the path: a script.
func player(t *testing.T, name, script string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
}

func TestTheFirstProgramThatCanPlaysTheFile(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the programs of this test are shell scripts")
	}
	heard := filepath.Join(t.TempDir(), "heard")
	player(t, "test-broken", "echo no server >&2; exit 1")
	player(t, "test-good", `head -c 4 "$2" > `+heard)
	file, err := temporary(wav(made["bell"]))
	if err != nil {
		t.Fatal(err)
	}
	defer os.Remove(file)
	broken, good := program{"test-broken", nil}, program{"test-good", []string{"-q"}}
	if err := play(t.Context(), []program{{"test-absent", nil}, broken, good}, file); err != nil {
		t.Error(err)
	}
	if data, err := os.ReadFile(heard); err != nil || string(data) != "RIFF" {
		t.Errorf("played %q, %v", data, err)
	}
	if err := play(t.Context(), []program{broken}, file); err == nil || !strings.Contains(err.Error(), "no server") {
		t.Errorf("a program without a server: %v", err)
	}
	var missing *Missing
	if err := play(t.Context(), []program{{"test-absent", nil}}, file); !errors.As(err, &missing) || missing.Programs[0] != "test-absent" {
		t.Errorf("without any program: %v", err)
	}
	if err := Play(t.Context(), "file", filepath.Join(t.TempDir(), "none.wav")); err == nil || !strings.Contains(err.Error(), "no file") {
		t.Errorf("without the file: %v", err)
	}
}

func TestEverySystemHasAProgram(t *testing.T) {
	for system, want := range map[string]string{"linux": "pw-play paplay aplay", "darwin": "afplay", "windows": "powershell"} {
		var names []string
		for _, p := range programs(system) {
			names = append(names, p.name)
		}
		if strings.Join(names, " ") != want {
			t.Errorf("%s has %v", system, names)
		}
	}
}
