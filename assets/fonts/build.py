#!/usr/bin/python3
"""Builds the program's font: build.py SOURCES OUTPUT, called by build.sh.

Latin, Greek, arrows and signs come from Inter, because its figures were drawn
for screens full of numbers; its tabular figures become the default ones, so
that columns line up without asking a shaper for a feature. Hanzi and full-width
forms come from Noto Sans SC, and the few signs that both lack from the Noto
symbol fonts. All of them are under the SIL Open Font License 1.1; the result
has a name of its own, as a modified version should.

The result has unhinted CFF outlines, 1000 units to the em, Inter's kerning, and
no substitutions, so every shaper measures it alike. CFF, because Fyne's parser
unpacks every outline of a TrueType font into objects as soon as it is opened
(7.7 MB for the regular weight with all hanzi), but only notes where each CFF
outline begins and reads it when it is drawn (3.5 MB).

It still keeps a copy of the file, so Regular and Bold, which every start opens,
have the hanzi of the program's own sentences alone. Names has all of GB 2312, in
one weight, for the names of contracts.
"""
import sys
from pathlib import Path

from fontTools import subset
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem

FAMILY = "Open Interest Sans"
VERSION = "1.000"
UPEM = 1000
CREATED = 3_850_000_000  # seconds since 1904; fixed, so that a build can be repeated

# Ranges taken from the first font that has the character.
LATIN = [(0x20, 0x7E), (0xA0, 0x17F), (0x192, 0x192), (0x218, 0x21B), (0x2C6, 0x2DD), (0x384, 0x3CE)]
SIGNS = [
    (0x2010, 0x2027), (0x2030, 0x203E), (0x2070, 0x208E), (0x20A0, 0x20BF),  # punctuation, super/subscripts, currency
    (0x2100, 0x214F), (0x2150, 0x215F),  # letter-like, fractions
    (0x2190, 0x21FF), (0x2200, 0x22FF), (0x2300, 0x2328), (0x238B, 0x238B), (0x23CE, 0x23CF), (0x23F1, 0x23F3),
    (0x2460, 0x2473), (0x24B6, 0x24E9), (0x2500, 0x257F), (0x2580, 0x259F), (0x25A0, 0x25FF),  # circled numbers, boxes, blocks, shapes
    (0x27E8, 0x27E9), (0x27F2, 0x27F3), (0x2B05, 0x2B0D), (0xFFFD, 0xFFFD),
]
PICTURES = [ord(c) for c in "☀☁★☆☐☑☒☰☹☺☼☽☾♥♦♪⚐⚑⚖⚙⚠⚡⚪⚫✓✔✕✗✘✚✱❓❗❮❯➔➜⬈⬊"]
EMOJI = [ord(c) for c in "ℹ❌💡💥📈📉📊📌🔄🔍🔎🔔🔕🔗🔥"]
CJK = [(0x3000, 0x303F), (0xFE30, 0xFE4F), (0xFF01, 0xFF5E), (0xFFE0, 0xFFE6)]


def gb2312():
    """The 6,763 hanzi of GB 2312, which are in its rows 16 to 87."""
    found = set()
    for row in range(16, 88):
        for cell in range(1, 95):
            try:
                found.add(ord(bytes([row + 0xA0, cell + 0xA0]).decode("gb2312")))
            except UnicodeDecodeError:
                pass  # a cell that the standard leaves empty
    return found


# Contracts that were listed when the font was made: their names need no other font.
LISTED = "币安人生 我踏马来了 龙虾 哈基米 修仙 黑马"


def own_words(assets):
    """The hanzi in the program's own sentences."""
    files = [*assets.glob("locales/*/*.json"), *assets.glob("guide/*.md"), *assets.glob("news/*.md")]
    texts = [LISTED, *(f.read_text(encoding="utf-8") for f in files)]
    return {ord(c) for text in texts for c in text if "\u4e00" <= c <= "\u9fff"}


def expand(ranges):
    return {c for lo, hi in ranges for c in range(lo, hi + 1)}


def latin_base(path):
    """Inter, reduced to what is wanted, with tabular figures and signs as defaults."""
    font = TTFont(path, recalcTimestamp=False)
    scale_upem(font, UPEM)
    options = subset.Options()
    options.layout_features = ["kern", "mark", "mkmk"]
    options.hinting = False
    options.glyph_names = True
    options.notdef_outline = True
    options.drop_tables += ["DSIG", "STAT", "gasp"]
    for table in font["cmap"].tables:
        if table.isUnicode():
            for ch, name in zip("0123456789+−", "zero one two three four five six seven eight nine plus minus".split()):
                table.cmap[ord(ch)] = name + ".tf"
    s = subset.Subsetter(options)
    s.populate(unicodes=expand(LATIN) | expand(SIGNS) | set(PICTURES))
    s.subset(font)
    return font


