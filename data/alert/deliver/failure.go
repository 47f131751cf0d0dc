package deliver

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"time"
)

// Kind is what kept a message from being delivered. The window has words for each.
type Kind string

// The kinds.
const (
	BadAddress Kind = "address"   // the webhook's address is none
	BadChat    Kind = "chat"      // Telegram's form needs to know the chat
	Unreached  Kind = "unreached" // nobody answered there
	NoTime     Kind = "no_time"   // it took too long
	Answered   Kind = "answered"  // the receiver said no: see Status
	BadCommand Kind = "command"   // the command's words cannot be told apart
	NoProgram  Kind = "program"   // there is no such program
	Exited     Kind = "exited"    // the command ended with a failure
)

// Failure is why a message was not delivered. It has nothing of the webhook's address
// but its host.
type Failure struct {
	Kind   Kind
	Where  string        // the webhook's host, or the command's program
	Status int           // of Answered, the HTTP status; of Exited, the exit code
	Detail string        // what the system, or the command, said; may be empty
	After  time.Duration // the receiver wants to be left alone for so long
}

// Error is the failure in a few words, for the log.
func (f *Failure) Error() string {
	text := map[Kind]string{
		BadAddress: "the webhook's address is not one of http or https", BadChat: "Telegram needs the number of the chat", Unreached: "no answer from " + f.Where,
		NoTime: f.Where + " took too long", Answered: f.Where + " answered " + strconv.Itoa(f.Status) + " " + http.StatusText(f.Status),
		BadCommand: "a quotation mark of the command is not closed", NoProgram: "there is no program " + f.Where, Exited: f.Where + " ended with " + strconv.Itoa(f.Status),
	}[f.Kind]
	if f.Detail != "" {
		text += ": " + f.Detail
	}
	return text
}

// passes reports whether the same message may go later: the receiver is away, busy or
// broken. Where it understood the request and refused it, asking again is of no use.
func (f *Failure) passes() bool {
	switch f.Kind {
	case Unreached, NoTime:
		return true
	case Answered:
		return f.Status >= 500 || f.Status == http.StatusTooManyRequests || f.Status == http.StatusRequestTimeout || f.Status == http.StatusTooEarly
	}
	return false
}

// unreached is the failure of a request without an answer. Of the error only parts that
// cannot hold the address are taken.
func unreached(host string, err error) *Failure {
	f := &Failure{Kind: Unreached, Where: host}
	var timeout net.Error
	if errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout() {
		return &Failure{Kind: NoTime, Where: host}
	}
	var errno syscall.Errno
	var dns *net.DNSError
	switch {
	case errors.As(err, &errno):
		f.Detail = errno.Error()
	case errors.As(err, &dns):
		f.Detail = dns.Err
	}
	return f
}
