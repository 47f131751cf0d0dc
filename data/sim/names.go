package sim

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
)

// known lists contracts that exist on the real exchange: base asset, price in
// USD, open interest in USD and daily volatility in percent, all rounded to
// what is plausible and none of them recorded. The first few are one of each
// kind, so that a market of ten already has everything.
const known = `
BTC 94000 7.6e9 2.4   ETH 3250 5.9e9 3.3    SOL 158 1.5e9 4.0     币安人生 0.142 2.1e7 7.5
XAU 4080 2.4e8 1.1    XRP 2.18 1.1e9 4.1    DOGE 0.168 6.2e8 4.3  1000PEPE 0.0068 2.9e8 5.4
BNB 880 8.6e8 2.9     TSLA 402 4.6e7 2.6    ADA 0.61 2.6e8 4.2    SUI 2.05 3.1e8 4.9
LINK 15.8 2.4e8 4.3   AVAX 18.4 1.8e8 4.4   HYPE 38.5 6.4e8 5.2   LTC 98 2.1e8 3.6
BCH 512 2.3e8 3.4     TRX 0.285 1.9e8 2.2   DOT 3.05 1.2e8 4.2    NEAR 2.42 1.3e8 4.8
UNI 7.1 1.4e8 4.8     AAVE 205 1.6e8 4.4    FIL 1.92 9.4e7 4.6    ETC 16.9 9.1e7 3.8
XLM 0.27 1.0e8 4.1    ATOM 3.02 5.6e7 4.2   APT 3.15 7.9e7 4.8    ARB 0.265 9.8e7 4.9
OP 0.41 6.6e7 5.0     INJ 7.1 5.9e7 5.0     TIA 1.02 7.2e7 5.3    SEI 0.178 6.1e7 5.0
WLD 0.79 1.2e8 5.6    ENA 0.31 1.9e8 5.8    ONDO 0.56 8.8e7 4.7   TAO 365 1.2e8 5.1
WIF 0.49 8.1e7 6.1    1000SHIB 0.0091 1.1e8 4.1  1000BONK 0.0124 7.7e7 5.4  1000FLOKI 0.062 3.1e7 5.2
PENGU 0.0152 9.5e7 6.4  FARTCOIN 0.31 1.1e8 7.6  TRUMP 7.4 1.4e8 5.4  VIRTUAL 1.25 6.3e7 6.6
ASTER 1.12 3.2e8 6.8  ZEC 560 7.1e8 7.2     DASH 78 1.0e8 6.6     XMR 385 1.1e8 3.9
HBAR 0.172 1.1e8 4.6  ALGO 0.165 3.6e7 4.5  VET 0.0169 2.9e7 4.3  ICP 5.1 6.3e7 5.4
GRT 0.058 1.9e7 4.6   LDO 0.84 3.8e7 5.2    CRV 0.46 7.4e7 5.0    MKR 1580 2.2e7 3.8
SNX 0.78 2.4e7 5.7    COMP 37.5 2.1e7 4.3   DYDX 0.31 2.6e7 4.9   GMX 10.2 1.1e7 4.4
PENDLE 2.62 3.7e7 5.2 JUP 0.295 3.4e7 4.9   JTO 0.72 1.9e7 5.0    PYTH 0.098 2.2e7 5.2
STRK 0.155 3.1e7 6.0  ZK 0.042 2.8e7 6.4    ZRO 1.55 2.4e7 5.4    EIGEN 0.86 3.0e7 5.8
ETHFI 0.92 2.7e7 5.4  RENDER 2.31 3.3e7 4.8 FET 0.26 4.4e7 5.3    IMX 0.38 2.3e7 4.8
SAND 0.198 2.6e7 4.4  MANA 0.215 2.0e7 4.3  GALA 0.0094 3.0e7 4.7 AXS 1.42 1.7e7 4.4
CHZ 0.031 2.1e7 4.5   ENJ 0.041 7.1e6 4.5   FLOW 0.27 1.2e7 4.2   THETA 0.51 1.4e7 4.3
EGLD 8.9 9.2e6 4.2    KAVA 0.132 7.4e6 3.9  ZIL 0.0076 7.9e6 4.1  IOTA 0.129 8.8e6 4.3
QTUM 1.71 7.2e6 4.1   NEO 4.52 1.3e7 4.0    ONT 0.081 5.1e6 4.0   XTZ 0.55 9.9e6 4.0
BAT 0.21 9.4e6 4.7    ZRX 0.168 6.0e6 4.3   RUNE 0.82 1.7e7 5.0   KSM 9.9 7.8e6 4.4
1INCH 0.191 1.2e7 4.1 SUSHI 0.46 1.0e7 4.7  YFI 4720 8.7e6 3.9    UMA 0.98 4.7e6 4.6
ENS 13.2 1.6e7 4.7    MASK 0.72 1.1e7 5.1   APE 0.335 1.4e7 4.6   BLUR 0.042 8.3e6 5.4
GMT 0.024 8.9e6 4.8   MAGIC 0.135 5.5e6 5.6 STX 0.395 1.9e7 4.7   CFX 0.088 1.8e7 5.4
ORDI 5.2 3.4e7 6.3    1000SATS 0.0000212 1.1e7 5.9  1000RATS 0.0168 5.7e6 6.5  1MBABYDOGE 0.00088 6.1e6 5.2
MEME 0.00148 9.3e6 5.8  BOME 0.00098 1.2e7 5.7  NOT 0.00081 1.4e7 5.8  TURBO 0.0026 1.2e7 6.2
POPCAT 0.132 1.9e7 7.0  MEW 0.00151 8.6e6 6.1  NEIRO 0.000176 1.5e7 6.5  PNUT 0.112 2.6e7 6.6
GOAT 0.051 1.5e7 7.2  ACT 0.0235 1.1e7 7.0  MOODENG 0.096 2.1e7 7.2  SPX 0.61 3.5e7 6.4
AIXBT 0.051 1.6e7 7.2 AI16Z 0.046 9.4e6 8.2 GRASS 0.41 1.7e7 6.0  KAITO 0.74 2.1e7 6.2
BERA 1.21 2.3e7 6.0   IP 3.45 5.2e7 6.4     LAYER 0.21 1.5e7 6.5  MOVE 0.056 1.6e7 6.0
S 0.131 1.8e7 5.2     ANIME 0.0084 8.0e6 6.6  VINE 0.038 9.0e6 8.0  MELANIA 0.135 1.2e7 7.3
PUMP 0.0039 1.5e8 7.4 XPL 0.262 1.3e8 7.9   WLFI 0.138 1.7e8 5.5  LINEA 0.0112 4.0e7 6.9
AVNT 0.52 3.1e7 8.4   STBL 0.071 1.4e7 8.8  0G 1.31 2.4e7 7.6     BARD 0.86 1.1e7 7.1
MYX 2.72 4.9e7 9.5    COAI 1.15 3.9e7 9.8   MIRA 0.175 8.8e6 7.5  EDEN 0.082 8.1e6 8.0
4 0.046 2.2e7 9.6     GIGGLE 112 2.6e7 9.2  ENSO 0.81 1.0e7 8.6   ZBT 0.132 1.1e7 8.8
2Z 0.138 1.5e7 6.4    MET 0.37 1.2e7 7.0    KITE 0.083 2.3e7 8.2  CC 0.104 2.1e7 6.0
MMT 0.41 1.5e7 9.0    MON 0.031 4.4e7 8.0   NIGHT 0.061 3.3e7 8.4 TON 1.84 7.2e7 3.6
KAS 0.051 2.6e7 4.4   MINA 0.101 8.6e6 4.9  ROSE 0.0172 7.7e6 4.7 CELO 0.188 7.4e6 4.5
CAKE 2.35 1.8e7 4.6   GAS 2.35 6.4e6 4.3    TRB 25.5 1.9e7 5.6    ILV 9.3 4.5e6 4.9
SSV 5.0 8.5e6 5.6     LPT 4.4 1.3e7 5.4     AR 4.3 1.5e7 4.9      JASMY 0.0083 1.6e7 5.2
PEOPLE 0.0118 1.3e7 5.6  HOT 0.00058 6.1e6 4.2  ANKR 0.0079 6.2e6 4.3  SUPER 0.29 8.0e6 5.5
XAG 51.2 8.8e7 1.9    NVDA 186 3.9e7 2.2    MSTR 214 2.7e7 4.1    COIN 262 2.4e7 3.6
HOOD 118 1.6e7 3.7    AMZN 226 1.4e7 1.9    PLTR 166 1.9e7 3.2    CRCL 78 1.6e7 4.9
锦鲤 0.0231 7.6e6 9.0  XPT 1560 9.1e6 1.8  PAXG 4085 2.6e7 1.0  USDC 0.9999 4.1e7 0.02
BTCDOM 4950 1.1e7 1.5 SKY 0.058 1.2e7 3.9   MORPHO 1.62 1.8e7 4.6 AERO 0.71 1.6e7 5.4
`

