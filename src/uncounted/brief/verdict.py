"""The page of `uncounted assess --html`: the verdict, its reasons, the figures and the pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from uncounted.brief.figures import Picture
from uncounted.brief.words import interval_words, method_words, people
from uncounted.core.estimate import Estimate
from uncounted.core.notes import Note

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
    reasons: tuple[Note, ...]
    counts: Note
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
    observed: int,
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
    name, observed, lists, what
        The table: its name, people on it, its lists, whom they count.
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
    rows = [
        {
            "name": e.method,
            "words": method_words(e),
            "point": people(e.point),
            "interval": interval_words(e.interval),
            "kind": "" if e.interval is None else f"{e.interval.level:.0%} {e.interval.kind}",
            "model": str(e.diagnostics.get("model_in_names", "")),
            "refused": e.refused,
            "caveats": list(e.caveats),
        }
        for e in estimates
    ]
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
        for row in validation
    ]
    return environment.get_template("verdict.html.j2").render(
        words=words,
        figure=people(consensus.point),
        interval=interval_words(consensus.interval),
        refused=consensus.refused,
        caveats=list(consensus.caveats),
        rows=rows,
        checks=checks,
        pictures=[
            {"heading": heading, "words": p.words, "svg": Markup(p.svg)} for heading, p in pictures
        ],
        name=name,
        observed=f"{observed:,}",
        lists=list(lists),
        what=what,
        made_with=made_with,
    )
