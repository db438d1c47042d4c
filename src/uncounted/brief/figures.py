"""The page of `uncounted estimate --html`: figures side by side with the two pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from uncounted.brief.words import interval_words, method_words, people
from uncounted.disclosure.overlap import HELD, PageTable, page_table
from uncounted.estimate import Estimate
from uncounted.tables import OverlapTable

__all__ = ["Picture", "figures_page", "method_row"]


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
    shown: PageTable | None = None,
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
    shown
        What may be said of the table (`uncounted.disclosure.page_table`); by default what holds for
        somebody's own table. Where it hides anything, one method's figure stands there
        as a wide range, and of several only a range that holds them all.
    """
    environment = Environment(
        loader=PackageLoader("uncounted.brief"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    shown = page_table(table, figures=True) if shown is None else shown
    given = [e.point for e in estimates if e.point is not None]
    alone = len(estimates) == 1 and shown.observed is not None
    rows = [method_row(e, shown, alone=alone) for e in estimates]
    between = ""
    wide = shown.between(given) if len(given) > 1 else None
    if shown.held and shown.observed is not None and wide is not None:
        between = f"The methods' figures lie from {interval_words(wide)} people."
    spread = max(given) / min(given) if len(given) > 1 and not shown.held else 1.0
    return environment.get_template("figures.html.j2").render(
        table=table,
        observed=shown.observed,
        overlap=shown.overlap,
        held=HELD if shown.held else "",
        between=between,
        names=[(n, table.label(n)) for n in table.lists if table.label(n) != n],
        rows=rows,
        pictures=[{"words": p.words, "svg": Markup(p.svg)} for p in pictures],
        what=what,
        traps=list(traps),
        spread=f"{spread:.1f}" if spread >= 1.05 else "",
        made_with=made_with,
    )


def method_row(estimate: Estimate, shown: PageTable, *, alone: bool) -> dict[str, object]:
    """Words of one method's row; without figures where the table's small counts forbid them.

    Parameters
    ----------
    estimate
        A figure or a refusal.
    shown
        What may be said of the table.
    alone
        Whether this is the page's only figure, whose interval may then stand there, widened.
    """
    row: dict[str, object] = {
        "name": estimate.method,
        "words": method_words(estimate),
        "point": "not shown",
        "interval": "",
        "kind": "",
        "model": "",
        "refused": "",
        "caveats": list(shown.sentences(estimate.caveats)),
    }
    if shown.held and not alone:
        # Which methods refuse, and why, depends on the counts as well.
        return row | {"caveats": []}
    i = estimate.interval
    row["refused"] = estimate.refused
    if shown.held:
        row["refused"] = estimate.refused and "The method refuses; the screen says why."
    elif estimate.diagnostics.get("model_in_names"):
        row["model"] = str(estimate.diagnostics["model_in_names"])
    return row | {
        "point": "not shown" if shown.held else people(estimate.point),
        "interval": interval_words(shown.interval(i)),
        "kind": "" if i is None else f"{i.level:.0%} {i.kind}",
    }