// tradFi are the bases whose contracts are TRADIFI_PERPETUAL.
var tradFi = []string{"XAU", "XAG", "XPT", "TSLA", "NVDA", "MSTR", "COIN", "HOOD", "AMZN", "PLTR", "CRCL"}

// outline is what is known of a contract before its details are drawn.
type outline struct {
	base         string
	price        float64 // USD
	openInterest float64 // USD
	volatility   float64 // daily, a fraction
	tradFi       bool
}

// knownOutlines parses the table above. A fault in it is a fault of the build,
// found by the first test that runs.
var knownOutlines = sync.OnceValue(func() []outline {
	fields := strings.Fields(known)
	list := make([]outline, 0, len(fields)/4)
	for ; len(fields) >= 4; fields = fields[4:] {
		o := outline{base: fields[0]}
		if _, err := fmt.Sscan(strings.Join(fields[1:4], " "), &o.price, &o.openInterest, &o.volatility); err != nil {
			panic(fmt.Sprintf("sim: known contract %s: %v", o.base, err))
		}
		o.volatility /= 100
		o.tradFi = slices.Contains(tradFi, o.base)
		list = append(list, o)
	}
	return list
})

// outlines returns n contracts: the known ones, then invented ones.
func outlines(seed uint64, n int) []outline {
	real := knownOutlines()
	list := slices.Clone(real[:min(n, len(real))])
	taken := make(map[string]bool, n)
	for _, o := range real {
		taken[o.base] = true
	}
	for i := uint64(0); len(list) < n; i++ {
		name := inventName(i)
		if taken[name] {
			continue
		}
		taken[name] = true
		list = append(list, invent(seed, name))
	}
	return list
}

