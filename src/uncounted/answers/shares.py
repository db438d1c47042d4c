"""Which part each form, sector or origin has, with intervals that hold together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from uncounted.answers.open_data import accounted, bullets, columns, drawn, sets_note
from uncounted.answers.shape import Column, Line, Rows, Stages, Told
from uncounted.brief.pages import FigurePage, PageTable
from uncounted.charts.shares import shares_chart
from uncounted.core.json_types import JSON, JSONObject
from uncounted.core.notes import Note, Number, note
from uncounted.errors import InputError, UsageError
from uncounted.files.source import shown_name
from uncounted.places.countries import country
from uncounted.shares.posterior import Share, Shares
from uncounted.shares.posterior import shares as shares_of
from uncounted.shares.reading import (
    FORM_NAMES,
    YearShift,
    forms_by_year,
    origins_by_year,
    read_share_table,
    share_table,
    shifts,
)
from uncounted.sources.phrases import country_note, listed, span, year
from uncounted.sources.unodc import UnodcTable

__all__ = ["ShareRow", "SharesAnswer", "SharesRequest", "answer"]

_NAMED = 3
"""How many the words of a picture name."""

_FORMS = {
    "sexual": "shares.form.sexual",
    "labour": "shares.form.labour",
    "other": "shares.form.other",
}
_WHAT = {"form": "shares.what.form", "origin": "shares.what.origin"}


@dataclass(frozen=True, slots=True)
class SharesRequest:
    """Shares of what, and how.

    Parameters
    ----------
    file
        Categories with their counts; without it the bundled UNODC table is read.
    by
        Shares by ``"form"`` of exploitation or by ``"origin"``.
    destination
        Country that detected the victims, ISO alpha-3; needed for the bundled table.
    years
        Keep these years; several show the shifts.
    forms
        Show these forms only; denominators stay.
    origins
        Show these origins only, ISO alpha-3.
    region
        Show origins of one region only.
    method
        Of the intervals; see `uncounted.shares.posterior.shares`.
    simultaneous
        Whether all intervals hold together, or each holds alone.
    level
        Nominal coverage.
    seed
        Root seed.
    """

    file: Path | None = None
    by: Literal["form", "origin"] = "form"
    destination: str | None = None
    years: tuple[int, ...] = ()
    forms: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    region: str | None = None
    method: Literal["goodman", "exact", "sison-glaz", "dirichlet"] = "goodman"
    simultaneous: bool = True
    level: float = 0.95
    seed: int = 0


@dataclass(frozen=True, slots=True)
class ShareRow:
    """The share of one category in one year.

    Parameters
    ----------
    year
        ``None`` for a file of one's own.
    by
        Whether the category is a ``"form"`` or an ``"origin"``.
    label
        The category as it is said; ``None`` for a file of one's own.
    share
        The figures.
    """

    year: int | None
    by: str
    label: Note | None
    share: Share

    @property
    def name(self) -> str:
        """The category to be read."""
        return self.share.name if self.label is None else str(self.label)

    def to_dict(self) -> JSONObject:
        """JSON form."""
        label = {} if self.label is None else {"label": str(self.label)}
        return {"year": self.year, self.by: self.share.name, **label, **self.share.to_dict()}

    def cells(self) -> tuple[str, ...]:
        """Year, category, count, denominator, share and interval to be read."""
        s, ends = self.share, self.share.interval
        share: Note | Number
        if s.point is not None:
            share = note("shares.cell", share=Number(s.point, "share"))
        else:
            share = _between(s.range_lower, s.range_upper)
        interval = note(
            "sources.span",
            low=Number(ends.lower, "share", digits=1),
            high=Number(ends.upper, "share", digits=1),
        )
        counts = (
            note("shares.count", count=span(a, b))
            for a, b in ((s.count_lower, s.count_upper), (s.of_lower, s.of_upper))
        )
        when = "" if self.year is None else str(self.year)
        return (when, self.name, *map(str, (*counts, share, interval)))


def _between(low: float, high: float) -> Note:
    """Say a range with as many digits as it takes to see that it is one."""
    digits = next((d for d in (0, 1, 2) if f"{low:.{d}%}" != f"{high:.{d}%}"), 3)
    return note(
        "shares.between",
        low=Number(low, "share", digits=digits),
        high=Number(high, "share", digits=digits),
    )


@dataclass(frozen=True, slots=True)
class SharesAnswer:
    """Shares with intervals.

    Parameters
    ----------
    request
        What was asked.
    what
        Whose shares.
    source
        Where the counts are from.
    account
        Where the rows of the bundled table went; ``None`` for a file of one's own.
    method, simultaneous, adds_up
        As in `uncounted.shares.posterior.Shares`.
    shares
        A row a category and year.
    shifts
        Shifts of each form between one year and the next.
    caveats
        What must be read with the shares.
    """

    request: SharesRequest
    what: Note | str
    source: Note | str
    account: Note | None
    method: str
    simultaneous: bool
    adds_up: bool
    shares: tuple[ShareRow, ...]
    shifts: tuple[YearShift, ...]
    caveats: tuple[Note, ...]

    def to_dict(self) -> JSONObject:
        """JSON form."""
        return {
            "what": str(self.what),
            "source": str(self.source),
            "method": self.method,
            "simultaneous": self.simultaneous,
            "level": self.request.level,
            "adds_up": self.adds_up,
            "shares": [s.to_dict() for s in self.shares],
            "shifts": [m.to_dict() for m in self.shifts],
            "caveats": [str(c) for c in self.caveats],
        }

    def rows(self) -> Rows:
        """Return a row a category and year."""
        heads = (
            "year", "name", "count_lower", "count_upper", "denominator_lower",
            "denominator_upper", "share", "share_lower", "share_upper", "interval_lower",
            "interval_upper",
        )  # fmt: skip
        cells = tuple(
            (
                row.year, s.name, int(s.count_lower), int(s.count_upper), int(s.of_lower),
                int(s.of_upper), s.point, s.range_lower, s.range_upper, s.interval.lower,
                s.interval.upper,
            )
            for row in self.shares
            for s in (row.share,)
        )  # fmt: skip
        return Rows(tuple(Column(h) for h in heads), cells)

    def told(self) -> Told:
        """Return what the terminal shows."""
        head = note(
            "shares.told",
            level=Number(self.request.level, "level"),
            what=self.what,
            sets=sets_note(self.simultaneous),
            method=self.method,
        )
        heads = columns(
            "shares.column.year", "shares.column.category", "shares.column.count",
            "shares.column.of", "shares.column.share", "shares.column.interval",
        )  # fmt: skip
        account = () if self.account is None else (Line(self.account, aside=True),)
        return (
            *account,
            Line(head),
            Rows(heads, tuple(s.cells() for s in self.shares)),
            *(Line(n) for n in self._moved()),
            *bullets(self.caveats),
        )

    def _moved(self) -> tuple[Note, ...]:
        """Say the shifts: each form's, and once for each pair of years who was counted."""
        out: list[Note] = []
        for m in self.shifts:
            first, second = year(m.first_year), year(m.second_year)
            if m.shift.counted:
                counted = note(
                    "shares.moved.counted",
                    first=first,
                    second=second,
                    counted=listed(m.shift.counted, "space"),
                )
                if counted not in out:
                    out.append(counted)
            out.append(
                note(
                    "shares.moved",
                    first=first,
                    second=second,
                    lower=Number(m.shift.lower * 100, "change"),
                    upper=Number(m.shift.upper * 100, "change"),
                    form=_label(m.shift.name),
                    said=m.shift.said,
                )
            )
        return tuple(out)

    def picture(self, *, narrow: bool = False) -> Mapping[str, JSON]:
        """Return the shares as dots with intervals, as a Vega-Lite dictionary."""
        subtitle = note(
            "shares.picture",
            level=Number(self.request.level, "level"),
            sets=sets_note(self.simultaneous),
        )
        rows = [s.to_dict() for s in self.shares]
        return shares_chart(rows, title=str(self.what), subtitle=str(subtitle), narrow=narrow)

    def _finding(self) -> Note:
        """Say what the picture shows: the largest shares, of the last year where there are several."""
        last = max((s.year for s in self.shares if s.year is not None), default=None)
        rows = sorted(
            (s for s in self.shares if s.year == last), key=lambda s: -s.share.range_upper
        )
        largest = [
            note("shares.finding", name=s.name, share=s.cells()[4], ends=s.cells()[5])
            for s in rows[:_NAMED]
        ]
        return note("shares.alt", largest=listed(largest, "semicolon"))

    def page(self) -> FigurePage:
        """Return all that the page shows."""
        heads = (
            "shares.head.year", "shares.head.category", "shares.head.count", "shares.head.of",
            "shares.head.share", "shares.head.interval",
        )  # fmt: skip
        return FigurePage(
            title=self.what,
            lead=note("shares.lead"),
            picture=drawn(lambda slim: self.picture(narrow=slim), self._finding()),
            tables=(PageTable(tuple(map(Note, heads)), tuple(s.cells() for s in self.shares)),),
            caveats=(*self._moved(), *self.caveats),
            source=self.source,
        )


