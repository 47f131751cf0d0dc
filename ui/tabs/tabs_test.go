package tabs

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"openinterest/ui/look"
)

func strip(t *testing.T) (*Strip, *[]int) {
	test.NewTempApp(t).Settings().SetTheme(look.New(look.Dark, false))
	var told []int
	s := New([]string{"One", "Two", "Three"}, 0)
	s.OnChange = func(i int) { told = append(told, i) }
	test.NewTempWindow(t, s).Resize(fyne.NewSize(300, 60))
	return s, &told
}

func TestTapChoosesTheWordUnderThePointer(t *testing.T) {
	s, told := strip(t)
	second := s.texts[1].Position().AddXY(4, 4)
	test.TapAt(s, second)
	test.TapAt(s, second) // chosen already
	if s.Chosen() != 1 || len(*told) != 1 || (*told)[0] != 1 {
		t.Errorf("chosen is %d, told was %v", s.Chosen(), *told)
	}
	end := s.texts[2].Position().AddXY(s.texts[2].Size().Width+20, 4)
	test.TapAt(s, end)
	if s.Chosen() != 1 {
		t.Error("a tap behind the last word chooses something")
	}
	if s.texts[1].FontSource == nil || s.texts[0].FontSource != nil {
		t.Error("the chosen word does not stand out")
	}
}

func TestArrowsMoveTheChoiceAndStopAtTheEnds(t *testing.T) {
	s, told := strip(t)
	for range 5 {
		s.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	}
	s.TypedKey(&fyne.KeyEvent{Name: fyne.KeyLeft})
	if s.Chosen() != 1 || len(*told) != 3 {
		t.Errorf("chosen is %d, told was %v", s.Chosen(), *told)
	}
}

func TestChooseIsSilentAndMovesNothing(t *testing.T) {
	s, told := strip(t)
	before := s.MinSize()
	s.Choose(2)
	s.Choose(7)
	if s.Chosen() != 2 || len(*told) != 0 || s.MinSize() != before {
		t.Errorf("chosen is %d, told was %v, width %v, was %v", s.Chosen(), *told, s.MinSize(), before)
	}
}

func TestAFrameShowsWhereTheKeyboardIs(t *testing.T) {
	s, _ := strip(t)
	for _, c := range []struct {
		f    func()
		want bool
	}{{s.FocusGained, true}, {s.FocusLost, false}} {
		if c.f(); s.focus.Visible() != c.want {
			t.Errorf("a frame: %t, want %t", s.focus.Visible(), c.want)
		}
	}
	if s.focus.Size().Width != s.MinSize().Width {
		t.Errorf("the frame is %v wide, the words are %v", s.focus.Size().Width, s.MinSize().Width)
	}
}
