// Package history keeps open interest on this machine.
package history
