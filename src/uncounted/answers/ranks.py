"""Which ranks each origin may hold, and which tiers can be told apart: never a bare league table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from uncounted.answers.open_data import accounted, bullets, columns, drawn, people, sets_note
from uncounted.answers.shape import Column, Line, Rows, Stages, Told
from uncounted.brief.named import country
from uncounted.brief.pages import FigurePage, PageTable
from uncounted.charts.rank_intervals import rank_intervals
from uncounted.core.json_types import JSON, JSONObject
from uncounted.core.notes import Note, Number, note
from uncounted.errors import InputError
from uncounted.files.source import shown_name
from uncounted.ranks.reading import RankTable, rank_table, read_rank_table
from uncounted.ranks.sets import Ranking, RankRow
from uncounted.sources.phrases import listed
from uncounted.sources.tallies import VictimTally, by_origin

__all__ = ["RanksAnswer", "RanksRequest", "answer"]

_NAMED = 3
"""How many the words of a picture name."""


@dataclass(frozen=True, slots=True)
class RanksRequest:
    """What to rank, and how.

    Parameters
    ----------
    file
        Origins with their counts or estimates; the bundled UNODC table by default.
    method
        ``"exact"`` for counts; ``"stepdown"`` for estimates with draws or standard errors;
        ``"joint"`` from intervals.
    simultaneous
        Whether all rank sets hold together, or each holds alone.
    level
        Probability that they hold.
    destination
        Country that detected the victims, ISO alpha-3; all by default. This and the next four
        choose from the bundled table.
    years
        Keep these years.
    origins
        Keep these origins, ISO alpha-3.
    region
        Keep origins of one region.
    nationals
        Keep citizens of the destination as well.
    form
        Of exploitation; refused, because the table does not cross it with origin.
    top
        Keep the largest so many origins.
    draws
        Draws of the methods that draw.
    seed
        Root seed.
    """

    file: Path | None = None
    method: Literal["exact", "stepdown", "joint"] = "exact"
    simultaneous: bool = True
    level: float = 0.95
    destination: str | None = None
    years: tuple[int, ...] | None = None
    origins: tuple[str, ...] | None = None
    region: str | None = None
    nationals: bool = False
    form: str | None = None
    top: int | None = None
    draws: int = 10_000
    seed: int = 0


@dataclass(frozen=True, slots=True)
class RanksAnswer:
    """Rank sets.

    Parameters
    ----------
    request
        What was asked.
    what
        Who is ranked.
    source
        Where the counts are from.
    account
        Where the rows of the bundled table went; ``None`` for a file of one's own.
    ranking
        The sets.
    caveats
        What must be read with them.
    """

    request: RanksRequest
    what: Note | str
    source: Note | str
    account: Note | None
    ranking: Ranking
    caveats: tuple[Note, ...]

    def to_dict(self) -> JSONObject:
        """JSON form."""
        return {
            **self.ranking.to_dict(),
            "ranks": self._ranks(),
            "what": str(self.what),
            "source": str(self.source),
            "caveats": [str(c) for c in self.caveats],
        }

    def _ranks(self) -> list[JSONObject]:
        """JSON form of the sets; those of countries have a name beside their code."""
        ranks = [
            r.to_dict() | {"words": str(s.said)}
            for r, s in zip(self.ranking.rows(), self.ranking.sets, strict=True)
        ]
        if self.account is not None:
            for r, s in zip(ranks, self.ranking.sets, strict=True):
                r["name"] = country(s.name)
        return ranks

    def rows(self) -> Rows:
        """Return a row an origin, in the order given."""
        heads = ("origin", "count", "count_lower", "count_upper", "lower", "upper", "tier")
        return Rows(
            tuple(Column(h) for h in heads),
            tuple(
                (r.origin, r.count, r.count_lower, r.count_upper, r.lower, r.upper, r.tier)
                for r in self.ranking.rows()
            ),
        )

    def told(self) -> Told:
        """Return what the terminal shows."""
        head = note(
            "ranks.told",
            level=Number(self.ranking.level, "level"),
            what=self.what,
            sets=sets_note(self.ranking.simultaneous),
            method=self.ranking.method,
        )
        heads = columns(
            ("ranks.column.tier", "right"), "ranks.column.origin", ("ranks.column.count", "right"),
            "ranks.column.rank",
        )  # fmt: skip
        cells = tuple(
            (row.tier, name, _count(row), str(said)) for row, name, said in self._in_order()
        )
        account = () if self.account is None else (Line(self.account, aside=True),)
        return (*account, Line(head), Rows(heads, cells), *bullets(self.caveats))

    def _in_order(self) -> list[tuple[RankRow, str, Note]]:
        """Rows, names and sets, best set first."""
        found = [
            (row, row.origin if self.account is None else country(row.origin), one.said)
            for row, one in zip(self.ranking.rows(), self.ranking.sets, strict=True)
        ]
        return sorted(found, key=lambda f: (f[0].lower, f[0].upper))

    def picture(self, *, narrow: bool = False) -> Mapping[str, JSON]:
        """Return the rank sets as bars, as a Vega-Lite dictionary."""
        subtitle = note(
            "ranks.picture",
            level=Number(self.ranking.level, "level"),
            sets=sets_note(self.ranking.simultaneous),
            method=self.ranking.method,
        )
        return rank_intervals(
            self._ranks(), title=str(self.what), subtitle=str(subtitle), narrow=narrow
        )

    def _finding(self) -> Note:
        """Say what the picture shows: what the first rank set holds, and how many may be first."""
        first = [name for row, name, _ in self._in_order() if row.lower == 1]
        origins = Number(len(self.ranking.sets))
        named, more = listed(first[:_NAMED]), len(first) - _NAMED
        if more > 0:
            return note("ranks.alt.more", more=Number(more), first=named, origins=origins)
        return note("ranks.alt", origins=origins, first=named)

    def page(self) -> FigurePage:
        """Return all that the page shows."""
        heads = ("ranks.head.origin", "ranks.head.count", "ranks.head.rank", "ranks.head.tier")
        return FigurePage(
            title=self.what,
            lead=note("ranks.lead"),
            picture=drawn(lambda slim: self.picture(narrow=slim), self._finding()),
            tables=(
                PageTable(
                    columns=tuple(map(Note, heads)),
                    rows=tuple(
                        (name, _count(row), said, row.tier or "")
                        for row, name, said in self._in_order()
                    ),
                ),
            ),
            caveats=self.caveats,
            source=self.source,
        )


def _count(rank: RankRow) -> str:
    """Write the count of a rank: a suppressed one as its interval, never a middle."""
    if rank.count is not None:
        return f"{rank.count:,}"
    if rank.count_lower is None or rank.count_upper is None:
        return str(note("answers.no-bound"))
    low, high = people(rank.count_lower), people(rank.count_upper)
    return str(note("sources.span", low=low, high=high))


def answer(request: RanksRequest, *, progress: Stages | None = None) -> RanksAnswer:
    """Say which ranks each origin may hold.

    Raises
    ------
    InputError
        The file cannot be used, the method does not fit it, or the table holds no such counts.
    """
    if request.form is not None:
        raise InputError(
            "The UNODC table does not cross origin with form of exploitation.",
            fix="Ask for ranks without --form, or for `uncounted shares`.",
        )
    tally: VictimTally | None = None
    account: Note | None = None
    what: Note | str
    source: Note | str
    if request.file is not None:
        table = read_rank_table(request.file)
        what = source = shown_name(request.file)
    else:
        tally, account = _bundled(request)
        table = RankTable(tally.names, tally.lower.astype(float), tally.upper.astype(float))
        what, source = note("ranks.what", what=tally.what), tally.source
    left_out = 0
    if request.top is not None and request.top < len(table.names):
        left_out = len(table.names) - request.top
        table = _largest(table, request.top)
    found = rank_table(
        table, method=request.method, simultaneous=request.simultaneous, level=request.level,
        draws=request.draws, seed=request.seed,
    )  # fmt: skip
    caveats = [*found.caveats, *table.notes, *(tally.caveats if tally else ())]
    if left_out and request.top is not None:
        caveats.append(
            note("ranks.largest-only", left_out=Number(left_out), top=Number(request.top))
        )
    if not request.simultaneous:
        joint = request.method == "joint"
        caveats.append(note("ranks.joint-marginal" if joint else "ranks.marginal"))
    return RanksAnswer(request, what, source, account, found, tuple(caveats))


def _bundled(request: RanksRequest) -> tuple[VictimTally, Note]:
    from uncounted.sources.unodc import read_unodc

    table = read_unodc()
    account = table.accounting()
    with accounted((Line(account, aside=True),)):
        tally = by_origin(
            table, destination=request.destination, years=request.years or None,
            origins=request.origins or None, region=request.region, nationals=request.nationals,
        )  # fmt: skip
    return tally, account


def _largest(table: RankTable, top: int) -> RankTable:
    """Cut a table to its `top` largest populations, in the table's own order."""
    order = np.argsort(-(table.low + table.high), kind="stable")[:top]
    keep = np.sort(order)

    def cut(values: NDArray[np.float64] | None) -> NDArray[np.float64] | None:
        return None if values is None else values[keep]

    return RankTable(
        tuple(table.names[i] for i in keep),
        table.low[keep],
        table.high[keep],
        cut(table.errors),
        None if table.draws is None else table.draws[:, keep],
        cut(table.lower),
        cut(table.upper),
        notes=table.notes,
    )
