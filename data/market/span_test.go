package market

import (
	"slices"
	"testing"
)

func TestJoiningSpans(t *testing.T) {
	spans := []Span{{50, 60}, {1, 10}, {12, 20}, {5, 11}, {100, 90}, {61, 70}}
	if got, want := JoinSpans(spans, 1), []Span{{1, 20}, {50, 70}}; !slices.Equal(got, want) {
		t.Errorf("joined to %v, want %v", got, want)
	}
	if got, want := ClipSpans([]Span{{1, 20}, {50, 70}}, 15, 50), []Span{{15, 20}, {50, 50}}; !slices.Equal(got, want) {
		t.Errorf("clipped to %v, want %v", got, want)
	}
	if got := ClipSpans([]Span{{1, 20}}, 21, 50); len(got) > 0 {
		t.Errorf("clipped to %v", got)
	}
}
