"""The tables of a run, suppressed together: overlaps, list totals and the account of rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from uncounted.core.table import OverlapTable
from uncounted.disclosure.overlap import overlap_totals
from uncounted.disclosure.suppress import Published, Total, protect
from uncounted.records.reading import ListReport

__all__ = ["protect_rows"]


def protect_rows(
    reports: Sequence[ListReport], table: OverlapTable, overlap: Published, key: bytes = b""
) -> Published:
    """Suppress the account of rows: used, quarantined, not released per list, with all sums.

    Cells run list by list. Quarantined rows count no people, so they are small without harm
    unless they would reveal another. The overlap table is shown beside them, and a reader knows that
    a list used a row or more for each of its people: neither may reveal what the other suppresses.
    Where a list's people are suppressed, so are its rows used: without duplicates it has as many.

    Parameters
    ----------
    reports
        The account of each list.
    table, overlap
        The overlap table and what is shown of it.
    key
        As of `protect`.
    """
    sizes = table.list_sizes.tolist()
    if None in (overlap.totals[name] for name in table.lists):
        totals = [Total(f"people: {t.name}", t.cells) for t in overlap_totals(table.lists)]
        shown = replace(overlap, totals={f"people: {k}": v for k, v in overlap.totals.items()})
        cells = [int(c) for c in table.counts[1:]]
        of = [tuple(m - 1 for m in range(1, 1 << table.t) if m >> i & 1) for i in range(table.t)]
    else:  # rows tell of people by the lists' sizes alone, and these are shown
        totals, cells, of = [], list(sizes), [(i,) for i in range(table.t)]
        shown = Published(tuple(sizes), {}, 0, 0, overlap.threshold)
    sensitive = [True] * len(cells)
    more: list[int] = []
    used: list[tuple[int, ...]] = []
    for r in reports:
        on: tuple[int, ...] = ()
        if r.name in table.lists:
            i = table.lists.index(r.name)
            more.append(len(cells))
            on = (*of[i], len(cells))
            cells.append(r.used - sizes[i])  # rows beyond the first of a person
            sensitive.append(False)
        used.append(on)
    aside = [len(cells) + 2 * i for i in range(len(reports))]
    for r in reports:
        cells += [r.quarantined, r.not_released]
        sensitive += [False, True]
    totals += [Total(f"used: {r.name}", on) for r, on in zip(reports, used, strict=True)]
    totals += [
        Total(r.name, (*on, k, k + 1)) for r, on, k in zip(reports, used, aside, strict=True)
    ]
    every = tuple(c for on in used for c in on)
    totals.append(Total("all used", every))
    totals.append(Total("all quarantined", tuple(aside)))
    totals.append(Total("all not released", tuple(k + 1 for k in aside)))
    totals.append(Total("all rows", (*every, *(k + d for k in aside for d in (0, 1)))))
    secret = [f"used: {n}" for n in table.lists if overlap.totals[n] is None]
    if secret:
        secret += ["all used", "all rows"]
    made = protect(
        cells,
        totals,
        threshold=overlap.threshold,
        sensitive=sensitive,
        fixed=shown,
        unseen=more,
        known=("all used", "all not released", "all rows"),  # what the page says of all lists
        secret=secret,
        key=key,
    )
    return Published(
        tuple(
            x
            for r, k in zip(reports, aside, strict=True)
            for x in (made.totals[f"used: {r.name}"], made.cells[k], made.cells[k + 1])
        ),
        {k: v for k, v in made.totals.items() if not k.startswith(("used: ", "people: "))},
        made.primary,
        made.complementary,
        made.threshold,
    )
