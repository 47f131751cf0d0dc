// Package settings keeps what a person chose between starts: one JSON file in
// the data directory, written whole and moved into place, so that a crash
// leaves either the old choices or the new ones.
//
// Several windows may be open on one directory. Each writes only what was changed
// in it, over what lies on disk by then (see merge).
//
// A setting that cannot be read costs itself, not its neighbours: every pane's
// state is kept as raw JSON and decoded by the pane, which falls back to its
// defaults.
package settings

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// Settings are a person's choices. The zero value is a first start.
type Settings struct {
	Language string `json:"language,omitempty"` // "en", "zh"; empty: the system's
	Theme    string `json:"theme,omitempty"`    // "dark", "light", "system"; empty: system
	RedUp    bool   `json:"red_up,omitempty"`   // swap the colours of up and down

	Zone     string `json:"zone,omitempty"`      // of all times: "local"; empty: UTC
	TextSize int    `json:"text_size,omitempty"` // percent, 80 to 150; 0: 100
	Density  string `json:"density,omitempty"`   // of the table's rows: "compact", "roomy"; empty: normal
	Numbers  string `json:"numbers,omitempty"`   // large ones: "kmb", "wan", "plain"; empty: the language's
	Start    string `json:"start,omitempty"`     // the tab in front at a start; empty: the one that was last

	// Proxy is the address of the proxy that the exchange is reached through,
	// perhaps with a password, so that it may be shown to nobody but the person;
	// empty: the system's; "direct": none.
	Proxy string `json:"proxy,omitempty"`

	Motion string `json:"motion,omitempty"` // "reduced"; empty: as the toolkit is set
	Tray   bool   `json:"tray,omitempty"`   // closing the window leaves the program in the tray

	Version string `json:"version,omitempty"` // of the program that had them last; empty: one before 0.2.0, or a first start
	Toured  bool   `json:"toured,omitempty"`  // the marks of a first start were shown

	GuideHidden bool               `json:"guide_hidden,omitempty"`
	Splits      map[string]float64 `json:"splits,omitempty"` // split name → share of its first part, 0…1
	Width       float32            `json:"width,omitempty"`  // of the window, in Fyne's units
	Height      float32            `json:"height,omitempty"`
	Place       *Place             `json:"place,omitempty"` // of the window on its screen; nil: where the desktop puts it

	Panes map[string]json.RawMessage `json:"panes,omitempty"` // pane name → its own state
}

// Place is where the window's content begins, in the pixels of all screens together.
type Place struct {
	X int `json:"x"`
	Y int `json:"y"`
}

// Pane decodes the state of a pane into state, leaving it as it is where there
// is none or it cannot be read.
func (s *Settings) Pane(name string, state any) {
	if raw, ok := s.Panes[name]; ok {
		_ = json.Unmarshal(raw, state) // unreadable: the pane starts with its defaults
	}
}

// SetPane keeps the state of a pane. A state that has no JSON is not kept.
func (s *Settings) SetPane(name string, state any) {
	raw, err := json.Marshal(state)
	if err != nil {
		return
	}
	if s.Panes == nil {
		s.Panes = map[string]json.RawMessage{}
	}
	s.Panes[name] = raw
}

// Store holds the settings and writes them to a file. It is safe for
// concurrent use. Update changes them in memory only, so that it may be called
// while the screen waits; Save writes them.
type Store struct {
	path  string // "": they are kept nowhere
	fresh bool   // there were none to read

	mu    sync.Mutex
	now   Settings
	dirty bool

	saving sync.Mutex // one writer of this process at a time
	before []byte     // the settings when they were read or last saved, as JSON: what differs from it was changed here
}

// Damaged says that the settings could not be understood, and where the file
// went that had them.
type Damaged struct {
	Aside string
	Err   error
}

// Error says where the file is.
func (d *Damaged) Error() string {
	return fmt.Sprintf("the settings were damaged and are now %s: %v", d.Aside, d.Err)
}

// Unwrap returns what was wrong with them.
func (d *Damaged) Unwrap() error { return d.Err }

// Open reads the settings in dir. Where there are none it starts empty. A
// damaged file is set aside under a name of its own, which the error (Damaged)
// says; the store returned is usable all the same.
func Open(dir string) (*Store, error) {
	s := &Store{path: filepath.Join(dir, FileName)}
	data, err := os.ReadFile(s.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		s.fresh, err = true, nil
	case err != nil:
		err = fmt.Errorf("reading the settings: %w", err)
	default:
		if err = json.Unmarshal(data, &s.now); err != nil {
			s.now = Settings{}
			err = setAside(s.path, err)
		}
	}
	s.before = encode(&s.now)
	return s, err
}

