package alerts

import (
	"errors"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/data/alert/deliver"
	"openinterest/ui/format"
	"openinterest/ui/look"
)

// tellingForm is where the person says how to be told: sound, notification, digest, a
// webhook and a command.
type tellingForm struct {
	p     *Pane
	state State

	sound, digest, shape *widget.Select
	file, url, chat      *widget.Entry
	command              *widget.Entry
	notify               *widget.Check
	test                 *widget.Button
	result               *widget.Label
	wrong                *widget.Label
	save                 *widget.Button
	form                 fyne.CanvasObject
}

// Tell shows the form of how to be told.
func (p *Pane) Tell() {
	p.Close()
	p.editor = nil
	p.telling = newTellingForm(p)
	p.update()
}

func newTellingForm(p *Pane) *tellingForm {
	w := p.w
	f := &tellingForm{p: p, state: p.o.Desk.State(), file: widget.NewEntry(), url: widget.NewPasswordEntry(), chat: widget.NewEntry(), command: widget.NewEntry()}
	var sounds, spans, shapes []string
	for _, s := range Sounds {
		sounds = append(sounds, w.T("alert.sound_"+s))
	}
	for _, m := range DigestMinutes {
		spans = append(spans, p.say.Minutes(m))
	}
	for _, s := range deliver.Forms() {
		shapes = append(shapes, w.T("alert.form_"+map[bool]string{true: "auto", false: string(s)}[s == deliver.Auto]))
	}
	f.sound, f.digest, f.shape = widget.NewSelect(sounds, nil), widget.NewSelect(spans, nil), widget.NewSelect(shapes, nil)
	for _, s := range []*widget.Select{f.sound, f.digest, f.shape} {
		s.PlaceHolder = widest(s.Options)
	}
	f.file.PlaceHolder, f.url.PlaceHolder = w.T("alert.sound_file_hint"), "https://"
	f.chat.PlaceHolder, f.command.PlaceHolder = w.T("alert.chat_hint"), w.T("alert.command_hint")
	f.notify = widget.NewCheck(w.T("alert.notify"), nil)
	f.result, f.wrong = quiet(""), quiet("")
	f.wrong.Importance = widget.WarningImportance
	f.test = widget.NewButton(w.T("alert.test"), f.try)
	f.save = widget.NewButton(w.T("alert.save"), func() {
		p.o.Desk.SetState(f.read())
		p.done()
	})
	f.save.Importance = widget.HighImportance
	f.fill()
	f.build()
	f.changed()
	return f
}

func (f *tellingForm) build() {
	w := f.p.w
	hear := widget.NewButton(w.T("alert.hear"), func() {
		if s := f.read(); f.p.o.Play != nil && s.sound() != SoundOff {
			f.p.o.Play(s.sound(), s.SoundFile)
		}
	})
	row := func(key string, o fyne.CanvasObject) []fyne.CanvasObject {
		return []fyne.CanvasObject{small(w.T(key)), o}
	}
	rows := slices.Concat(
		row("alert.sound", container.New(tight(), container.NewHBox(look.Outlined(f.sound), hear), f.file)),
		row("alert.desktop", f.notify),
		row("alert.digest", container.NewHBox(look.Outlined(f.digest))),
		row("alert.webhook", container.New(tight(), f.url, container.NewHBox(look.Outlined(f.shape)), f.chat)),
		row("alert.command", f.command))
	buttons := container.NewHBox(f.test, f.save, widget.NewButton(w.T("alert.cancel"), f.p.done))
	head := container.NewBorder(nil, nil, look.NewLabel(w.T("alert.how"), true), buttons)
	body := container.New(tight(), container.New(layout.NewFormLayout(), rows...), f.wrong, f.result, quiet(f.note()))
	f.form = container.NewBorder(head, nil, nil, nil, container.NewVScroll(body))
}

// note says what comes in any case, and who delivers.
func (f *tellingForm) note() string {
	note := f.p.w.T("alert.how_note")
	if f.p.o.Delivery != nil && f.p.o.Delivery().Elsewhere {
		note += "\n" + f.p.w.T("alert.elsewhere")
	}
	return note
}

// fill shows what is chosen, and only then listens.
func (f *tellingForm) fill() {
	s := &f.state
	f.sound.SetSelectedIndex(max(0, slices.Index(Sounds, s.sound())))
	f.digest.SetSelectedIndex(max(0, slices.Index(DigestMinutes, int(s.Digest()/time.Minute))))
	f.shape.SetSelectedIndex(max(0, slices.Index(deliver.Forms(), s.Delivery.Hook.Form)))
	f.file.SetText(s.SoundFile)
	f.url.SetText(s.Delivery.Hook.URL)
	f.chat.SetText(s.Delivery.Hook.Chat)
	f.command.SetText(s.Delivery.Command)
	f.notify.SetChecked(!s.Undisturb)
	changed := func(string) { f.changed() }
	for _, s := range []*widget.Select{f.sound, f.digest, f.shape} {
		s.OnChanged = changed
	}
	for _, e := range []*widget.Entry{f.file, f.url, f.chat, f.command} {
		e.OnChanged = changed
	}
}

