package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	osuser "os/user"
	"path/filepath"
	"runtime"
	"time"

	"openinterest/assets"
	"openinterest/data/doctor"
	"openinterest/data/session"
)

// doctorCommand checks the exchange against what this program expects of it.
type doctorCommand struct {
	Format string        `enum:"text,json" default:"text" placeholder:"text|json" help:"How to print: text or json (default: text)."`
	Listen time.Duration `default:"10s" placeholder:"SPAN" help:"Listen to the stream for this long (default: 10s)."`
}

// Validate refuses spans that tell nothing. Kong calls it.
func (c *doctorCommand) Validate() error {
	if c.Listen < time.Second || c.Listen > time.Hour {
		return errors.New("--listen: from 1s to 1h")
	}
	return nil
}

// Run is called by kong.
func (c *doctorCommand) Run(ctx context.Context, g *globals, std streams) error {
	options := g.session(g.logger(std.err))
	probe, err := session.OpenProbe(ctx, options)
	if err != nil {
		return err
	}
	defer probe.Close()
	checks := doctor.Run(ctx, doctor.Options{
		Client: probe.Client, Archive: probe.Archive, Way: probe.Way(ctx), Stream: c.Listen, Display: lookForDisplay,
		Program: fmt.Sprintf("openinterest %s, %s/%s, %s", version, runtime.GOOS, runtime.GOARCH, runtime.Version()),
		DataDir: g.dataDir(), Private: private(options),
	})
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("the doctor was interrupted: %w", err)
	}
	if c.Format == "json" {
		text, err := json.MarshalIndent(checks, "", "  ")
		if err != nil {
			return fmt.Errorf("printing the report: %w", err)
		}
		if _, err := std.out.Write(append(escaped(text), '\n')); err != nil {
			return fmt.Errorf("printing the report: %w", err)
		}
	} else if err := doctor.Write(std.out, checks); err != nil {
		return err
	}
	if n := doctor.Failed(checks); n > 0 {
		return errors.New(assets.NewWords(g.language("")).T("cli.doctor_failed", assets.Args{"Failed": n, "Total": len(checks)}))
	}
	return nil
}

// private are texts that a report must not have: who uses this computer and what
// it is called, their folders, and the hosts of addresses that they named.
func private(o session.Options) []string {
	var all []string
	if u, err := osuser.Current(); err == nil {
		all = append(all, u.Username, u.Name, u.HomeDir, filepath.Base(u.Username))
	}
	if host, err := os.Hostname(); err == nil {
		all = append(all, host)
	}
	if home, err := os.UserHomeDir(); err == nil {
		all = append(all, home, filepath.Base(home))
	}
	all = append(all, o.DataDir, session.DefaultDataDir())
	for _, address := range []string{o.RESTURL, o.StreamURL, o.ArchiveURL, o.Proxy} {
		if u, err := url.Parse(address); err == nil {
			all = append(all, u.Host, u.Hostname())
			if password, ok := u.User.Password(); ok {
				all = append(all, password, u.User.Username())
			}
		}
	}
	return all
}
