"""What each list adds: its people, whom only it holds, and the figure without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from uncounted.core.estimate import Interval
from uncounted.core.notes import Note, note
from uncounted.core.table import OverlapTable
from uncounted.disclosure.overlap import protect_overlap
from uncounted.disclosure.rounding import rounded
from uncounted.disclosure.suppress import Published, Total, attack
from uncounted.engine.jobs import Job, map_jobs
from uncounted.errors import UncountedError
from uncounted.estimators.consensus import Consensus
from uncounted.records.reading import ListReport

__all__ = ["ListRow", "list_rows"]


@dataclass(frozen=True, slots=True)
class ListRow:
    """What one list added.

    Parameters
    ----------
    name, title, regime
        The list.
    people
        People of the list after linkage; ``None`` where suppressed or not linked.
    only_here
        Of them on no other list; ``None`` where suppressed.
    linked
        Whether the list takes part in the overlap table.
    without
        Estimate without this list, rounded, and its interval.
    why
        Why there is no figure without it; ``None`` where there is one.
    """

    name: str
    title: str
    regime: str
    people: int | None
    only_here: int | None
    linked: bool = True
    without: float | None = None
    interval: Interval | None = None
    why: Note | None = None
    total: int | None = field(default=None)


def list_rows(
    table: OverlapTable,
    reports: Sequence[ListReport],
    titles: Sequence[str],
    published: Published,
    consensus: Consensus | None,
) -> list[ListRow]:
    """Size, what only it holds, and the figure without it, list by list.

    There is no figure where it would tell a suppressed count (`_tells`), nor without a consensus.
    """
    linked = [name for name in table.lists]
    tells = _tells(table, published)
    jobs = [Job(name, (table, i, consensus, tells[i])) for i, name in enumerate(linked)]
    without = dict(zip(linked, map_jobs(_leave_out, jobs), strict=True))
    rows = []
    for report, title in zip(reports, titles, strict=True):
        if report.name not in linked:
            rows.append(
                ListRow(
                    report.name,
                    title,
                    report.regime,
                    None,
                    None,
                    linked=False,
                    why=note("verdict.list.total-only"),
                )
            )
            continue
        i = linked.index(report.name)
        point, interval, why = without[report.name]
        rows.append(
            ListRow(
                report.name,
                title,
                report.regime,
                published.totals[report.name],
                published.cells[(1 << i) - 1],
                without=point,
                interval=interval,
                why=why,
            )
        )
    return rows


def _tells(table: OverlapTable, published: Published) -> list[bool]:
    """Whether the figure without each list would tell a suppressed count.

    With the sizes of the other lists, which are shown, it tells how many people are on any of them,
    hence how many only the left-out one holds. From two lists alone it tells how many are on both,
    and three such numbers, the sizes and the sum tell how many are on all three.
    """
    if table.t != 3:
        return [published.cells[(1 << i) - 1] is None for i in range(table.t)]
    _, totals = protect_overlap(table.counts.tolist(), table.lists, published.threshold)
    out, known, shown = [], list(totals), dict(published.totals)
    for i in range(3):
        others = 7 ^ 1 << i
        pair = Total(f"without {i}", tuple(m - 1 for m in range(1, 8) if m & others == others))
        many = sum(int(table.counts[c + 1]) for c in pair.cells)
        with_it = replace(published, totals={**shown, pair.name: many})
        told = 0 < many < published.threshold
        for place, reach in attack(with_it, [*known, pair]).items():
            cells = (place,) if isinstance(place, int) else _cells_of(place, known)
            true = sum(int(table.counts[c + 1]) for c in cells)
            told |= true < published.threshold and reach.width < published.threshold
        if not told:
            known.append(pair)
            shown[pair.name] = many
        out.append(told)
    return out


def _cells_of(name: str, totals: Sequence[Total]) -> tuple[int, ...]:
    return next(t.cells for t in totals if t.name == name)


def _leave_out(
    table: OverlapTable,
    i: int,
    consensus: Consensus | None,
    tells: bool,
) -> tuple[float | None, Interval | None, Note | None]:
    if consensus is None:
        return None, None, None
    if table.t < 3:
        return None, None, note("verdict.list.three")
    if tells:
        return None, None, note("verdict.list.tells")
    rest = table.keep([k for k in range(table.t) if k != i])
    try:
        found = replace(consensus, draws=0).estimate(rest)
    except UncountedError:
        return None, None, note("verdict.list.no-figure")
    if found.point is None:
        return None, None, note("verdict.list.no-figure")
    interval = found.interval
    if interval is not None:
        interval = Interval(
            interval.kind, interval.level, rounded(interval.lower), rounded(interval.upper)
        )
    return rounded(found.point), interval, None
