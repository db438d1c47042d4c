"""Distinct routes of one source, and how often each is stated or met."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from uncounted.core.notes import Note
from uncounted.errors import InputError
from uncounted.places.countries import country
from uncounted.sources.statements import Statements

__all__ = ["Route", "RouteSet", "routes_from_statements"]


@dataclass(frozen=True, slots=True)
class Route:
    """One distinct route: places in order (empty text = unknown), how often, in which years."""

    places: tuple[str, ...]
    weight: int
    years: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RouteSet:
    """Distinct routes of one source.

    Parameters
    ----------
    routes
        At least two known countries each.
    unit
        What ``weight`` counts: ``"report years"`` or ``"cases"``.
    years
        All years of the source.
    source
        Where the routes are from.
    """

    routes: tuple[Route, ...]
    unit: str
    years: tuple[int, ...]
    source: str | Note

    def __len__(self) -> int:
        return len(self.routes)

    @property
    def countries(self) -> tuple[str, ...]:
        """Countries anywhere on a route, in order."""
        return tuple(sorted({p for r in self.routes for p in r.places if p}))

    def select(
        self,
        *,
        years: Iterable[int] | None = None,
        origins: Iterable[str] | None = None,
        destinations: Iterable[str] | None = None,
        region: str | None = None,
    ) -> RouteSet:
        """Keep the routes that match; with ``years`` the weights count those years only.

        Raises
        ------
        InputError
            Where nothing is left.
        """
        keep = list(self.routes)
        span = self.years
        if years is not None:
            wanted = set(years)
            span = tuple(y for y in self.years if y in wanted)
            keep = [
                Route(r.places, len(inside) if self.unit == "report years" else r.weight, inside)
                for r in keep
                if (inside := tuple(y for y in r.years if y in wanted))
            ]
        if origins is not None:
            some = set(origins)
            keep = [r for r in keep if r.places[0] in some]
        if destinations is not None:
            ends = set(destinations)
            keep = [r for r in keep if r.places[-1] in ends]
        if region is not None:
            keep = [
                r
                for r in keep
                if any(p and (k := country(p)) and k.continent == region for p in r.places)
            ]
        if not keep:
            raise InputError(
                "No route matches these conditions: none is stated, which is not to say none exists.",
                fix="Ask for other years, origins or destinations.",
            )
        return RouteSet(tuple(keep), self.unit, span, self.source)

    def leg(self, start: str, end: str) -> tuple[int, ...]:
        """Years in which this leg is stated, on any route."""
        found: set[int] = set()
        for r in self.routes:
            known = r.places
            if len(known) == 3 and not known[1]:
                known = (known[0], known[2])
            if any(a == start and b == end for a, b in pairwise(known)):
                found.update(r.years)
        return tuple(sorted(found))

    def three_legs(self) -> tuple[Route, ...]:
        """Distinct routes over three different countries."""
        full = (r for r in self.routes if len(r.places) == 3 and all(r.places))
        return tuple(r for r in full if len(set(r.places)) == 3)


def routes_from_statements(statements: Statements) -> RouteSet:
    """Gather distinct routes and the report years in which each is stated.

    A statement whose origin and destination are the same country, with no transit, is no route
    and is left out.
    """
    years: dict[tuple[str, ...], set[int]] = {}
    for o, t, d, y in zip(
        statements.origin.tolist(), statements.transit.tolist(),
        statements.destination.tolist(), statements.year.tolist(), strict=True,
    ):  # fmt: skip
        if t or o != d:
            places = (o, t, d) if t else (o, d)
            years.setdefault(places, set()).add(y)
    routes = tuple(Route(p, len(years[p]), tuple(sorted(years[p]))) for p in sorted(years))
    span = tuple(sorted({y for r in routes for y in r.years}))
    return RouteSet(routes, "report years", span, statements.source)
