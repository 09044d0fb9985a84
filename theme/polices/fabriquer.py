# /// script
# requires-python = ">=3.11"
# dependencies = ["fonttools[woff]>=4.50"]
# ///
"""
Make the web fonts (woff2) from the TTF files beside it: `uv run theme/polices/fabriquer.py`.

A subset is a modified version of the font and "Source" is a reserved name (OFL, clause 3):
the subsets are therefore called « Rapport Serif » and « Rapport Sans ».
"""

from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

HERE = Path(__file__).resolve().parent

FACES = {
    "SourceSerif4-Regular": ("Rapport Serif", "Regular", "rapport-serif-400"),
    "SourceSerif4-Italic": ("Rapport Serif", "Italic", "rapport-serif-400-italique"),
    "SourceSerif4-SemiBold": ("Rapport Serif", "SemiBold", "rapport-serif-600"),
    "SourceSans3-Regular": ("Rapport Sans", "Regular", "rapport-sans-400"),
    "SourceSans3-Italic": ("Rapport Sans", "Italic", "rapport-sans-400-italique"),
    "SourceSans3-SemiBold": ("Rapport Sans", "SemiBold", "rapport-sans-600"),
}

# Latin-1 entire, then what French, its neighbours and a survey report add to it.
CHARACTERS = {
    *range(0x20, 0x7F),
    *range(0xA0, 0x100),
    *map(ord, "œŒŸſćčĆČďĎęĘěĚğĞıİłŁńŃňŇőŐřŘśŚşŞšŠťŤůŮűŰźŹżŻžŽāĀēĒīĪōŌūŪăĂțȚșȘ"),
    *map(ord, "ᵉʳ\u2009\u200a\u200b\u202f\u2010\u2011\u2012–—―‘’‚“”„†‡•…‰′″‹›⁄€™№"),
    *map(ord, "⁰⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉←↑→↓↗−×÷≈≠≤≥±√∞✓●▲▼◆■□"),
}

# ss/cv alternates, small capitals and historical forms are dropped; these stay.
FEATURES = ["kern", "liga", "calt", "ccmp", "locl", "mark", "mkmk", "lnum", "tnum", "pnum", "sups"]


def rename(font: TTFont, family: str, style: str) -> None:
    """Replace every name that holds the reserved word; the copyright and licence notices stay."""
    names = font["name"]
    legacy = style if style in {"Regular", "Italic"} else "Regular"
    full = f"{family} {style}"
    texts = {
        1: family if legacy == style else full,
        2: legacy,
        3: f"{full}, sous-ensemble",
        4: full,
        6: f"{family.replace(' ', '')}-{style}",
    }
    if legacy != style:
        texts |= {16: family, 17: style}
    kept = [record for record in names.names if record.nameID in {0, 5, 13, 14}]
    names.names = kept
    for name_id, text in texts.items():
        names.setName(text, name_id, 3, 1, 0x409)


def build(source: str, family: str, style: str, target: str) -> int:
    """Write one woff2 and return its weight in bytes."""
    font = TTFont(HERE / f"{source}.ttf")
    for table in font["cmap"].tables:  # the no-break hyphen must never come from another font
        if table.isUnicode() and 0x2011 not in table.cmap and 0x2010 in table.cmap:
            table.cmap[0x2011] = table.cmap[0x2010]
    options = subset.Options()
    options.layout_features = FEATURES
    options.hinting = False
    options.name_IDs = ["*"]
    options.notdef_outline = True
    options.drop_tables += ["STAT"]
    worker = subset.Subsetter(options)
    worker.populate(unicodes=CHARACTERS)
    worker.subset(font)
    rename(font, family, style)
    font["head"].modified = font["head"].created  # same bytes at every run
    font.recalcTimestamp = False
    font.flavor = "woff2"
    path = HERE / f"{target}.woff2"
    font.save(path)
    return path.stat().st_size


if __name__ == "__main__":
    weights = {face[2]: build(source, *face) for source, face in FACES.items()}
    for name, weight in weights.items():
        print(f"{name}.woff2 : {weight / 1000:.1f} ko")
    print(f"total : {sum(weights.values()) / 1000:.1f} ko")