def answer(request: SharesRequest, *, progress: Stages | None = None) -> SharesAnswer:
    """Give the share of each form or origin.

    Raises
    ------
    UsageError
        Neither a file nor a destination is given.
    InputError
        The file cannot be used, or nothing is left to show.
    """
    if request.file is not None:
        return _from_file(request, request.file)
    if request.destination is None:
        raise UsageError("Name a destination, or give a file.")
    return _from_table(request, request.destination)


def _from_file(request: SharesRequest, file: Path) -> SharesAnswer:
    table = read_share_table(file)
    found = share_table(
        table, method=request.method, simultaneous=request.simultaneous,
        level=request.level, seed=request.seed,
    )  # fmt: skip
    return SharesAnswer(
        request=request,
        what=shown_name(file),
        source=shown_name(file),
        account=None,
        method=found.method,
        simultaneous=found.simultaneous,
        adds_up=found.adds_up,
        shares=tuple(ShareRow(None, "form", None, s) for s in found.shares),
        shifts=(),
        caveats=(*found.caveats, *table.notes),
    )


def _from_table(request: SharesRequest, place: str) -> SharesAnswer:
    from uncounted.sources.unodc import read_unodc

    table = read_unodc()
    with accounted((Line(table.accounting(), aside=True),)):
        return _from_victims(request, place, table)


