"""What each list adds: its people, whom only it holds, and the figure without it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from uncounted.core.estimate import Interval
from uncounted.core.json_types import JSONObject
from uncounted.core.notes import Note, note
from uncounted.core.table import OverlapTable
from uncounted.disclosure.rounding import rounded
from uncounted.disclosure.suppress import Published
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

    def to_dict(self) -> JSONObject:
        """JSON form."""
        return {
            "name": self.name,
            "title": self.title,
            "regime": self.regime,
            "people": self.people,
            "only_here": self.only_here,
            "linked": self.linked,
            "without": self.without,
            "interval": None if self.interval is None else self.interval.to_dict(),
            "why": None if self.why is None else self.why.to_dict(),
        }

    @classmethod
    def from_dict(cls, made: Mapping[str, Any]) -> ListRow:
        """Read the JSON form back."""
        interval, why = made["interval"], made["why"]
        return cls(
            made["name"],
            made["title"],
            made["regime"],
            made["people"],
            made["only_here"],
            linked=made["linked"],
            without=made["without"],
            interval=None if interval is None else Interval.from_dict(interval),
            why=None if why is None else Note.from_dict(why),
        )


def list_rows(
    table: OverlapTable,
    reports: Sequence[ListReport],
    titles: Sequence[str],
    published: Published,
    consensus: Consensus | None,
) -> list[ListRow]:
    """Size, what only it holds, and the figure without it, list by list.

    The figure without each list and the sizes of the others tell how many people are on no other,
    and three such figures who is on all of three lists: ``table`` must be one that knows no more than
    is shown (`uncounted.disclosure.told.told_tables`). There are no figures without a consensus.
    """
    linked = [name for name in table.lists]
    jobs = [Job(name, (table, i, consensus)) for i, name in enumerate(linked)]
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


def _leave_out(
    table: OverlapTable,
    i: int,
    consensus: Consensus | None,
) -> tuple[float | None, Interval | None, Note | None]:
    if consensus is None:
        return None, None, None
    if table.t < 3:
        return None, None, note("verdict.list.three")
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
