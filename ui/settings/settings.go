// Package settings keeps what a person chose between starts: one JSON file in
// the data directory, written whole and moved into place, so that a crash
// leaves either the old choices or the new ones.
//
// A setting that cannot be read costs itself, not its neighbours: every pane's
// state is kept as raw JSON and decoded by the pane, which falls back to its
// defaults.
package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// Settings are a person's choices. The zero value is a first start.
type Settings struct {
	Language string `json:"language,omitempty"` // "en", "zh"; empty: the system's
	Theme    string `json:"theme,omitempty"`    // "dark", "light", "system"; empty: system
	RedUp    bool   `json:"red_up,omitempty"`   // swap the colours of up and down

	GuideHidden bool               `json:"guide_hidden,omitempty"`
	Splits      map[string]float64 `json:"splits,omitempty"` // split name → share of its first part, 0…1
	Width       float32            `json:"width,omitempty"`  // of the window, in Fyne's units
	Height      float32            `json:"height,omitempty"`

	Panes map[string]json.RawMessage `json:"panes,omitempty"` // pane name → its own state
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
	path string

	mu    sync.Mutex
	now   Settings
	dirty bool

	saving sync.Mutex // one writer at a time
}

// Open reads the settings in dir. Where there are none it starts empty; a
// damaged file is set aside under another name, which the error says, and the
// store returned is usable all the same.
func Open(dir string) (*Store, error) {
	s := &Store{path: filepath.Join(dir, "settings.json")}
	data, err := os.ReadFile(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return s, fmt.Errorf("reading the settings: %w", err)
	}
	if err := json.Unmarshal(data, &s.now); err != nil {
		s.now = Settings{}
		aside := s.path + ".damaged"
		if rerr := os.Rename(s.path, aside); rerr != nil {
			return s, fmt.Errorf("the settings are damaged (%w) and could not be set aside: %w", err, rerr)
		}
		return s, fmt.Errorf("the settings were damaged and are now %s: %w", aside, err)
	}
	return s, nil
}

// InMemory returns a store that forgets everything when the program ends.
func InMemory() *Store { return &Store{} }

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
// again the next time.
func (s *Store) Save() error {
	s.saving.Lock()
	defer s.saving.Unlock()
	s.mu.Lock()
	if !s.dirty || s.path == "" {
		s.mu.Unlock()
		return nil
	}
	data, err := json.MarshalIndent(&s.now, "", "  ")
	s.dirty = false
	s.mu.Unlock()
	if err == nil {
		err = writeWhole(s.path, data)
	}
	if err != nil {
		s.mu.Lock()
		s.dirty = true
		s.mu.Unlock()
		return fmt.Errorf("writing the settings: %w", err)
	}
	return nil
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