// read is what is chosen in the form.
func (f *tellingForm) read() State {
	s := f.state
	s.Sound, s.SoundFile = Sounds[max(0, f.sound.SelectedIndex())], strings.TrimSpace(f.file.Text)
	s.DigestMin, s.Undisturb = DigestMinutes[max(0, f.digest.SelectedIndex())], !f.notify.Checked
	s.Delivery.Hook = deliver.Hook{URL: strings.TrimSpace(f.url.Text), Form: deliver.Forms()[max(0, f.shape.SelectedIndex())], Chat: strings.TrimSpace(f.chat.Text)}
	s.Delivery.Command = strings.TrimSpace(f.command.Text)
	return s
}

// changed follows the form: it says what cannot work.
func (f *tellingForm) changed() {
	s := f.read()
	look.SetVisible(s.sound() == SoundOfFile, f.file)
	look.SetVisible(s.Delivery.Hook.Taken() == deliver.Telegram, f.chat)
	problem := f.p.say.Failure(s.Delivery.Check())
	if problem == "" && s.Delivery.Hook.URL != "" && s.Delivery.Hook.Taken() == deliver.Telegram && s.Delivery.Hook.Chat == "" {
		problem = f.p.say.Failure(&deliver.Failure{Kind: deliver.BadChat})
	}
	f.wrong.SetText(problem)
	look.SetVisible(problem != "", f.wrong)
	look.SetVisible(f.result.Text != "", f.result)
	able := f.save.Enable
	if problem != "" {
		able = f.save.Disable
	}
	able()
	leaves := s.Delivery.Hook.URL != "" || s.Delivery.Command != ""
	if leaves && problem == "" && f.p.o.Trying != nil {
		f.test.Enable()
	} else {
		f.test.Disable()
	}
}

// try sends a message by what is in the form, and says what came of it.
func (f *tellingForm) try() {
	s := f.read().Delivery
	f.result.SetText(f.p.w.T("alert.test_running"))
	f.result.Show()
	f.test.Disable()
	f.p.o.Trying(s, func(hook, command error) {
		var said []string
		for _, way := range []struct {
			used bool
			name string
			err  error
		}{{s.Hook.URL != "", "alert.webhook", hook}, {s.Command != "", "alert.command", command}} {
			if !way.used {
				continue
			}
			text := f.p.w.T("alert.test_went")
			if way.err != nil {
				text = f.p.say.Failure(way.err)
			}
			said = append(said, f.p.w.T(way.name)+f.p.w.T("table.colon")+text)
		}
		f.result.SetText(strings.Join(said, "\n"))
		f.changed()
	})
}

// Failure says why a message was not delivered; empty where err is nil.
func (s *Sayer) Failure(err error) string {
	if err == nil {
		return ""
	}
	failed := new(deliver.Failure)
	if !errors.As(err, &failed) {
		failed = &deliver.Failure{Kind: deliver.Unreached}
	}
	return s.w.T("alert.failed_"+string(failed.Kind), assets.Args{"Where": failed.Where, "Status": failed.Status, "Detail": failed.Detail})
}

// ShowDelivery says what does not work of how the person is told.
func (p *Pane) ShowDelivery() {
	text := ""
	if p.o.Delivery != nil {
		text = strings.Join(p.say.Trouble(p.o.Delivery(), p.o.Desk.State().Undisturb), "\n")
	}
	if text != p.trouble.Text {
		p.trouble.SetText(text)
		p.right.Refresh()
	}
	look.SetVisible(text != "", p.trouble)
}

// Trouble says what does not work of how the person is told, a sentence each.
func (s *Sayer) Trouble(d Delivery, undisturbed bool) (said []string) {
	said = s.Undelivered(d.State)
	if d.NoNotification && !undisturbed {
		said = append(said, s.w.T("alert.no_notification"))
	}
	if d.NoSound != "" {
		said = append(said, d.NoSound)
	}
	return said
}

// Undelivered says what did not leave the program: for the status bar, too.
func (s *Sayer) Undelivered(d deliver.State) (said []string) {
	for _, way := range []struct {
		name string
		line deliver.Line
	}{{"hook", d.Hook}, {"command", d.Command}} {
		if way.line.Failure == nil {
			continue
		}
		args := assets.Args{"Why": s.Failure(way.line.Failure), "N": way.line.Waiting, "Lost": way.line.Lost}
		if !way.line.Next.IsZero() {
			args["Time"] = format.Clock(way.line.Next)
		}
		said = append(said, s.w.T("alert.dead_"+way.name, args))
	}
	return said
}
