package history

import (
	"encoding/json"
	"testing"
	"time"
)

func alertOf(key string, at int64, data string) Alert {
	return Alert{Time: at, Key: key, Data: json.RawMessage(data)}
}

func TestAnAlertIsTakenDownOnce(t *testing.T) {
	s := openStore(t, t.TempDir())
	const minute = int64(60_000)
	for i, c := range []struct {
		key   string
		at    int64
		isNew bool
	}{{"BTCUSDT r", 10 * minute, true}, {"BTCUSDT r", 11 * minute, false}, {"BTCUSDT r", 9 * minute, false}, {"ETHUSDT r", 10 * minute, true}, {"BTCUSDT r", 13 * minute, true}} {
		isNew, err := s.AppendAlert(t.Context(), alertOf(c.key, c.at, `{"n":1}`), 2*time.Minute)
		if err != nil || isNew != c.isNew {
			t.Errorf("%d: new %v, want %v; %v", i, isNew, c.isNew, err)
		}
	}
	if _, err := s.AppendAlert(t.Context(), alertOf("x", 1, "{"), 0); err == nil {
		t.Error("what is not JSON was taken down")
	}
	got, err := s.Alerts(t.Context(), 10*minute, 2)
	if err != nil || len(got) != 2 || got[0].Time != 13*minute || got[1].Key != "ETHUSDT r" || string(got[0].Data) != `{"n":1}` {
		t.Errorf("%+v, %v", got, err)
	}
}

// What is thinned or deleted are stamps: what was told stays told.
func TestAlertsOutliveThinningAndDeleting(t *testing.T) {
	s := openStore(t, t.TempDir())
	save(t, s, rowsOf("A", invent(1, 0, 30*dayStamps)))
	at := time.UnixMilli(invent(1, 0, 1)[0].Time)
	if _, err := s.AppendAlert(t.Context(), alertOf("A r", at.UnixMilli(), "{}"), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Thin(t.Context(), Policy{Days: 1}, at.AddDate(0, 1, 0)); err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteContract(t.Context(), "A"); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Alerts(t.Context(), 0, 10); err != nil || len(got) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}
