"""The brief on paper: PDF/UA-1 by typst, with our own fonts and none of the machine's."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from importlib import resources
from pathlib import Path

from uncounted.brief.facts import Facts
from uncounted.brief.onepage import OnePage
from uncounted.core.json_types import JSONObject
from uncounted.core.notes import note
from uncounted.errors import InputError, MissingExtra

__all__ = ["FONTS", "card_png", "pdf"]

FONTS = resources.files("uncounted.brief").joinpath("fonts")
_PAPER = {"ko": "a4"}
_QUOTES = {"en": ("“", "”"), "es": ("«", "»"), "ko": ("“", "”")}


def pdf(page: OnePage, facts: Facts) -> bytes:
    """Set the page: one sheet, tagged, its title and language said; equal pages give equal bytes.

    Raises
    ------
    MissingExtra
        If typst is not installed.
    InputError
        If a name holds a letter that the fonts do not have.
    """
    data = _data(page, facts)
    return _compile(
        "sheet.typ", data, {"dots.svg": page.picture.svg}, "pdf", pdf_standards=["ua-1"]
    )


def card_png(page: OnePage, facts: Facts) -> bytes:
    """Draw the card for sharing, 1200 x 630 pixels."""
    data = _data(page, facts)
    return _compile("card.typ", data, {"dots.svg": page.picture.svg}, "png", ppi=72.0)


def _data(page: OnePage, facts: Facts) -> JSONObject:
    first, last = _QUOTES.get(page.language, ("“", "”"))
    day = facts.as_of
    return {
        "paper": _PAPER.get(page.language, "us-letter"),
        "language": page.language,
        "title": page.title.text,
        "project": facts.project,
        "run": facts.run,
        "day": [day.year, day.month, day.day],
        "place": page.place.text,
        "draft": page.draft,
        "draft_mark": page.draft_mark,
        "has_figure": page.has_figure,
        "figure": page.figure.text,
        "kind": page.kind.text,
        "ranges": [r.text for r in page.ranges],
        "verdict": page.verdict,
        "means": page.means.text,
        "share": page.share.text,
        "alt": page.alt,
        "dot": page.dot.text,
        "legend": [[kind, words.text] for kind, words in page.legend],
        "tables": [
            {
                "heading": t.heading,
                "heads": list(t.heads),
                "rows": [
                    [
                        r.label,
                        r.detected.text,
                        *([r.estimated.text, r.ends.text] if t.figures else []),
                    ]
                    for r in t.rows
                ],
            }
            for t in page.tables
        ],
        "table_note": page.table_note,
        "sections": [
            {"heading": s.heading, "said": [x.text for x in s.said]} for s in page.sections
        ],
        "quote_heading": page.quote_heading,
        "open": first,
        "close": last,
        "quote": page.quote.text,
        "quote_by": page.quote_by.text,
        "behind_heading": page.behind_heading,
        "behind": [x.text for x in page.behind],
        "foot": page.foot.text,
    }


def _compile(
    template: str, data: JSONObject, files: Mapping[str, str], kind: str, **more: object
) -> bytes:
    try:
        import typst
    except ImportError:
        raise MissingExtra(note("brief.needs.typst"), fix=note("brief.needs.typst.fix")) from None
    source = resources.files("uncounted.brief").joinpath("paper", template)
    with (
        tempfile.TemporaryDirectory(prefix="uncounted-") as scratch,
        resources.as_file(FONTS) as fonts,
    ):
        root = Path(scratch)
        (root / template).write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
        (root / "data.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        for name, text in files.items():
            (root / name).write_text(text, encoding="utf-8")
        try:
            # its own overloads want the kind written out
            compiler: Callable[..., object] = typst.compile
            made = compiler(
                str(root / template),
                root=str(root),
                font_paths=[str(fonts)],
                ignore_system_fonts=True,
                format=kind,
                timestamp=0,
                **more,
            )
        except typst.TypstError as error:
            if "could not be displayed with font" in str(error) or "font" in str(error):
                raise InputError(
                    note("brief.needs.letters"), fix=note("brief.needs.letters.fix")
                ) from None
            raise
    first = made[0] if isinstance(made, list) else made
    assert isinstance(first, bytes)
    return first
