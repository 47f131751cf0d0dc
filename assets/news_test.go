package assets

import (
	"slices"
	"testing"
)

func TestNewsAreTheSameReleasesInEachLanguage(t *testing.T) {
	english, chinese := News(English), News(Chinese)
	if len(english) < 2 || len(english) != len(chinese) {
		t.Fatalf("%d releases in English, %d in Chinese", len(english), len(chinese))
	}
	for i, r := range english {
		if c := chinese[i]; c.Version != r.Version || c.Date != r.Date || len(c.Points) != len(r.Points) {
			t.Errorf("English has %s of %s with %d points, Chinese %s of %s with %d", r.Version, r.Date, len(r.Points), c.Version, c.Date, len(c.Points))
		}
		if len(r.Points) == 0 {
			t.Errorf("%s brought nothing", r.Version)
		}
	}
	if !slices.IsSortedFunc(english, func(a, b Release) int { return -slices.Compare([]byte(a.Date), []byte(b.Date)) }) {
		t.Error("the newest release is not the first")
	}
}

func TestNewsArePutTogetherFromTheirLines(t *testing.T) {
	got := parseNews("# Of no version\n- lost\n\n## 1.2.3 — 2026-01-02\r\n\r\n- One\n  and its end.\n- Two.\n## a remark\n")
	if len(got) != 1 || got[0].Version != "1.2.3" || got[0].Date != "2026-01-02" || !slices.Equal(got[0].Points, []string{"One and its end.", "Two. ## a remark"}) {
		t.Errorf("got %+v", got)
	}
}
