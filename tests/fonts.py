"""The fonts of the brief, cut from Debian's packages `fonts-noto-core` and `fonts-noto-cjk`.

``python -m tests.fonts FOLDER`` writes them, FOLDER being where the two packages' files lie (``/usr/share/fonts``
once they are installed); it needs fonttools. Latin, Greek and Cyrillic from Noto Sans; every Hangul
syllable, jamo and the marks beside them from Noto Sans CJK KR. Their licence (OFL 1.1) lets them be
cut and passed on; the family is called otherwise, so that no font of the machine stands in for them.
"""

from __future__ import annotations

import sys
from pathlib import Path

import uncounted

INTO = Path(uncounted.__file__).parent / "brief" / "fonts"
WEIGHTS = ("Regular", "Bold")
LATIN = [
    *range(0x20, 0x7F), *range(0xA0, 0x250), *range(0x2B0, 0x2DD), *range(0x300, 0x370), *range(0x370, 0x530),
    *range(0x1E00, 0x2000), *range(0x2000, 0x2070), *range(0x2070, 0x20C0), *range(0x2100, 0x2150),
]  # fmt: skip
KOREAN = [
    *range(0xAC00, 0xD7A4), *range(0x3131, 0x3164), *range(0x3000, 0x3020), *range(0xFF01, 0xFF5F),
]  # fmt: skip


def _cut(font, signs, family: str, weight: str, into: Path, drop: tuple[str, ...] = ()) -> None:
    from fontTools import subset

    options = subset.Options(
        hinting=False, notdef_outline=True, layout_features=["kern", "mark", "ccmp"]
    )
    options.drop_tables += list(drop)
    made = subset.Subsetter(options)
    made.populate(unicodes=signs)
    made.subset(font)
    name = f"{family} {weight}".replace(" ", "")
    texts = {
        1: family,
        2: weight,
        3: name,
        4: f"{family} {weight}",
        6: name.replace("Bold", "-Bold").replace("Regular", "-Regular"),
    }
    table = font["name"]
    table.names = [r for r in table.names if r.nameID in (0, 13, 14)]
    for key, text in texts.items():
        table.setName(text, key, 3, 1, 0x409)
    if "CFF " in font:
        cff = font["CFF "].cff
        cff.fontNames = [texts[6]]
        top = cff.topDictIndex[0]
        top.FamilyName, top.FullName = family, texts[4]
    font.recalcTimestamp = False
    font["head"].created = font["head"].modified = 3_850_000_000
    font.save(into)
    print(f"{into.name}: {into.stat().st_size:,} bytes")


def main(folder: Path) -> None:
    """Cut the four files."""
    from fontTools.ttLib import TTCollection, TTFont

    INTO.mkdir(exist_ok=True)
    for weight in WEIGHTS:
        latin = TTFont(next(folder.rglob(f"NotoSans-{weight}.ttf")))
        _cut(latin, LATIN, "Uncounted Sans", weight, INTO / f"UncountedSans-{weight}.ttf")
        path = next(folder.rglob(f"NotoSansCJK-{weight}.ttc"))
        names = [f["name"].getDebugName(1) for f in TTCollection(path).fonts]
        which = next(i for i, n in enumerate(names) if n == "Noto Sans CJK KR")
        _cut(
            TTFont(path, fontNumber=which), KOREAN, "Uncounted Sans KR", weight,
            INTO / f"UncountedSansKR-{weight}.otf", ("VORG", "vhea", "vmtx", "GPOS", "GSUB", "BASE"),
        )  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]))
