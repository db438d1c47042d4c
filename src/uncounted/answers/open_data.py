"""What answers about open data share: the account of rows, pictures and pages, ranges to be read."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from uncounted.answers.shape import Column, Line, Rows, Told
from uncounted.brief.page import Picture
from uncounted.brief.pages import ClaimsPage, FigurePage
from uncounted.core.json_types import JSON, JSONObject
from uncounted.core.notes import Note, Number, note
from uncounted.errors import UncountedError
from uncounted.sources.quarantine import QuarantinedRows

__all__ = [
    "DrawnAnswer",
    "PagedAnswer",
    "PlaceRequest",
    "Places",
    "account",
    "accounted",
    "bullets",
    "columns",
    "drawn",
    "people",
    "places_of",
    "said",
    "sets_note",
    "source_json",
]

Places = dict[str, tuple[str, float, float]]
"""Code of a country -> its name, and latitude and longitude of its capital."""

_REASONS_SHOWN = 6


class PagedAnswer(Protocol):
    """An answer that can be laid out as a page."""

    def to_dict(self) -> JSONObject:
        """Return the command's JSON object without ``"ok"``."""
        ...

    def rows(self) -> Rows:
        """Return its table as data."""
        ...

    def told(self) -> Told:
        """Return what the terminal shows."""
        ...

    def page(self) -> FigurePage | ClaimsPage | None:
        """Return all that its page shows; ``None`` where there is nothing to draw."""
        ...


@runtime_checkable
class DrawnAnswer(PagedAnswer, Protocol):
    """An answer that has a picture."""

    def picture(self) -> Mapping[str, JSON] | None:
        """Return its picture as a Vega-Lite dictionary; ``None`` where there is nothing to draw."""
        ...


@dataclass(frozen=True, slots=True)
class PlaceRequest:
    """Which part of open data about places is shown, and how: what flows and routes ask alike.

    Parameters
    ----------
    file
        A file of the user's own; the bundled data by default.
    years
        Keep these years.
    origins, destinations
        Keep these countries, ISO alpha-3.
    region
        Keep what touches this continent.
    form
        Keep one form of exploitation, where the source crosses it with place.
    threshold
        Suppress smaller counts of case data.
    level
        Nominal coverage of every interval.
    seed
        Root seed.
    top
        Rows that are told; JSON, CSV and pages hold all.
    log
        Tell the quarantine label by label.
    """

    file: Path | None = None
    years: tuple[int, ...] | None = None
    origins: tuple[str, ...] | None = None
    destinations: tuple[str, ...] | None = None
    region: str | None = None
    form: str | None = None
    threshold: int = 11
    level: float = 0.95
    seed: int = 0
    top: int = 25
    log: bool = False


class _Source(Protocol):
    """Open data with the account of its rows."""

    @property
    def rows_in(self) -> int: ...
    @property
    def rows_used(self) -> int: ...
    @property
    def quarantine(self) -> Sequence[QuarantinedRows]: ...
    @property
    def accounting(self) -> Note: ...


def said(code: str) -> str:
    """Say something that has neither numbers nor names."""
    return str(Note(code))


def columns(*heads: str | tuple[str, str]) -> tuple[Column, ...]:
    """Make heads of columns from their codes; those given as ``(code, "right")`` stand to the right."""
    return tuple(
        Column(said(h)) if isinstance(h, str) else Column(said(h[0]), right=True) for h in heads
    )


def bullets(notes: Iterable[Note]) -> tuple[Line, ...]:
    """List what must be read with an answer."""
    return tuple(Line(f"- {n}") for n in notes)


def sets_note(simultaneous: bool) -> Note:
    """Say whether sets or intervals hold together, or each alone."""
    return note("answers.simultaneous" if simultaneous else "answers.marginal")


def source_json(source: _Source, name: object) -> JSONObject:
    """JSON form of where figures come from, and of where the rows of the file went."""
    used = source.rows_used
    rows: JSONObject = {"in": source.rows_in, "used": used, "quarantined": source.rows_in - used}
    return {
        "source": str(name),
        "rows": rows,
        "quarantine": [q.to_dict() for q in source.quarantine],
    }


def account(source: _Source, request: PlaceRequest) -> tuple[Line, ...]:
    """Say where the rows went: by reason, or label by label; no part of the answer itself."""
    quarantine, label_by_label = source.quarantine, request.log
    shown = quarantine if label_by_label else _by_reason(quarantine)[:_REASONS_SHOWN]
    lines = [Line(source.accounting, aside=True)]
    for q in shown:
        label = f" {q.label!r}" if q.label else ""
        lines.append(Line(f"  {len(q.rows):>6,}  {q.reason}{label}", aside=True))
    if quarantine and not label_by_label:
        lines.append(Line(f"  {said('answers.more-in-the-log')}", aside=True))
    return tuple(lines)


@contextmanager
def accounted(lines: Iterable[Line]) -> Iterator[None]:
    """Let an error tell where the rows went as well: they were read before it was raised."""
    try:
        yield
    except UncountedError as error:
        for line in lines:
            error.add_note(str(line.text))
        raise


def _by_reason(entries: Sequence[QuarantinedRows]) -> list[QuarantinedRows]:
    rows: dict[Note, tuple[int, ...]] = {}
    for q in entries:
        rows[q.reason] = rows.get(q.reason, ()) + q.rows
    merged = [QuarantinedRows(reason, "", found) for reason, found in rows.items()]
    return sorted(merged, key=lambda q: -len(q.rows))


def places_of(found: Iterable[str]) -> Places:
    """Name and capital's place of every country that has one."""
    from uncounted.brief.named import country as name
    from uncounted.places.countries import country

    return {
        c: (name(c), k.latitude, k.longitude)
        for c in sorted(set(found))
        if (k := country(c)) is not None
    }


def drawn(draw: Callable[[bool], Mapping[str, JSON]], finding: Note) -> Picture:
    """Draw a picture for a page and for a phone, with its finding in words."""
    from uncounted.charts.export import to_svg

    return Picture(str(finding), to_svg(draw(False)), to_svg(draw(True)))


def people(value: float) -> Number | Note:
    """Write people to be read: whole from ten up, tenths below; nobody counts hundredths of a person."""
    if not math.isfinite(value):
        return note("answers.no-bound")
    if value >= 9.5:
        return Number(value, "estimate")
    if 0 < value < 0.05:
        return note("answers.under-a-tenth")
    return Number(round(value, 1), "number")
