"""What answers about open data share: the account of rows, pictures and pages, ranges to be read."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
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
    "Places",
    "account_lines",
    "accounted",
    "bullets",
    "columns",
    "drawn",
    "people",
    "places_of",
    "rows_account",
    "said",
    "sets_note",
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


def rows_account(rows_in: int, used: int) -> dict[str, int]:
    """JSON form of where the rows of a file went."""
    return {"in": rows_in, "used": used, "quarantined": rows_in - used}


def account_lines(
    account: Note, quarantine: Sequence[QuarantinedRows], *, label_by_label: bool
) -> tuple[Line, ...]:
    """Say where the rows went: by reason, or label by label; no part of the answer itself."""
    shown = quarantine if label_by_label else _by_reason(quarantine)[:_REASONS_SHOWN]
    lines = [Line(account, aside=True)]
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
    from uncounted.places.countries import country, country_name

    return {
        c: (country_name(c), k.latitude, k.longitude)
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