def copy_glyphs(font, donor, wanted, fit=None):
    """Draws donor's glyphs for those of wanted that font lacks into font. fit
    limits the advance width, in units, by scaling the glyph about mid-height."""
    have, theirs, glyphs = font.getBestCmap(), donor.getBestCmap(), donor.getGlyphSet()
    order, added = list(font.getGlyphOrder()), {}
    for code in sorted(wanted):
        if code in have or code not in theirs:
            continue
        name, scale, dy = theirs[code], UPEM / donor["head"].unitsPerEm, 0.0
        width = donor["hmtx"][name][0] * scale
        if fit and width > fit:
            scale, dy, width = scale * fit / width, 360 * (1 - fit / width), fit
        record = DecomposingRecordingPen(glyphs)
        glyphs[name].draw(record)
        pen = TTGlyphPen(None)
        record.replay(TransformPen(pen, (scale, 0, 0, scale, 0, dy)))
        new = f"u{code:04X}"
        glyph = pen.glyph()
        font["glyf"][new] = glyph
        glyph.recalcBounds(font["glyf"])
        font["hmtx"][new] = (round(width), getattr(glyph, "xMin", 0))
        order.append(new)
        added[code] = new
    font.setGlyphOrder(list(dict.fromkeys(order)))
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap.update({c: n for c, n in added.items() if c < 0x10000 or table.format == 12})
    return len(added)


def to_cff(font, name):
    """Replaces font's TrueType outlines by CFF ones. A quadratic curve is a
    cubic one too, so only the rounding of control points changes a shape."""
    glyphs, strings = font.getGlyphSet(), {}
    for glyph in font.getGlyphOrder():
        pen = T2CharStringPen(font["hmtx"][glyph][0], glyphs)
        glyphs[glyph].draw(pen)
        strings[glyph] = pen.getCharString()
    builder = FontBuilder(font=font)
    builder.isTTF = False
    builder.setupCFF(name, {}, strings, {})
    for table in {"glyf", "loca", "cvt ", "fpgm", "prep"} & set(font.keys()):
        del font[table]
    font.sfntVersion = "OTTO"
    profile, glyph_count = font["maxp"], font["maxp"].numGlyphs
    profile.__dict__.clear()
    profile.tableTag, profile.tableVersion, profile.numGlyphs = "maxp", 0x5000, glyph_count


def finish(font, style, notices, path):
    to_cff(font, f"{FAMILY.replace(' ', '')}-{style}")
    names = font["name"]
    names.names = []
    for nid, text in {
        0: "; ".join(notices), 1: FAMILY, 2: style, 3: f"{VERSION};{FAMILY} {style}", 4: f"{FAMILY} {style}",
        5: f"Version {VERSION}", 6: f"{FAMILY.replace(' ', '')}-{style}",
        13: "This Font Software is licensed under the SIL Open Font License, Version 1.1.",
        14: "https://openfontlicense.org",
    }.items():
        names.setName(text, nid, 3, 1, 0x409)
    bold = style != "Regular"
    font["OS/2"].usWeightClass = 700 if bold else 400
    font["OS/2"].fsSelection = 0x20 if bold else 0x40
    font["head"].macStyle = 1 if bold else 0
    font["head"].created = font["head"].modified = CREATED
    font["head"].fontRevision = float(VERSION)
    font["post"].formatType = 3.0
    font["OS/2"].recalcUnicodeRanges(font)
    font.save(path)
    print(f"{path.name}: {len(font.getBestCmap())} characters, {path.stat().st_size:,} bytes")


def need_format_12(font):
    """Pictures lie beyond the basic plane, which a format 4 table can't hold."""
    from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

    cmap = font["cmap"]
    if not any(t.format == 12 for t in cmap.tables):
        table = CmapSubtable.newSubtable(12)
        table.platformID, table.platEncID, table.language = 3, 10, 0
        table.cmap = dict(font.getBestCmap())
        cmap.tables.append(table)


def main(sources, output):
    def source(package, folder, style):
        return next((sources / package / folder).glob(f"*_{folder}.ttf")), style

    def load(package, folder):
        return TTFont(source(package, folder, "")[0], lazy=True)

    signs = [load("noto-sans-symbols-2", "400Regular"), load("noto-sans-math", "400Regular")]
    words = own_words(output.parent)
    for style, weight, hanzi in [
        ("Regular", "400Regular", words), ("Bold", "600SemiBold", words), ("Names", "600SemiBold", words | gb2312()),
    ]:
        font = latin_base(source("inter", weight, "")[0])
        need_format_12(font)
        donors = [load("noto-sans-sc", weight), *signs, load("noto-sans-symbols", weight)]
        wide = hanzi | expand(CJK)
        copy_glyphs(font, donors[0], wide)
        for donor in donors:
            copy_glyphs(font, donor, expand(SIGNS) | set(PICTURES), fit=UPEM)
        copy_glyphs(font, load("noto-emoji", "400Regular" if style == "Regular" else "600SemiBold"), EMOJI, fit=UPEM)
        missing = (wide - expand(CJK) | set(PICTURES) | set(EMOJI)) - set(font.getBestCmap())
        if missing:
            raise SystemExit("no source has " + " ".join(f"U+{c:04X}" for c in sorted(missing)))
        finish(font, style, NOTICES, output / f"OpenInterestSans-{style}.otf")


NOTICES = [
    "Copyright 2020 The Inter Project Authors (https://github.com/rsms/inter)",
    "Copyright 2014-2021 Adobe (http://www.adobe.com/), with Reserved Font Name 'Source'",
    "Copyright 2022 The Noto Project Authors (https://github.com/notofonts/symbols, https://github.com/notofonts/math)",
    "Copyright 2013 Google LLC (Noto Emoji)",
]

if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