// invent draws the outline of a contract nobody knows: its open interest is
// log-normal around 4 M USD, its price anywhere from 0.00001 to 30 USD.
func invent(seed uint64, base string) outline {
	h := keyOf(seed, base)
	return outline{
		base:         base,
		price:        math.Pow(10, between(key(h, 1), -3.6, 0.9)+0.25*gauss(key(h, 2))),
		openInterest: math.Max(3e5, 4e6*math.Exp(0.95*gauss(key(h, 3)))),
		volatility:   0.052 * math.Exp(0.28*gauss(key(h, 4))),
	}
}

// inventName makes up the i-th ticker, always the same.
func inventName(i uint64) string {
	heads := strings.Fields("ZOR KAL VEX MIRO TAV LUM PYR OXI NEB QUA DRA FEN GLY HEX IVO JAX KRE LOR MUV NYX ORB PLI RUN SYL TWI ULT VOR WEX XEN YAR ZEP BRI CRO DEL ELV FRO GRA HAL")
	tails := strings.Fields("A AI DEX FI GO IX KA LO MI NET O ON OS PAY RA SY TA TO UM VA VI X XA YO ZA")
	h := key(0x6e616d65, i)
	name := heads[pick(h, len(heads))] + tails[pick(mix(h), len(tails))]
	if uniform(mix(h+1)) < 0.03 {
		name = "1000" + name
	}
	return name
}
