"""The page of `uncounted assess --html`: the verdict, its reasons, the figures and the pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from uncounted.brief.figures import Picture, method_row
from uncounted.brief.words import interval_words, people
from uncounted.disclosure.overlap import HELD, PageTable
from uncounted.estimate import Estimate

__all__ = ["VerdictWords", "verdict_page"]


@dataclass(frozen=True, slots=True)
class VerdictWords:
    """What a verdict says, ready to print.

    Parameters
    ----------
    level, reasons
        Verdict and its sentences.
    counts
        Whom the figure counts.
    answer
        Answer about the group that no list could meet.
    thresholds
        Name and value of each setting, as words.
    """

    level: str
    reasons: tuple[str, ...]
    counts: str
    answer: str
    thresholds: tuple[tuple[str, str], ...]


def verdict_page(
    words: VerdictWords,
    consensus: Estimate,
    estimates: Sequence[Estimate],
    validation: Sequence[Mapping[str, Any]],
    pictures: Sequence[tuple[str, Picture]],
    *,
    name: str,
    shown: PageTable,
    lists: Sequence[str],
    what: str = "",
    made_with: str = "",
) -> str:
    """Write one self-contained HTML page; it asks the network for nothing.

    Parameters
    ----------
    words
        The verdict.
    consensus, estimates
        The one figure, and every method side by side.
    validation
        JSON form of the internal validation's rows.
    pictures
        Heading and drawn picture, in order.
    name, shown, lists, what
        The table: its name, what may be said of it, its lists, whom they count. Where anything is
        hidden, the page holds one widened interval and no number besides.
    made_with
        The command that makes the page again.
    """
    environment = Environment(
        loader=PackageLoader("uncounted.brief"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    rows = [] if shown.held else [method_row(e, shown, alone=False) for e in estimates]
    checks = [
        {
            "list": row["list"],
            "method": row["method"],
            "true": f"{row['true']:,}",
            "point": people(row["point"]) if row["point"] is not None else "no figure",
            "interval": ""
            if row["lower"] is None
            else f"{people(row['lower'])} to "
            + ("no upper bound" if row["upper"] is None else people(row["upper"])),
            "held": {True: "yes", False: "no", None: ""}[row["covered"]],
        }
        for row in (() if shown.held else validation)
    ]
    reasons = list(shown.sentences(words.reasons))
    return environment.get_template("verdict.html.j2").render(
        words=words,
        reasons=reasons,
        tells_figure=shown.observed is not None,
        held=HELD if shown.held else "",
        figure="" if shown.held else people(consensus.point),
        interval=interval_words(shown.interval(consensus.interval)),
        caveats=list(shown.sentences(consensus.caveats)),
        rows=rows,
        checks=checks,
        pictures=[
            {"heading": heading, "words": p.words, "svg": Markup(p.svg)}
            for heading, p in ([] if shown.held else pictures)
        ],
        name=name,
        observed="" if shown.observed is None else f"{shown.observed:,}",
        lists=list(lists),
        what=what,
        made_with=made_with,
    )
