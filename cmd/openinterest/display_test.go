package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// display is an X display without a screen, of the test's own: nothing frames
// its windows and nothing gives them the keyboard.
type display struct {
	t      *testing.T
	number string // "99"
	frames string // the file that the display's pixels are mapped to
}

// openDisplay starts Xvfb on a number that it picks itself. The test is
// skipped where Xvfb or xdotool is not installed.
func openDisplay(t *testing.T, flags ...string) *display {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skipf("the window is tested under Xvfb, which %s lacks", runtime.GOOS)
	}
	for _, tool := range []string{"Xvfb", "xdotool"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed; “go run ./cmd/dev test” installs it", tool)
		}
	}
	frames := t.TempDir()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	var said buffer
	server := exec.Command("Xvfb", append(flags, "-displayfd", "3", "-screen", "0", "1440x900x24", "-fbdir", frames, "-nolisten", "tcp", "-noreset")...)
	server.ExtraFiles = []*os.File{writer} // its descriptor 3
	server.Stderr = &said
	err = server.Start()
	_ = writer.Close() // the server has its own; now its end ends our read
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait() // it was killed
	})
	number, err := io.ReadAll(io.LimitReader(reader, 16))
	if err != nil || len(bytes.TrimSpace(number)) == 0 {
		t.Fatalf("Xvfb reported no display (%v):\n%s", err, said.String())
	}
	return &display{t: t, number: strings.TrimSpace(string(number)), frames: filepath.Join(frames, "Xvfb_screen0")}
}

// do runs xdotool on the display.
func (d *display) do(args ...string) string {
	d.t.Helper()
	tool := exec.Command("xdotool", args...)
	tool.Env = append(os.Environ(), "DISPLAY=:"+d.number)
	out, err := tool.CombinedOutput()
	if err != nil {
		d.t.Fatalf("xdotool %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// moveTo puts the pointer somewhere.
func (d *display) moveTo(x, y int) {
	d.t.Helper()
	d.do("mousemove", fmt.Sprint(x), fmt.Sprint(y))
}

func (d *display) click(x, y int) {
	d.t.Helper()
	d.moveTo(x, y)
	d.do("click", "1")
}

// look returns what is on the display now.
func (d *display) look() *screen {
	d.t.Helper()
	dump, err := os.ReadFile(d.frames)
	if err != nil {
		d.t.Fatal(err)
	}
	img, err := decodeXWD(dump)
	if err != nil {
		d.t.Fatal(err)
	}
	return img
}

// screen is what a display shows. Its pixels are read where they are looked at:
// a test that waits looks many times a second, at a part of them.
type screen struct {
	pixels []byte
	stride int
	bounds image.Rectangle
}

func (s *screen) ColorModel() color.Model { return color.RGBA64Model }
func (s *screen) Bounds() image.Rectangle { return s.bounds }
func (s *screen) At(x, y int) color.Color { return s.RGBA64At(x, y) }

func (s *screen) RGBA64At(x, y int) color.RGBA64 {
	p := s.pixels[y*s.stride+4*x:]
	return color.RGBA64{R: uint16(p[2]) * 0x101, G: uint16(p[1]) * 0x101, B: uint16(p[0]) * 0x101, A: 0xffff}
}

// within is a part of the screen.
func (s *screen) within(r image.Rectangle) *screen {
	return &screen{s.pixels, s.stride, r.Intersect(s.bounds)}
}

// decodeXWD reads a window dump of X11 as Xvfb writes it: 32 bits a pixel, the
// least significant byte first. See XWDFile.h of the X.Org server.
func decodeXWD(dump []byte) (*screen, error) {
	if len(dump) < 100 {
		return nil, fmt.Errorf("a window dump of %d bytes", len(dump))
	}
	field := func(i int) int { return int(binary.BigEndian.Uint32(dump[4*i:])) }
	headerSize, version, width, height := field(0), field(1), field(4), field(5)
	byteOrder, bits, stride, colours := field(7), field(11), field(12), field(19)
	if version != 7 || byteOrder != 0 || bits != 32 {
		return nil, fmt.Errorf("a window dump of version %d, byte order %d, %d bits a pixel", version, byteOrder, bits)
	}
	return &screen{dump[headerSize+12*colours:], stride, image.Rect(0, 0, width, height)}, nil
}

// closeWindow asks a window to close, as a window manager's cross does: with
// the client message WM_DELETE_WINDOW, which xdotool cannot send. The words are
// those of the X Window System Protocol, version 11.
func (d *display) closeWindow(id uint32) {
	d.t.Helper()
	x := d.connect()
	defer x.conn.Close()
	protocols, deletion := x.atom("WM_PROTOCOLS"), x.atom("WM_DELETE_WINDOW")
	event := binary.LittleEndian.AppendUint32([]byte{33, 32, 0, 0}, id) // ClientMessage, in words of 32 bits
	event = binary.LittleEndian.AppendUint32(event, protocols)
	event = binary.LittleEndian.AppendUint32(event, deletion)
	event = append(event, make([]byte, 32-len(event))...)
	request := binary.LittleEndian.AppendUint32([]byte{25, 0, 11, 0}, id) // SendEvent
	request = binary.LittleEndian.AppendUint32(request, 0)                // to whoever made the window
	x.send(append(request, event...))
	x.atom("WM_PROTOCOLS") // when this is answered, the event was sent
}

// dropFocus takes the keyboard from every window.
func (d *display) dropFocus() {
	d.t.Helper()
	x := d.connect()
	defer x.conn.Close()
	x.send([]byte{42, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0}) // SetInputFocus: none, now
	x.focus()                                           // when this is answered, it was done
}

// connect connects to the display as its clients do.
func (d *display) connect() xConn {
	d.t.Helper()
	conn, err := net.Dial("unix", "/tmp/.X11-unix/X"+d.number)
	if err != nil {
		d.t.Fatal(err)
	}
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		d.t.Fatal(err)
	}
	x := xConn{d.t, conn}
	x.send([]byte{'l', 0, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0}) // little-endian, version 11.0, no authority
	setup := x.receive(8)
	x.receive(4 * int(binary.LittleEndian.Uint16(setup[6:])))
	if setup[0] != 1 {
		d.t.Fatal("the display refused the connection")
	}
	return x
}

// xConn is a connection to an X server.
type xConn struct {
	t    *testing.T
	conn net.Conn
}

func (x xConn) send(b []byte) {
	x.t.Helper()
	if _, err := x.conn.Write(b); err != nil {
		x.t.Fatal(err)
	}
}

func (x xConn) receive(n int) []byte {
	x.t.Helper()
	b := make([]byte, n)
	if _, err := io.ReadFull(x.conn, b); err != nil {
		x.t.Fatal(err)
	}
	return b
}

// focus asks which window has the keyboard: GetInputFocus.
func (x xConn) focus() uint32 {
	x.t.Helper()
	x.send([]byte{43, 0, 1, 0})
	return binary.LittleEndian.Uint32(x.receive(32)[8:])
}

// atom asks for the number of a name: InternAtom.
func (x xConn) atom(name string) uint32 {
	x.t.Helper()
	padded := append([]byte(name), make([]byte, (4-len(name)%4)%4)...)
	request := binary.LittleEndian.AppendUint16([]byte{16, 0}, uint16(2+len(padded)/4))
	request = binary.LittleEndian.AppendUint16(request, uint16(len(name)))
	x.send(append(append(request, 0, 0), padded...))
	reply := x.receive(32)
	if reply[0] != 1 {
		x.t.Fatalf("the display does not know %s", name)
	}
	return binary.LittleEndian.Uint32(reply[8:])
}