def _from_victims(request: SharesRequest, place: str, table: UnodcTable) -> SharesAnswer:
    if request.by == "form":
        tallies = forms_by_year(table, place, request.years)
        wanted = _forms(request.forms)
    else:
        tallies = origins_by_year(table, place, request.years)
        wanted = set(request.origins)
    rows: list[ShareRow] = []
    caveats: list[Note] = []
    by_year: dict[int, Shares] = {}
    for tally in tallies:
        found = shares_of(
            tally.lower, tally.names, upper=tally.upper, method=request.method,
            simultaneous=request.simultaneous, level=request.level, seed=request.seed,
        )  # fmt: skip
        by_year[tally.years[0]] = found
        rows += [
            ShareRow(tally.years[0], request.by, _label(s.name), s)
            for s in found.shares
            if (not wanted or s.name in wanted) and _lies_in(s.name, request.region)
        ]
        caveats += [c for c in (*found.caveats, *tally.caveats) if c not in caveats]
    if not rows:
        raise InputError("Nothing is left to show.", fix="Drop a filter.")
    moved: Sequence[YearShift] = ()
    if request.by == "form" and len(tallies) > 1:
        moved = [m for m in shifts(table, place, by_year) if not wanted or m.shift.name in wanted]
    last = by_year[tallies[-1].years[0]]
    return SharesAnswer(
        request=request,
        what=note(
            _WHAT[request.by],
            destination=place,
            years=listed([year(t.years[0]) for t in tallies]),
        ),
        source=table.source,
        account=table.accounting(),
        method=last.method,
        simultaneous=last.simultaneous,
        adds_up=last.adds_up,
        shares=tuple(rows),
        shifts=tuple(moved),
        caveats=(*caveats, note("shares.detected")),
    )


def _forms(asked: Sequence[str]) -> set[str]:
    wanted = set()
    for form in asked:
        if form.strip().casefold() not in FORM_NAMES:
            raise InputError(
                "There is no such form of exploitation in the table.",
                fix="Forms are sexual, labour and other.",
            )
        wanted.add(FORM_NAMES[form.strip().casefold()])
    return wanted


def _label(name: str) -> Note:
    if name in _FORMS:
        return Note(_FORMS[name])
    return note("shares.rest") if name == "not listed" else country_note(name)


def _lies_in(name: str, region: str | None) -> bool:
    if region is None:
        return True
    found = country(name)
    return (
        found is not None
        and found.continent.casefold() == region.strip().casefold().removesuffix("s")
    )
