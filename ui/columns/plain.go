package columns

import "openinterest/ui/format"

// plainExtra is how much wider a column is whose large numbers are written in full.
const plainExtra = 50

// widened gives columns of large numbers room, where those are written in full.
func widened(all []Column) []Column {
	if !format.IsPlain() {
		return all
	}
	for i := range all {
		switch c := &all[i]; c.ID {
		case OIUSD, Volume24h:
			c.Width, c.Narrow = c.Width+plainExtra, c.Narrow+plainExtra
		}
	}
	return all
}
