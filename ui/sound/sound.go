// Package sound makes a short sound: one of three that it makes itself, or a file of the
// person's.
//
// It asks a program of the desktop to play it: pw-play, paplay or aplay on Linux and BSD,
// afplay on macOS, PowerShell on Windows. Libraries that play in this process
// (gopxl/beep, ebitengine/oto) link ALSA, which a desktop without it would have to
// install, and keep a thread at work for a sound that comes twice a day.
package sound

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// Missing is the error where no program was found that plays sounds. Its text is for
// logs; the window has its own words.
type Missing struct{ Programs []string } // any of these would do

// Error names the programs.
func (m *Missing) Error() string {
	return "no program that plays a sound: " + strings.Join(m.Programs, ", ")
}

// program plays a file. Windows' takes its name from SOUND in the environment.
type program struct {
	name string
	args []string
}

const windowsScript = `(New-Object Media.SoundPlayer $env:SOUND).PlaySync()`

// programs are those for a system, the best first.
func programs(system string) []program {
	switch system {
	case "darwin":
		return []program{{"afplay", nil}}
	case "windows":
		return []program{{"powershell", []string{"-NoProfile", "-NonInteractive", "-Command", windowsScript}}}
	}
	return []program{{"pw-play", nil}, {"paplay", nil}, {"aplay", []string{"-q"}}}
}

// patience is how long a sound may be.
const patience = 15 * time.Second

// Play makes a sound and returns when it is over: "bell", "chime" or "knock", or with any
// other name the file. The error is a *Missing where nothing on this desktop plays
// sounds. It takes seconds, so it has no business on the UI's goroutine.
func Play(ctx context.Context, name, file string) error {
	if notes, ok := made[name]; ok {
		path, err := temporary(wav(notes))
		if err != nil {
			return err
		}
		defer os.Remove(path)
		file = path
	} else if _, err := os.Stat(file); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("there is no file %s", file)
		}
		return fmt.Errorf("looking for the sound: %w", err)
	}
	return play(ctx, programs(runtime.GOOS), file)
}

// play tries one program after the other: one may be there without its server.
func play(ctx context.Context, known []program, file string) error {
	var names []string
	var failed error
	for _, p := range known {
		names = append(names, p.name)
		path, err := exec.LookPath(p.name)
		if err != nil {
			continue
		}
		if err = p.run(ctx, path, file); err == nil || ctx.Err() != nil {
			return ctx.Err()
		}
		failed = fmt.Errorf("%s: %w", p.name, err)
	}
	if failed != nil {
		return failed
	}
	return &Missing{names}
}

func (p *program) run(ctx context.Context, path, file string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	args := p.args
	if runtime.GOOS != "windows" {
		args = append(args[:len(args):len(args)], file)
	}
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = append(os.Environ(), "SOUND="+file)
	cmd.WaitDelay = time.Second
	said, err := cmd.CombinedOutput()
	line, _, _ := strings.Cut(strings.TrimSpace(string(said)), "\n")
	if err != nil && line != "" {
		return errors.New(strings.TrimSpace(line))
	}
	return err
}

// note is a tone that begins at a time and fades.
type note struct {
	at, hertz, fades float64 // seconds, Hz, seconds to a third
	loud             float64 // 0…1
}

// made are the sounds of this program's own. None is longer than a second.
var made = map[string][]note{
	"bell":  {{0, 880, 0.25, 0.5}, {0, 1760, 0.12, 0.2}, {0, 2640, 0.06, 0.1}},
	"chime": {{0, 659.25, 0.2, 0.4}, {0.16, 830.61, 0.2, 0.4}, {0.32, 987.77, 0.3, 0.4}},
	"knock": {{0, 180, 0.03, 0.8}, {0.18, 180, 0.03, 0.8}},
}

const (
	rate    = 44_100
	seconds = 0.9
)

// wav writes notes as a WAV file: 16 bits, one channel.
func wav(notes []note) []byte {
	const samples = int(rate * seconds)
	data := make([]int16, samples)
	for i := range data {
		t, x := float64(i)/rate, 0.0
		for _, n := range notes {
			if since := t - n.at; since >= 0 {
				attack := min(1, since/0.004) // else it clicks
				x += n.loud * attack * math.Exp(-since/n.fades) * math.Sin(2*math.Pi*n.hertz*since)
			}
		}
		end := min(1, (seconds-t)/0.05)
		data[i] = int16(math.Round(max(-1, min(1, x*end)) * 0.8 * math.MaxInt16))
	}
	var b bytes.Buffer
	b.WriteString("RIFF")
	_ = binary.Write(&b, binary.LittleEndian, uint32(36+2*samples)) // into memory: it cannot fail
	b.WriteString("WAVEfmt ")
	_ = binary.Write(&b, binary.LittleEndian, uint32(16))
	for _, field := range []any{uint16(1), uint16(1), uint32(rate), uint32(2 * rate), uint16(2), uint16(16)} {
		_ = binary.Write(&b, binary.LittleEndian, field)
	}
	b.WriteString("data")
	_ = binary.Write(&b, binary.LittleEndian, uint32(2*samples))
	_ = binary.Write(&b, binary.LittleEndian, data)
	return b.Bytes()
}

// temporary writes a sound into a file.
func temporary(sound []byte) (name string, err error) {
	file, err := os.CreateTemp("", "alert-*.wav")
	if err != nil {
		return "", fmt.Errorf("a file for the sound: %w", err)
	}
	_, err = file.Write(sound)
	if err = errors.Join(err, file.Close()); err != nil {
		os.Remove(file.Name())
		return "", fmt.Errorf("writing the sound: %w", err)
	}
	return file.Name(), nil
}
