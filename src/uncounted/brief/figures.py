"""The page of `uncounted estimate --html`: figures side by side with the two pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from uncounted.brief.words import interval_words, method_words, people
from uncounted.core.estimate import Estimate
from uncounted.core.table import OverlapTable

__all__ = ["Picture", "figures_page"]


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn picture: what it shows in words (for those who cannot see it) and its SVG.

    ``narrow`` is the same picture drawn for a phone, where there is one.
    """

    words: str
    svg: str
    narrow: str = ""


def figures_page(
    table: OverlapTable,
    estimates: Sequence[Estimate],
    pictures: Sequence[Picture],
    *,
    what: str = "",
    traps: Sequence[str] = (),
    made_with: str = "",
) -> str:
    """Write one self-contained HTML page; it asks the network for nothing.

    Parameters
    ----------
    table
        What was estimated from.
    estimates
        Figures and refusals, in order.
    pictures
        Drawn pictures.
    what
        Whom the figures count, where and when.
    traps
        What is known to go wrong with this table.
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
    given = [e.point for e in estimates if e.point is not None]
    spread = max(given) / min(given) if len(given) > 1 else 1.0
    return environment.get_template("figures.html.j2").render(
        table=table,
        overlap=table.overlap,
        names=[(n, table.label(n)) for n in table.lists if table.label(n) != n],
        rows=rows,
        pictures=[{"words": p.words, "svg": Markup(p.svg)} for p in pictures],
        what=what,
        traps=list(traps),
        spread=f"{spread:.1f}" if spread >= 1.05 else "",
        made_with=made_with,
    )