// Read reads the settings in dir, for who changes none: a file that is damaged stays
// where it is, for a window to set aside.
func Read(dir string) (Settings, error) {
	var s Settings
	data, err := os.ReadFile(filepath.Join(dir, FileName))
	if err == nil {
		err = json.Unmarshal(data, &s)
	}
	if err != nil {
		return Settings{}, fmt.Errorf("reading the settings: %w", err)
	}
	return s, nil
}

// Proxy is the proxy chosen in the settings of a directory, for commands that have
// no window; "" where there is none, or the settings cannot be read, which the
// window says.
func Proxy(dir string) string {
	s, _ := Read(dir)
	return s.Proxy
}

// InMemory returns a store that forgets everything when the program ends.
func InMemory() *Store { return &Store{} }

// Fresh reports whether there were no settings to read: this is a first start.
func (s *Store) Fresh() bool { return s.fresh }

// Detached returns a store that begins with these settings, and is kept nowhere.
// The demo market has one: what somebody does there changes nothing of theirs.
func (s *Store) Detached() *Store {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := InMemory()
	_ = json.Unmarshal(encode(&s.now), &d.now) // a copy of its own: both are Settings
	return d
}

// Get calls read with the settings; read must not keep them.
func (s *Store) Get(read func(*Settings)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	read(&s.now)
}

// Update changes the settings in memory.
func (s *Store) Update(change func(*Settings)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.now)
	s.dirty = true
}

// Save writes what changed since it was last called; after a failure it tries
// again the next time. What another window wrote meanwhile stays, where it isn't
// the very thing that changed here. A file that was damaged meanwhile is set
// aside, which the error says, and written anew.
func (s *Store) Save() error {
	s.saving.Lock()
	defer s.saving.Unlock()
	s.mu.Lock()
	if !s.dirty || s.path == "" {
		s.mu.Unlock()
		return nil
	}
	mine := encode(&s.now)
	s.dirty = false
	s.mu.Unlock()
	damaged, err := s.write(mine)
	if err != nil {
		s.mu.Lock()
		s.dirty = true
		s.mu.Unlock()
		return fmt.Errorf("writing the settings: %w", err)
	}
	s.before = mine
	return damaged
}

// write merges the settings with those on disk, which no other process may do
// at the same time.
func (s *Store) write(mine []byte) (damaged, err error) {
	dir := filepath.Dir(s.path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), lockWait)
	defer cancel()
	lock := flock.New(filepath.Join(dir, lockName))
	_, _ = lock.TryLockContext(ctx, lockAgain) // where there are no locks, or one is held for ever, it is better to write without
	defer lock.Close()
	merged := mine
	switch theirs, err := os.ReadFile(s.path); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	case bytes.Equal(theirs, s.before): // nobody else wrote
	default:
		if merged, err = merge(s.before, mine, theirs); err != nil {
			merged, damaged = mine, setAside(s.path, err)
		}
	}
	return damaged, writeWhole(s.path, merged)
}

const (
	// FileName is the file in the data directory.
	FileName = "settings.json"

	lockName = "settings.lock"

	lockWait  = 2 * time.Second // others hold it for milliseconds
	lockAgain = 5 * time.Millisecond
)

// encode writes settings as they lie on disk. Settings have no part that has no
// JSON: panes are raw, and were JSON when they came.
func encode(s *Settings) []byte {
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return []byte("{}")
	}
	return data
}

// setAside moves a file that cannot be understood out of the way, beside those
// that were moved before, and returns what to say of it.
func setAside(path string, why error) error {
	aside := path + ".damaged"
	for n := 2; ; n++ {
		if _, err := os.Lstat(aside); errors.Is(err, fs.ErrNotExist) {
			break
		} else if err != nil || n > 1000 {
			return fmt.Errorf("the settings are damaged (%w) and could not be set aside as %s", why, aside)
		}
		aside = fmt.Sprintf("%s.damaged-%d", path, n)
	}
	if err := os.Rename(path, aside); err != nil {
		return fmt.Errorf("the settings are damaged (%w) and could not be set aside: %w", why, err)
	}
	return &Damaged{Aside: aside, Err: why}
}

// writeWhole replaces a file by one with these contents, or leaves it as it was.
func writeWhole(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".settings-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // gone already when the move succeeded
	_, werr := tmp.Write(data)
	serr := tmp.Sync()
	cerr := tmp.Close()
	if err := errors.Join(werr, serr, cerr); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}
