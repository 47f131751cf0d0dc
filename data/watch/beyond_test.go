package watch

import (
	"testing"
	"time"

	"openinterest/data/market"
	"openinterest/data/signal"
)

func TestWhereAContractStoodAWeekAgoIsKeptInTheUnitOfNow(t *testing.T) {
	newest := time.Date(2026, 1, 9, 12, 25, 0, 0, time.UTC).UnixMilli()
	week := market.Window7d.Millis()
	var points []market.Point
	for at := newest - week - 2*hour; at <= newest; at += market.StepMillis {
		p := market.Point{Time: at, Contracts: 100, Price: 10}
		if at > newest-hour { // 1 : 10
			p = market.Point{Time: at, Contracts: 1000, Price: 1}
		}
		points = append(points, p)
	}
	got := weekAgo(points, newest)
	if got == nil || got.AsOf != newest || got.Points[0].Time != hourOf(newest)-week || got.Points[0].Contracts != 1000 {
		t.Fatalf("kept %+v", got)
	}
	if last := got.Points[len(got.Points)-1].Time; last < newest-week+hour {
		t.Errorf("stamps are kept until %v", time.UnixMilli(last))
	}
	if weekAgo(points[len(points)-100:], newest) != nil || weekAgo(nil, newest) != nil {
		t.Error("a history of hours knows of last week")
	}
}

func TestWhatIsTooOldHasNoZ(t *testing.T) {
	e := &signal.Evaluation{Symbol: "X", Stamp: time.Date(2026, 1, 9, 12, 0, 0, 0, time.UTC).UnixMilli()}
	e.Reading24h.ZOpenInterest = 2.5
	if got := NewSign(e, nil, nil, time.UnixMilli(e.Stamp)).Beyond(market.Totals{}).Z24h; got != 2.5 {
		t.Errorf("z %v", got)
	}
	if got := NewSign(e, nil, nil, time.UnixMilli(e.Stamp).Add(time.Hour)).Beyond(market.Totals{}).Z24h; market.Known(got) {
		t.Errorf("an hour later z is still %v", got)
	}
	if got := (*Sign)(nil).Beyond(market.Totals{}).Z24h; market.Known(got) {
		t.Errorf("without signals z is %v", got)
	}
}
